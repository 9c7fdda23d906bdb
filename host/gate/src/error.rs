//! Errors in general: what caused them, and what the outside could not do.

use std::error::Error;

/// An error with everything that caused it, on one line: for logs, and for the
/// person at the command line. An error's own text does not repeat its cause.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The ledger could not do its work. The cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the ledger failed while {doing}")]
pub struct LedgerError {
    /// What it was doing.
    pub doing: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}
