//! A row of a list from the cells of CSV.

use std::borrow::Cow;

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_credit::entry::{EntryStatus, EntryText, ListKind, Particulars, ParticularsText};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::{IdentifierKind, IdentifierText};
use creditgate_credit::vocabulary::{ONE_OF, Vocabulary};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::csv::{Column, Columns};
use crate::import::unknown::Unknown;
use crate::read;
use crate::time::{Day, EXPECTED_DAY};

/// Columns a row must have something in.
const REQUIRED: [Column; 7] = [
    Column::Id,
    Column::List,
    Column::ListName,
    Column::Kind,
    Column::SubjectName,
    Column::Authority,
    Column::RecognisedOn,
];

/// A row, and under which name each of its identifiers stands in the file.
pub(super) struct CsvRow {
    pub(super) row: EntryText,
    pub(super) columns: Vec<Option<Column>>,
}

impl CsvRow {
    /// The row these cells make up.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn read(columns: &Columns, cells: &mut Vec<Cow<'_, str>>) -> Result<Self, Vec<FieldProblem>> {
        columns.fit(cells)?;
        let mut read = Self { row: blank(), columns: Vec::new() };
        let mut problems = Vec::new();
        let mut missing = REQUIRED;
        let mut left = missing.len();
        let named =
            columns.0.iter().zip(cells.drain(..)).filter_map(|(column, cell)| Some((column.as_ref()?, cell)));
        for (column, cell) in named.filter(|(_, cell)| !cell.is_empty()) {
            if let Some(position) = missing.iter().take(left).position(|required| required == column) {
                left -= 1;
                missing.swap(position, left);
            }
            let known = Unknown::fault(column.name(), &cell).map_or(Ok(()), Err);
            problems.extend(known.and_then(|()| read.set(*column, cell)).err());
        }
        // In the order of the documentation.
        let missing: Vec<Column> = REQUIRED
            .into_iter()
            .filter(|column| missing.iter().take(left).any(|one| one == column))
            .collect();
        problems.extend(
            missing.into_iter().map(|column| FieldProblem::new(column.name(), "field.missing", "is missing")),
        );
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    fn set(&mut self, column: Column, cell: Cow<'_, str>) -> Result<(), FieldProblem> {
        let row = &mut self.row;
        match column {
            Column::Id => row.id = cell.into_owned(),
            Column::List => row.list = cell.into_owned(),
            Column::ListName => row.list_name = cell.into_owned(),
            Column::Kind => row.kind = coded(column, &cell)?,
            Column::Field => row.field = cell.into_owned(),
            Column::Severity => row.severity = Some(coded(column, &cell)?),
            Column::SubjectName => row.subject_name = cell.into_owned(),
            Column::Facts => row.facts = cell.into_owned(),
            Column::Authority => row.authority = cell.into_owned(),
            Column::Basis => row.basis = cell.into_owned(),
            Column::RecognisedOn => row.recognised_on = day(column, &cell)?,
            Column::ValidUntil => row.valid_until = Some(day(column, &cell)?),
            Column::Status => row.status = coded(column, &cell)?,
            Column::EndedOn => row.ended_on = Some(day(column, &cell)?),
            Column::Suspended => row.suspended = flag(column, &cell)?,
            Column::Attributes => row.attributes = json::<Given>(column, &cell, OBJECT)?.0,
            Column::SubjectIdentifiers => {
                let listed = json::<Vec<IdentifierText>>(column, &cell, LIST)?;
                // The columns that stand for one follow them, wherever they stand.
                self.columns.splice(0..0, listed.iter().map(|_| None));
                row.subject_identifiers.splice(0..0, listed);
            }
            _ => match identifier_kind(column) {
                Some(kind) => {
                    row.subject_identifiers.push(IdentifierText { kind, value: cell.into_owned() });
                    self.columns.push(Some(column));
                }
                None => set_particular(&mut row.particulars, column, cell)?,
            },
        }
        Ok(())
    }
}

/// Where the identifier at this position stands in the file.
pub(super) fn name_of(columns: &[Option<Column>], position: usize) -> String {
    match columns.get(position) {
        Some(Some(column)) => column.name().to_owned(),
        _ => format!("subject_identifiers[{position}]"),
    }
}

/// A row nothing was said in.
fn blank() -> EntryText {
    EntryText {
        id: String::new(),
        list: String::new(),
        list_name: String::new(),
        kind: ListKind::Other,
        field: String::new(),
        severity: None,
        subject_name: String::new(),
        subject_identifiers: Vec::new(),
        facts: String::new(),
        authority: String::new(),
        basis: String::new(),
        recognised_on: Date::ZERO,
        valid_until: None,
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        particulars: Particulars::default(),
        attributes: Vec::new(),
    }
}

const fn identifier_kind(column: Column) -> Option<IdentifierKind> {
    Some(match column {
        Column::Uscc => IdentifierKind::Uscc,
        Column::OrganisationCode => IdentifierKind::OrganisationCode,
        Column::RegistrationNumber => IdentifierKind::RegistrationNumber,
        Column::CitizenId => IdentifierKind::CitizenId,
        Column::Lei => IdentifierKind::Lei,
        Column::OtherId => IdentifierKind::Other,
        _ => return None,
    })
}

fn set_particular(
    said: &mut ParticularsText,
    column: Column,
    cell: Cow<'_, str>,
) -> Result<(), FieldProblem> {
    match column {
        Column::Particulars => *said = json(column, &cell, OBJECT)?,
        Column::Reason => said.reason = cell.into_owned(),
        Column::Document => said.document = cell.into_owned(),
        Column::DecidedOn => said.decided_on = Some(day(column, &cell)?),
        Column::PriorNoticeOn => said.prior_notice_on = Some(day(column, &cell)?),
        Column::WarnedOn => said.warned_on = Some(day(column, &cell)?),
        Column::MinimumPublicityUntil => said.minimum_publicity_until = Some(day(column, &cell)?),
        Column::MaximumPublicityUntil => said.maximum_publicity_until = Some(day(column, &cell)?),
        Column::Repairable => said.repairable = Some(flag(column, &cell)?),
        Column::RepairModes => said.repair_modes = json(column, &cell, LIST)?,
        Column::RepairUntil => said.repair_until = Some(day(column, &cell)?),
        Column::Rectification => said.rectification = cell.into_owned(),
        Column::RectificationDueOn => said.rectification_due_on = Some(day(column, &cell)?),
        Column::RepresentativeName => said.representative_name = cell.into_owned(),
        Column::RepresentativeIdentifiers => said.representative_identifiers = json(column, &cell, LIST)?,
        Column::Undergone => said.undergone = cell.into_owned(),
        Column::WatchUntil => said.watch_until = Some(day(column, &cell)?),
        Column::ExitGround => said.exit_ground = Some(coded(column, &cell)?),
        Column::Visibility => said.visibility = Some(coded(column, &cell)?),
        Column::Term => said.term = Some(coded(column, &cell)?),
        // Every other column is one of the entry itself.
        _ => {}
    }
    Ok(())
}

fn coded<T: Vocabulary>(column: Column, cell: &str) -> Result<T, FieldProblem> {
    T::VALUES.iter().copied().find(|value| value.name() == cell).ok_or_else(|| {
        let message = format!("must be {ONE_OF}{}", T::known());
        FieldProblem::new(column.name(), "value.unknown", message)
    })
}

fn day(column: Column, cell: &str) -> Result<Date, FieldProblem> {
    Day::parse(cell)
        .map(|day| day.0)
        .ok_or_else(|| FieldProblem::new(column.name(), "date.malformed", format!("must be {EXPECTED_DAY}")))
}

/// Spreadsheets write them in capitals.
fn flag(column: Column, cell: &str) -> Result<bool, FieldProblem> {
    if cell.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(FieldProblem::new(column.name(), "value.type", "must be true or false"))
    }
}

/// Attributes as JSON in a cell.
#[derive(Deserialize)]
struct Given(#[serde(with = "attributes")] Attributes);

/// What JSON in a cell must begin with, and an example.
type Shape = (char, &'static str);
const LIST: Shape = ('[', r#"a JSON list, such as ["a","b"]"#);
const OBJECT: Shape = ('{', r#"a JSON object, such as {"a":1}"#);

fn json<T: DeserializeOwned>(
    column: Column,
    cell: &str,
    (opening, expected): Shape,
) -> Result<T, FieldProblem> {
    let shapeless = || FieldProblem::new(column.name(), "value.type", format!("must be {expected}"));
    if !cell.starts_with(opening) {
        return Err(shapeless());
    }
    // To know the place of a fault has a price, worth paying once there is one.
    read::from_sound_json(cell.as_bytes()).or_else(|_| {
        read::from_json(cell.as_bytes()).map_err(|fault| match fault.code {
            "json.syntax" => shapeless(),
            _ => fault.below(column.name()),
        })
    })
}
