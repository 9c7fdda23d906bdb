//! Rows of lists.

use std::collections::HashMap;

use creditgate_credit::derived::is_derived;
use creditgate_credit::entry::{EntryStatus, ListEntry};
use creditgate_credit::identifier::{IdentifierKind, Strictness};
use creditgate_gate::FieldProblem;
use serde::Serialize;
use serde_json::value::RawValue;

use super::cells::{Cell, Column};
use super::fields::{Fields, raw};
use super::rows::{self, Good};
use super::rules::{Rules, duplicate, problem};
use super::{Format, Parsed};
use crate::entry::EntryRow;

const COLUMNS: &[Column] = &[
    ("id", Cell::Text),
    ("list", Cell::Text),
    ("list_name", Cell::Text),
    ("kind", Cell::Text),
    ("field", Cell::Text),
    ("severity", Cell::Text),
    ("subject_name", Cell::Text),
    ("subject_identifiers", Cell::List),
    ("uscc", Cell::Text),
    ("organisation_code", Cell::Text),
    ("registration_number", Cell::Text),
    ("citizen_id", Cell::Text),
    ("lei", Cell::Text),
    ("other_id", Cell::Text),
    ("facts", Cell::Text),
    ("authority", Cell::Text),
    ("basis", Cell::Text),
    ("recognised_on", Cell::Text),
    ("valid_until", Cell::Text),
    ("status", Cell::Text),
    ("ended_on", Cell::Text),
    ("suspended", Cell::Flag),
    ("particulars", Cell::Object),
    ("attributes", Cell::Object),
];

/// Columns of CSV that stand for one identifier each.
const IDENTIFIER_COLUMNS: &[(&str, IdentifierKind)] = &[
    ("uscc", IdentifierKind::Uscc),
    ("organisation_code", IdentifierKind::OrganisationCode),
    ("registration_number", IdentifierKind::RegistrationNumber),
    ("citizen_id", IdentifierKind::CitizenId),
    ("lei", IdentifierKind::Lei),
    ("other_id", IdentifierKind::Other),
];

/// Reads list entries. A wrong check digit is a problem or a warning by
/// `strictness`; an entry without identifiers is good and gets a warning.
#[must_use]
pub fn parse_lists(
    file: &str,
    format: Format,
    text: impl AsRef<[u8]>,
    strictness: Strictness,
) -> Parsed<ListEntry> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, mut fields| {
        let columns = match format {
            Format::Csv => gather_identifiers(&mut fields),
            Format::Jsonl => Vec::new(),
        };
        let good = entry(&fields, &columns, strictness)?;
        if let Some(earlier) = seen.insert(good.value.id.clone(), line) {
            seen.insert(good.value.id, earlier);
            return Err(vec![duplicate("id", earlier)]);
        }
        Ok(good)
    })
}

fn entry(
    fields: &Fields,
    columns: &[String],
    strictness: Strictness,
) -> Result<Good<ListEntry>, Vec<FieldProblem>> {
    let row: EntryRow<'static> = fields.read()?;
    let field = |position: usize| {
        columns.get(position).cloned().unwrap_or_else(|| format!("subject_identifiers[{position}]"))
    };
    let mut rules = Rules::default();
    for (name, value) in [
        ("id", &row.id),
        ("list", &row.list),
        ("list_name", &row.list_name),
        ("subject_name", &row.subject_name),
        ("authority", &row.authority),
    ] {
        rules.filled(name, value);
    }
    if is_derived(&row.list) {
        rules.refuse(
            "list",
            "entry.derived_list",
            "is a list the host derives by itself; it takes no entries",
        );
    }
    rules.span(("recognised_on", row.recognised_on), ("valid_until", row.valid_until));
    rules.span(("recognised_on", row.recognised_on), ("ended_on", row.ended_on));
    let is_over = matches!(row.status.0, EntryStatus::Repaired | EntryStatus::Withdrawn);
    if row.ended_on.is_some() && !is_over {
        let message = "is only for the status `repaired` or `withdrawn`";
        rules.refuse("ended_on", "entry.not_ended", message);
    }
    let (entry, remarks) = match row.into_entry(strictness) {
        Ok(accepted) => accepted,
        Err(refused) => {
            for identifier in refused {
                let column = identifier.position.and_then(|position| columns.get(position).cloned());
                let field = column.unwrap_or_else(|| identifier.field());
                let error = identifier.error;
                rules.refuse(&field, error.code(), error.to_string());
            }
            rules.passed(())?;
            // Refused identifiers are what came here; without any there is no entry.
            return Err(Vec::new());
        }
    };
    let mut warnings: Vec<FieldProblem> = remarks
        .into_iter()
        .map(|(position, remark)| problem(&field(position), remark.code(), remark.to_string()))
        .collect();
    if entry.subject_identifiers.is_empty() {
        let message = "holds no identifier: the entry is only ever a hint to an officer";
        warnings.push(problem("subject_identifiers", "identifier.none", message));
    }
    rules.passed(Good { value: entry, warnings })
}

/// Moves the identifier columns into `subject_identifiers`. Answers the name
/// under which each position stands in the file.
fn gather_identifiers(fields: &mut Fields) -> Vec<String> {
    let listed = fields.take("subject_identifiers");
    // The cell is known to hold a list.
    let mut identifiers: Vec<Box<RawValue>> =
        listed.and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default();
    let mut names: Vec<String> =
        (0..identifiers.len()).map(|position| format!("subject_identifiers[{position}]")).collect();
    for (column, kind) in IDENTIFIER_COLUMNS {
        let identifier =
            fields.take(column).and_then(|value| raw(&ColumnIdentifier { kind: kind.code(), value }));
        if let Some(identifier) = identifier {
            identifiers.push(identifier);
            names.push((*column).to_owned());
        }
    }
    if let Some(identifiers) = raw(&identifiers) {
        fields.push("subject_identifiers", identifiers);
    }
    names
}

#[derive(Serialize)]
struct ColumnIdentifier {
    kind: &'static str,
    value: Box<RawValue>,
}
