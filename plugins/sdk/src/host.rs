//! The host's functions, as the contract has them. Rules mostly reach them
//! through [`Case`](crate::Case), which asks each question once.
//!
//! Inside a component these are imports; natively they are answered by whatever
//! [`native::run`](crate::native::run) was given.

#[cfg(target_arch = "wasm32")]
pub use crate::bindings::imports::creditgate::plugin::{
    calendar::{add_working_days, is_working_day, today},
    credit::{dossier_of, dossiers, standing_of as standing},
    feedback::report,
    log::write as log,
    policy::current as terms,
    settings::{encoded as encoded_settings, get as settings},
};

#[cfg(not(target_arch = "wasm32"))]
pub use crate::native::calls::{
    add_working_days, dossier_of, dossiers, encoded_settings, is_working_day, log, report, settings,
    standing, terms, today,
};
