//! A binding as a row.

use creditgate_api::JsonObject;
use creditgate_gate::{Binding, Mode, Passed, Pin};
use creditgate_sandbox::GivenLimits;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// Binds a plug-in to a checkpoint of an item (R9).
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Binding)]
pub struct BindingRow {
    /// Unique id; `department/item/checkpoint` when absent.
    pub id: Option<String>,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Jurisdiction of the department, six digits (GB/T 2260).
    pub division: String,
    /// Name of the plug-in that serves it.
    pub plugin: String,
    /// How much its checks weigh; `enforce` when absent (R16).
    #[serde(default = "enforce")]
    pub mode: Mode,
    /// The plug-in's settings.
    pub settings: Option<JsonObject>,
    /// Limits of one call, where they differ from the usual ones of the
    /// plug-in's class.
    #[serde(default)]
    pub limits: GivenLimits,
    /// Checkpoints of the same case and item that must have been passed (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require_receipts: Vec<String>,
    /// Which checks count as passed there; any that was made and was no refusal
    /// when absent.
    #[serde(default, skip_serializing_if = "Passed::is_usual")]
    pub passed: Passed,
    /// Which release an open case gets when another comes into force; `none` when
    /// absent: the one in force at the instant of the check.
    #[serde(default = "unpinned")]
    pub pin: Pin,
    /// Sources its checks need beside the lists on this host, by the names of
    /// the host's connectors: without an answer of each there is no check (R13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

const fn enforce() -> Mode {
    Mode::Enforce
}

const fn unpinned() -> Pin {
    Pin::None
}

impl BindingRow {
    /// The id given, or the one that follows from the place.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.clone().unwrap_or_else(|| format!("{}/{}/{}", self.department, self.item, self.checkpoint))
    }
}

impl From<&Binding> for BindingRow {
    /// Settings that are no JSON object, which no import lets in, are left out.
    fn from(binding: &Binding) -> Self {
        Self {
            id: Some(binding.id.clone()),
            department: binding.department.clone(),
            item: binding.item.clone(),
            checkpoint: binding.checkpoint.clone(),
            division: binding.division.clone(),
            plugin: binding.plugin.clone(),
            mode: binding.mode,
            settings: JsonObject::parse(&binding.settings),
            limits: binding.limits,
            require_receipts: binding.require_receipts.clone(),
            passed: binding.passed.clone(),
            pin: binding.pin,
            sources: binding.sources.clone(),
        }
    }
}

/// The settings of a binding are no JSON object, or too deep a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsRefused {
    /// What they must be.
    pub message: &'static str,
}

impl TryFrom<BindingRow> for Binding {
    type Error = SettingsRefused;

    fn try_from(row: BindingRow) -> Result<Self, SettingsRefused> {
        let settings = match row.settings.as_ref().map(JsonObject::checked) {
            None => "{}".to_owned(),
            Some(Ok(text)) => text.to_owned(),
            Some(Err(fault)) => return Err(SettingsRefused { message: fault.message() }),
        };
        Ok(Self {
            id: row.id(),
            department: row.department,
            item: row.item,
            checkpoint: row.checkpoint,
            division: row.division,
            plugin: row.plugin,
            mode: row.mode,
            settings,
            limits: row.limits,
            require_receipts: row.require_receipts,
            passed: row.passed,
            pin: row.pin,
            sources: row.sources,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_binding_survives_the_way_there_and_back() {
        let binding = samples::binding();
        let text = serde_json::to_string(&BindingRow::from(&binding)).unwrap();
        let row: BindingRow = serde_json::from_str(&text).unwrap();
        assert_eq!(Binding::try_from(row).unwrap(), binding);
    }

    #[test]
    fn a_short_row_means_the_usual() {
        let row: BindingRow = serde_json::from_str(
            r#"{"department":"d","item":"i","checkpoint":"intake","division":"370800","plugin":"p",
                "limits":{"fuel":7}}"#,
        )
        .unwrap();
        let binding = Binding::try_from(row).unwrap();
        assert_eq!((binding.id.as_str(), binding.settings.as_str()), ("d/i/intake", "{}"));
        assert_eq!(binding.mode, Mode::Enforce);
        assert_eq!(binding.passed, Passed::default());
        assert_eq!(binding.limits, GivenLimits { fuel: Some(7), ..GivenLimits::default() });
    }
}
