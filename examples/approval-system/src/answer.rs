//! What creditgate answers, as far as an approval system uses it. More fields
//! may come; they are ignored.

use serde::{Deserialize, Serialize};

/// The answer to a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Id of the check.
    pub check_id: String,
    /// The checkpoint asked about.
    pub checkpoint: String,
    /// `clear`, `hit` or `could_not_check`.
    pub status: String,
    /// `proceed`, `proceed_with_commitment`, `manual_review` or `refuse`.
    pub outcome: String,
    /// Whether the outcome binds.
    pub enforced: bool,
    /// Why the host did not take the plug-in's verdict as it was.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Measures that apply.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// Advice to the officer.
    #[serde(default)]
    pub advice: Vec<Advice>,
    /// A commitment to be signed.
    pub commitment: Option<Commitment>,
    /// What the officer reads.
    #[serde(default)]
    pub explanation: String,
    /// The plug-in that judged.
    pub plugin: Option<PluginName>,
    /// Proof that the check took place.
    pub receipt: String,
}

/// A remark of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// For the officer.
    pub text: String,
}

/// A measure that applies to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Id within the check.
    pub id: String,
    /// `mandatory` or `recommended`.
    pub nature: String,
    /// `incentive` or `punish`.
    pub direction: String,
    /// What is to be done.
    pub content: String,
    /// On what legal basis.
    pub basis_text: String,
    /// What becomes of it, where the plug-in said so.
    pub disposition: Option<MeasureDisposition>,
}

/// What becomes of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureDisposition {
    /// `applied`, `deferred` or `exempted`.
    pub action: String,
    /// Why, where it is not applied.
    pub reason: Option<String>,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Such as `fast_track` or `strict_review`.
    pub kind: String,
    /// In words.
    pub text: Option<String>,
    /// Codes of materials, for `deferred_materials`.
    #[serde(default)]
    pub materials: Vec<String>,
}

/// A commitment the party has to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// What it brings: `accept_first` or `decide_first`.
    pub effect: String,
    /// The wording.
    pub text: String,
    /// Codes of what is to be supplied.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Until when.
    pub due_on: String,
}

/// Which release judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `sha256:<hex>` of the component.
    pub digest: String,
}

impl Answer {
    /// Whether the case may go on at the next checkpoint. Where the outcome does
    /// not bind, it always may.
    #[must_use]
    pub fn lets_pass(&self) -> bool {
        !self.enforced || matches!(self.outcome.as_str(), "proceed" | "proceed_with_commitment")
    }
}
