//! The entry point of the system tests: a whole host in one line.
//!
//! [`TestGate`] is the real `creditgate` program on a free loopback port, with a
//! data folder of its own, an administrator's key, and the policies, catalogue
//! and lists of [`city`]. [`TestPlatform`] is the real `credit-platform` program
//! beside it, [`TestReceiver`] a receiver of events. [`component`] has the plug-ins: the
//! built ones, and bytes that are no plug-in; [`document`] what is done with JSON.
//! Everything here speaks HTTP and files as an approval system or an administrator
//! would, but for [`TestGate`]'s changes of the store, which put into it what only time
//! or damage would; nothing here links a crate of the host.
//!
//! What must not be here: a statement about how the host behaves. Those are in
//! `tests/it`, one file for each part of the requirements.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is test code: what cannot be set up must end the test, with the reason"
)]

pub mod city;
pub mod component;
pub mod document;
pub mod vendor;

mod client;
mod gate;
mod load;
mod platform;
mod program;
mod receiver;
mod wait;

pub use client::{Client, Reply};
pub use gate::{Setup, TestGate, command_line};
pub use load::Load;
pub use platform::TestPlatform;
pub use program::{Ran, Running, build_folder};
pub use receiver::{Delivery, TestReceiver, WEBHOOK_SECRET};
pub use wait::{PATIENCE, eventually, until};
