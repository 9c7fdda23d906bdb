//! The words in which a check is told: what was found, how much that weighs, why
//! the host did not take a verdict as it was, and what a department did about it.
//! Those who ask, the gate and the ledger share them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::dossier::Measure;
use crate::verdict::DispositionAction;
use crate::vocabulary;

vocabulary! {
    /// What a check found.
    pub enum Status {
        /// Checked, and nothing speaks against any party.
        Clear = "clear",
        /// Checked, and an effective entry speaks against a party.
        Hit = "hit",
        /// Not checked, or not in a way that can be relied on.
        CouldNotCheck = "could_not_check",
    }
}

vocabulary! {
    /// How much a binding's checks weigh (R16).
    pub enum Mode {
        /// No check is made; the call is recorded.
        Off = "off",
        /// The check is made and recorded; the caller sees nothing of it.
        Observe = "observe",
        /// The caller sees everything and is not bound by it.
        Advise = "advise",
        /// The outcome binds.
        Enforce = "enforce",
    }
}

impl Mode {
    /// Whether the caller is shown what the check found.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Advise | Self::Enforce)
    }
}

/// Why the host did not take a verdict as it was, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reason {
    /// Stable code.
    pub code: Cow<'static, str>,
    /// For the officer.
    pub text: String,
}

/// A remark on a request that is good enough to be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Warning))]
pub struct RequestWarning {
    /// Where.
    pub field: String,
    /// Stable code, such as `id.check_failed`.
    pub code: Cow<'static, str>,
    /// What was seen.
    pub message: String,
}

impl RequestWarning {
    /// A remark on this place.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: Cow::Borrowed(code), message: message.into() }
    }
}

/// A measure of the dossier with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledMeasure {
    /// The measure.
    pub measure: Measure,
    /// What becomes of it; none where the plug-in did not say.
    pub disposition: Option<DispositionAction>,
}

/// A release by name, version and identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Plugin))]
pub struct PluginRef {
    /// Name of the manifest.
    pub name: String,
    /// Version of the manifest.
    pub version: String,
    /// `sha256:<hex>` of the component.
    pub digest: String,
}

vocabulary! {
    /// What became of a measure.
    pub enum DispositionResult {
        /// Done.
        Executed = "executed",
        /// Done in part; the reason says what is left.
        Partly = "partly",
        /// Not done; the reason says why.
        NotExecuted = "not_executed",
        /// Something else; the reason says what.
        Other = "other",
    }
}
