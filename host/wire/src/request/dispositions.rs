//! Reads what a department did about the measures of a check.

use creditgate_api as api;
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::text::visible;
use creditgate_gate::{DispositionReport, ReportedDisposition};

use super::values::instant;

/// Longest text and longest name, in characters: what goes on to the credit platform
/// is no place for documents.
const LONGEST_TEXT: usize = 2000;
const LONGEST_NAME: usize = 100;

/// The report as the gate takes it.
///
/// # Errors
/// Every result that is none (`value.unknown`), every instant that is none
/// (`date.malformed`), an officer without a name, and texts that are too long or
/// hold control characters.
pub fn disposition_report(
    body: api::Dispositions,
    check_id: String,
) -> Result<DispositionReport, Vec<FieldProblem>> {
    let mut faults = Faults::default();
    let dispositions: Vec<ReportedDisposition> = body
        .dispositions
        .into_iter()
        .enumerate()
        .filter_map(|(index, disposition)| read(disposition, index, &mut faults))
        .collect();
    faults.passed(DispositionReport { check_id, dispositions })
}

fn read(said: api::Disposition, index: usize, faults: &mut Faults) -> Option<ReportedDisposition> {
    let at = |field: &str| format!("dispositions[{index}].{field}");
    let result = faults.coded(|| at("result"), &said.result);
    let executed_at =
        said.executed_at.as_deref().and_then(|text| instant(faults, || at("executed_at"), text));
    if visible(&said.officer).is_empty() {
        faults.refuse(at("officer"), "field.empty", "must name who did it");
    }
    for (field, text, longest) in [
        ("officer", &said.officer, LONGEST_NAME),
        ("reason", &said.reason, LONGEST_TEXT),
        ("action", &said.action, LONGEST_TEXT),
    ] {
        faults.optional_prose(&at(field), text, longest);
    }
    said.details.check(&at("details"), faults);
    Some(ReportedDisposition {
        measure: said.measure,
        result: result?,
        reason: said.reason,
        action: said.action,
        officer: said.officer,
        executed_at,
        details: said.details,
        attributes: said.attributes,
    })
}
