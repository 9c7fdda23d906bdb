//! Cells of CSV (RFC 4180), and what the columns of a list mean.

use std::borrow::Cow;

use creditgate_credit::fault::FieldProblem;

use crate::import::cells;
use crate::import::unknown::Unknown;
use crate::read::unknown_field;

macro_rules! columns {
    ($($column:ident = $name:literal,)+) => {
        /// A column of a list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column { $($column,)+ }

        impl Column {
            const ALL: &'static [Self] = &[$(Self::$column,)+];

            /// Its name in the header.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$column => $name,)+ }
            }
        }
    };
}

columns! {
    Id = "id",
    List = "list",
    ListName = "list_name",
    Kind = "kind",
    Field = "field",
    Severity = "severity",
    SubjectName = "subject_name",
    SubjectIdentifiers = "subject_identifiers",
    Uscc = "uscc",
    OrganisationCode = "organisation_code",
    RegistrationNumber = "registration_number",
    CitizenId = "citizen_id",
    Lei = "lei",
    OtherId = "other_id",
    Facts = "facts",
    Authority = "authority",
    Basis = "basis",
    RecognisedOn = "recognised_on",
    ValidUntil = "valid_until",
    Status = "status",
    EndedOn = "ended_on",
    Suspended = "suspended",
    Particulars = "particulars",
    Attributes = "attributes",
    Reason = "reason",
    Document = "document",
    DecidedOn = "decided_on",
    PriorNoticeOn = "prior_notice_on",
    WarnedOn = "warned_on",
    MinimumPublicityUntil = "minimum_publicity_until",
    MaximumPublicityUntil = "maximum_publicity_until",
    Repairable = "repairable",
    RepairModes = "repair_modes",
    RepairUntil = "repair_until",
    Rectification = "rectification",
    RectificationDueOn = "rectification_due_on",
    RepresentativeName = "representative_name",
    RepresentativeIdentifiers = "representative_identifiers",
    Undergone = "undergone",
    WatchUntil = "watch_until",
    ExitGround = "exit_ground",
    Visibility = "visibility",
    Term = "term",
}

/// What the cells of a column hold, as a spreadsheet tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text, which a number may stand for.
    Text,
    /// A day.
    Day,
    /// True or false.
    Flag,
}

/// What the cells of the column of a list hold that has this name.
#[must_use]
pub fn list_column(name: &str) -> Option<Holds> {
    let column = Column::ALL.iter().find(|column| column.name() == name)?;
    Some(match column {
        Column::RecognisedOn
        | Column::ValidUntil
        | Column::EndedOn
        | Column::DecidedOn
        | Column::PriorNoticeOn
        | Column::WarnedOn
        | Column::MinimumPublicityUntil
        | Column::MaximumPublicityUntil
        | Column::RepairUntil
        | Column::RectificationDueOn
        | Column::WatchUntil => Holds::Day,
        Column::Suspended | Column::Repairable => Holds::Flag,
        _ => Holds::Text,
    })
}

/// The columns of a file, by its header line. Some have no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(pub(super) Vec<Option<Column>>);

impl Columns {
    /// The columns this header names.
    pub(super) fn of(header: &[Cow<'_, str>]) -> Result<Self, Vec<FieldProblem>> {
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.len());
        let mut problems = Vec::new();
        for name in header {
            match Column::ALL.iter().find(|column| column.name() == *name) {
                Some(column) if columns.contains(&Some(*column)) => {
                    problems.push(FieldProblem::new(column.name(), "field.duplicate", "is given twice"));
                }
                Some(column) => columns.push(Some(*column)),
                None if name.is_empty() => columns.push(None),
                None => problems.push(Unknown::fault("", name).unwrap_or_else(|| {
                    let known: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
                    unknown_field("", name, &known)
                })),
            }
        }
        if problems.is_empty() { Ok(Self(columns)) } else { Err(problems) }
    }

    /// Whether a row has a cell for each of them, and nothing beside.
    pub(super) fn fit(&self, cells: &[Cow<'_, str>]) -> Result<(), Vec<FieldProblem>> {
        let named = self.0.iter().map(Option::is_some);
        cells::fit(named, cells.iter().map(|cell| &**cell))
    }
}

/// Takes the next record off the text. Its cells are trimmed; none are left at
/// the end of the text.
pub(super) fn next_record<'t>(text: &mut &'t str, cells: &mut Vec<Cow<'t, str>>) {
    cells.clear();
    while !text.is_empty() {
        let (cell, rest, ends) = next_cell(text);
        cells.push(cell);
        *text = rest;
        if ends {
            return;
        }
        if text.is_empty() {
            // A comma was the last byte of the file.
            cells.push(Cow::Borrowed(""));
        }
    }
}

/// A cell, what comes after it, and whether it is the last one of its record.
fn next_cell(text: &str) -> (Cow<'_, str>, &str, bool) {
    if let Some(inside) = text.strip_prefix('"') {
        return quoted_cell(inside);
    }
    let (cell, rest, ends) = up_to_end(text);
    (Cow::Borrowed(cell.trim()), rest, ends)
}

/// What stands before the next comma or line end.
fn up_to_end(text: &str) -> (&str, &str, bool) {
    match memchr::memchr2(b',', b'\n', text.as_bytes()) {
        // Both are one byte, so that these are boundaries of characters.
        Some(end) => {
            let (cell, rest) = text.split_at(end);
            (cell, rest.get(1..).unwrap_or_default(), rest.starts_with('\n'))
        }
        None => (text, "", true),
    }
}

fn quoted_cell(inside: &str) -> (Cow<'_, str>, &str, bool) {
    let mut content = Cow::Borrowed("");
    let mut rest = inside;
    loop {
        let Some(end) = memchr::memchr(b'"', rest.as_bytes()) else {
            // The row is cut off, and refused for it.
            return (trimmed(joined(content, rest)), "", true);
        };
        let (part, after) = rest.split_at(end);
        let after = after.get(1..).unwrap_or_default();
        content = joined(content, part);
        if let Some(further) = after.strip_prefix('"') {
            content.to_mut().push('"');
            rest = further;
            continue;
        }
        let (beside, rest, ends) = up_to_end(after);
        return (trimmed(joined(content, beside.trim_end())), rest, ends);
    }
}

fn joined<'t>(content: Cow<'t, str>, part: &'t str) -> Cow<'t, str> {
    if content.is_empty() { Cow::Borrowed(part) } else { content + part }
}

fn trimmed(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
