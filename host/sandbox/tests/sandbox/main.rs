//! The sandbox against guests written for it: what does not load and why, what
//! each limit does, and what one call can never do to another.

#![expect(clippy::expect_used, reason = "a fixture that cannot be made fails its test")]

mod cache;
mod calls;
mod classes;
mod fairness;
mod guests;
mod large_guests;
mod limits;
mod loading;
mod sample;
mod slots;
mod spares;
mod texts;
mod wasi;
