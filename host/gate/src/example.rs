//! An example: a case a vendor ships in the component, with what has to come of
//! it. `examples` runs them.

use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::check::Status;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::Outcome;
use jiff::civil::Date;

use crate::request::CheckRequest;

/// A case with what has to come of it.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name, unique in the component.
    pub name: String,
    /// Day of the check.
    pub on: Date,
    /// The request.
    pub request: CheckRequest,
    /// Entries of lists. Each belongs to the parties it shares a number with.
    pub entries: Vec<ListEntry>,
    /// Settings that differ from the manifest's defaults.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// The catalogue; without one no measure follows from any entry.
    pub catalogue: Option<Catalogue>,
    /// The policy; without one that of a probe.
    pub policy: Option<Policy>,
    /// What has to come of it.
    pub expected: Expected,
}

/// What has to come of an example. What is absent may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The outcome the host would record.
    pub outcome: Outcome,
    /// What was found.
    pub status: Option<Status>,
    /// Kinds of advice, in any order, each as often as it may be.
    pub advice: Option<Vec<String>>,
    /// Codes of the bases of a refusal, in any order.
    pub grounds: Option<Vec<String>>,
}
