//! What a department did about the measures of a check.

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::text::visible;
use creditgate_gate::{DispositionReport, DispositionResult, ReportedDisposition};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::values::instant;
use crate::attributes::AttributesBody;
use crate::disposition_details::DetailsBody;
use crate::time::Instant;

/// Longest text and longest name, in characters: what goes on to the credit platform
/// is no place for documents.
const LONGEST_TEXT: usize = 2000;
const LONGEST_NAME: usize = 100;

/// What a department did about measures of a check (R3, R7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Dispositions)]
pub struct DispositionsBody {
    /// One for each measure reported on; at least one.
    pub dispositions: Vec<DispositionBody>,
}

/// What was done about one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Disposition)]
pub struct DispositionBody {
    /// Id of a measure of the check.
    pub measure: String,
    /// What became of it.
    #[schema(value_type = DispositionResult, inline)]
    pub result: String,
    /// Needed for everything but `executed`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 2000)]
    pub reason: String,
    /// What was done, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 2000)]
    pub action: String,
    /// Who did it.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub officer: String,
    /// When; the time of the report when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Instant>, inline)]
    pub executed_at: Option<String>,
    /// What else belongs to the feedback record.
    #[serde(default, skip_serializing_if = "DetailsBody::is_empty")]
    pub details: DetailsBody,
    /// Extras for the credit platform.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

impl DispositionsBody {
    /// The report as the gate takes it.
    ///
    /// # Errors
    /// Every result that is none (`value.unknown`), every instant that is none
    /// (`date.malformed`), an officer without a name, and texts that are too long or
    /// hold control characters.
    pub fn into_report(self, check_id: String) -> Result<DispositionReport, Vec<FieldProblem>> {
        let mut faults = Faults::default();
        let dispositions: Vec<ReportedDisposition> = self
            .dispositions
            .into_iter()
            .enumerate()
            .filter_map(|(index, disposition)| disposition.read(index, &mut faults))
            .collect();
        faults.passed(DispositionReport { check_id, dispositions })
    }
}

impl DispositionBody {
    fn read(self, index: usize, faults: &mut Faults) -> Option<ReportedDisposition> {
        let at = |field: &str| format!("dispositions[{index}].{field}");
        let result = faults.coded(|| at("result"), &self.result);
        let executed_at =
            self.executed_at.as_deref().and_then(|text| instant(faults, || at("executed_at"), text));
        for (field, code, message) in self.details.faults() {
            faults.refuse(at(&format!("details.{field}")), code, message);
        }
        if visible(&self.officer).is_empty() {
            faults.refuse(at("officer"), "field.empty", "must name who did it");
        }
        for (field, text, longest) in [
            ("officer", &self.officer, LONGEST_NAME),
            ("reason", &self.reason, LONGEST_TEXT),
            ("action", &self.action, LONGEST_TEXT),
        ] {
            faults.optional_prose(&at(field), text, longest);
        }
        for (field, text, longest) in self.details.texts() {
            faults.optional_prose(&at(&format!("details.{field}")), text, longest);
        }
        Some(ReportedDisposition {
            measure: self.measure,
            result: result?,
            reason: self.reason,
            action: self.action,
            officer: self.officer,
            executed_at,
            details: self.details.into(),
            attributes: self.attributes.into(),
        })
    }
}

/// The feedback a report was turned into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DispositionsAccepted)]
pub struct DispositionsAcceptedBody {
    /// Ids of the messages to the credit platform, in the order reported.
    pub feedback: Vec<String>,
}
