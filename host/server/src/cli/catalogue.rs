//! `creditgate catalogue`: editions of the measures catalogue, their way to publication, and what is missing in them.

mod check;
mod diff;
mod show;
mod steps;

use super::command::{AtHost, commands};

commands! {
    /// Review, publish, compare and check editions of the measures catalogue
    ///
    /// `creditgate import catalogue` makes a draft. Two reviews by somebody else and a publication bring it into force.
    pub(super) enum CatalogueCommand {
        List(AtHost<show::ListCommand>),
        Show(AtHost<show::ShowCommand>),
        Review(AtHost<steps::ReviewCommand>),
        Publish(AtHost<steps::PublishCommand>),
        Diff(AtHost<diff::DiffCommand>),
        Check(AtHost<check::CheckCommand>),
    }
}
