//! `creditgate plugin`: explains, signs and uploads plug-ins.

mod inspect;
mod keygen;
mod push;
mod sign;

use super::command::{AtHost, Here, commands};

commands! {
    /// Explain and sign plug-ins made with creditgate-builder, or bring them to a host
    pub(super) enum PluginCommand {
        Inspect(Here<inspect::InspectCommand>),
        Keygen(Here<keygen::KeygenCommand>),
        Sign(Here<sign::SignCommand>),
        Push(AtHost<push::PushCommand>),
    }
}
