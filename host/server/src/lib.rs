//! The host as a program: configuration, the HTTP interface, and a whole
//! [`Host`] in one value.
//!
//! Here the other crates are put together and given their edge: what comes in
//! over HTTP is read and answered, what a command line says is carried out, what
//! happens is logged and counted. What must not be here: a rule about a case
//! (`gate`, `credit`), SQL (`store`), a JSON shape of the domain (`wire`).
//!
//! Read [`host`] first, then `http/access.rs`, then `http/checks.rs`.

pub mod cli;
pub mod config;
pub mod host;
pub mod serve;
mod sheets;
pub mod telemetry;

mod aside;
mod backtests;
mod clock;
mod disk;
mod http;
mod lists;
mod local_lists;
mod metrics;
mod own_program;
mod pulls;
mod watch;

pub use config::{Config, ConfigError};
pub use host::{Host, HostBuilder, HostError, Reload};
pub use http::{LocalOperator, Role};
pub use lists::{READ_ARGUMENT, read_for_host};
