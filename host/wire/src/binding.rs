//! A binding as a row.

use creditgate_api::JsonObject;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{Binding, Mode, Passed, Pin, Status};
use creditgate_sandbox::GivenLimits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Binds a plug-in to a checkpoint of an item (R9).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Binding)]
pub struct BindingRow {
    /// Unique id; `department/item/checkpoint` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[schema(inline)]
    pub mode: Mode,
    /// The plug-in's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<JsonObject>,
    /// Limits of one call, where they differ from the usual ones of the
    /// plug-in's class.
    #[serde(default)]
    pub limits: LimitsRow,
    /// Checkpoints of the same case and item that must have been passed (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require_receipts: Vec<String>,
    /// Which checks count as passed there; any that was made and was no refusal
    /// when absent.
    #[serde(default, skip_serializing_if = "PassedRow::is_usual")]
    pub passed: PassedRow,
    /// Which release an open case gets when another comes into force; `none` when
    /// absent: the one in force at the instant of the check.
    #[serde(default = "unpinned")]
    #[schema(inline)]
    pub pin: Pin,
    /// Sources its checks need beside the lists on this host, by the names of
    /// the host's connectors: without an answer of each there is no check (R13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// Which checks of earlier checkpoints count as passed. At each checkpoint the last
/// check counts, for the applicants it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Passed)]
pub struct PassedRow {
    /// Statuses that count; `clear` and `hit` when absent.
    #[schema(inline)]
    pub statuses: Vec<Status>,
    /// Outcomes that count; all but `refuse` when absent.
    #[schema(inline)]
    pub outcomes: Vec<Outcome>,
    /// Days a check counts, from the day it was made; without end when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u16>,
}

impl PassedRow {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for PassedRow {
    fn default() -> Self {
        Self::from(&Passed::default())
    }
}

impl From<&Passed> for PassedRow {
    fn from(passed: &Passed) -> Self {
        Self {
            statuses: passed.statuses.to_vec(),
            outcomes: passed.outcomes.to_vec(),
            within_days: passed.within_days,
        }
    }
}

impl From<PassedRow> for Passed {
    fn from(row: PassedRow) -> Self {
        Self {
            statuses: row.statuses.into_iter().collect(),
            outcomes: row.outcomes.into_iter().collect(),
            within_days: row.within_days,
        }
    }
}

const fn enforce() -> Mode {
    Mode::Enforce
}

const fn unpinned() -> Pin {
    Pin::None
}

/// Limits of one call; each is the usual one of the plug-in's class when absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Limits)]
pub struct LimitsRow {
    /// Units of work, about one for each WebAssembly instruction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Milliseconds from the start of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_clock_ms: Option<u64>,
    /// Bytes of each linear memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Elements of each table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_elements: Option<u64>,
    /// Calls of host functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_calls: Option<u64>,
    /// Bytes of all log messages together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_bytes: Option<u64>,
    /// Bytes a guest hands to the host at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_bytes: Option<u64>,
}

impl LimitsRow {
    /// Names and values of the limits that are given.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("fuel", self.fuel),
            ("wall_clock_ms", self.wall_clock_ms),
            ("memory_bytes", self.memory_bytes),
            ("table_elements", self.table_elements),
            ("host_calls", self.host_calls),
            ("log_bytes", self.log_bytes),
            ("result_bytes", self.result_bytes),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
    }
}

impl From<&GivenLimits> for LimitsRow {
    fn from(limits: &GivenLimits) -> Self {
        Self {
            fuel: limits.fuel,
            wall_clock_ms: limits.wall_clock_ms,
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements,
            host_calls: limits.host_calls,
            log_bytes: limits.log_bytes,
            result_bytes: limits.result_bytes,
        }
    }
}

impl From<LimitsRow> for GivenLimits {
    fn from(row: LimitsRow) -> Self {
        Self {
            fuel: row.fuel,
            wall_clock_ms: row.wall_clock_ms,
            memory_bytes: row.memory_bytes,
            table_elements: row.table_elements,
            host_calls: row.host_calls,
            log_bytes: row.log_bytes,
            result_bytes: row.result_bytes,
        }
    }
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
            limits: (&binding.limits).into(),
            require_receipts: binding.require_receipts.clone(),
            passed: (&binding.passed).into(),
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
            limits: row.limits.into(),
            require_receipts: row.require_receipts,
            passed: row.passed.into(),
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
