//! A list entry as a row: imported, kept by the store, written into records.

use std::borrow::Cow;

use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind, Severity, masked_name};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::{
    Identifier, IdentifierError, IdentifierKind, IdentifierWarning, Parsed, Strictness,
};
use creditgate_credit::name::{self, NameWarning};
use creditgate_credit::text::{has_invisible, visible};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::attributes::AttributesBody;
use crate::identifier::IdentifierBody;
use crate::particulars::{ParticularsRow, accepted};
use crate::time::Day;

/// An entry of a list with its subject. It holds identity numbers: for import,
/// store and record, and for answers only as [`EntryRow::masked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryRow<'a> {
    /// The platform's id of the entry.
    pub id: Cow<'a, str>,
    /// Code of the list, such as `court.judgment-defaulter`.
    pub list: Cow<'a, str>,
    /// Name of the list for people.
    pub list_name: Cow<'a, str>,
    /// Family of the list.
    #[schema(inline)]
    pub kind: ListKind,
    /// Field it was recognised in, such as `food-and-drug`.
    #[serde(default)]
    pub field: Cow<'a, str>,
    /// Severity, where the list has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub severity: Option<Severity>,
    /// Name of the subject as listed.
    pub subject_name: Cow<'a, str>,
    /// The subject's numbers; without any, the entry is only ever a hint.
    #[serde(default)]
    pub subject_identifiers: Vec<IdentifierBody<'a>>,
    /// Facts found.
    #[serde(default)]
    pub facts: Cow<'a, str>,
    /// Recognising authority.
    pub authority: Cow<'a, str>,
    /// Legal basis of the recognition.
    #[serde(default)]
    pub basis: Cow<'a, str>,
    /// Day of recognition.
    #[schema(inline)]
    pub recognised_on: Day,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub valid_until: Option<Day>,
    /// What the recogniser last said; `effective` when absent.
    #[serde(default = "effective")]
    #[schema(inline)]
    pub status: EntryStatus,
    /// Day of repair or withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub ended_on: Option<Day>,
    /// Under objection or verification (R98).
    #[serde(default)]
    pub suspended: bool,
    /// What else the recogniser says.
    #[serde(default, skip_serializing_if = "ParticularsRow::is_empty")]
    pub particulars: ParticularsRow<'a>,
    /// The platform's extras.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'a>,
}

const fn effective() -> EntryStatus {
    EntryStatus::Effective
}

impl<'a> From<&'a ListEntry> for EntryRow<'a> {
    fn from(entry: &'a ListEntry) -> Self {
        Self {
            id: Cow::Borrowed(&entry.id),
            list: Cow::Borrowed(&entry.list),
            list_name: Cow::Borrowed(&entry.list_name),
            kind: entry.kind,
            field: Cow::Borrowed(&entry.field),
            severity: entry.severity,
            subject_name: Cow::Borrowed(&entry.subject_name),
            subject_identifiers: entry.subject_identifiers.iter().map(IdentifierBody::from).collect(),
            facts: Cow::Borrowed(&entry.facts),
            authority: Cow::Borrowed(&entry.authority),
            basis: Cow::Borrowed(&entry.basis),
            recognised_on: entry.recognised_on.into(),
            valid_until: entry.valid_until.map(Day),
            status: entry.status,
            ended_on: entry.ended_on.map(Day),
            suspended: entry.suspended,
            particulars: (&entry.particulars).into(),
            attributes: (&entry.attributes).into(),
        }
    }
}

/// An identifier of a row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedIdentifier {
    /// Position in `subject_identifiers`, from 0; none for a number of the
    /// representative.
    pub position: Option<usize>,
    /// Why.
    pub error: IdentifierError,
}

impl RefusedIdentifier {
    /// Where the identifier stands in the row.
    #[must_use]
    pub fn field(&self) -> String {
        self.position.map_or_else(|| REPRESENTATIVE_NUMBERS.to_owned(), number_field)
    }
}

/// What was remarkable about a row that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRemark {
    /// About an identifier: its position in `subject_identifiers`, from 0; none for
    /// a number of the representative.
    Number(Option<usize>, IdentifierWarning),
    /// About a name: its field.
    Name(&'static str, NameWarning),
}

impl RowRemark {
    /// The remark with its place; `name_of` says where each identifier stands.
    #[must_use]
    pub fn placed(&self, name_of: impl Fn(usize) -> String) -> FieldProblem {
        match self {
            Self::Number(position, warning) => FieldProblem::new(
                position.map_or_else(|| REPRESENTATIVE_NUMBERS.to_owned(), name_of),
                warning.code(),
                warning.to_string(),
            ),
            Self::Name(field, warning) => FieldProblem::new(*field, warning.code(), warning.to_string()),
        }
    }
}

/// Where a number of the representative stands.
pub(crate) const REPRESENTATIVE_NUMBERS: &str = "particulars.representative_identifiers";

/// Where an identifier of the subject stands in a row.
#[must_use]
pub fn number_field(position: usize) -> String {
    format!("subject_identifiers[{position}]")
}

impl EntryRow<'static> {
    /// The entry as people are shown it (R39): numbers masked, and the names of
    /// natural persons too.
    #[must_use]
    pub fn masked(entry: &ListEntry) -> Self {
        let mut shown = entry.clone();
        shown.subject_name = entry.subject_name_shown().into_owned();
        shown.particulars.representative_name = masked_name(&entry.particulars.representative_name);
        let masked = |identifiers: &[Identifier]| {
            let number = |id: &Identifier| IdentifierBody {
                kind: id.kind(),
                value: Cow::Owned(id.masked().into_owned()),
            };
            identifiers.iter().map(number).collect()
        };
        let particulars = ParticularsRow {
            representative_identifiers: masked(&entry.particulars.representative_identifiers),
            ..shown.particulars.into()
        };
        Self {
            id: Cow::Owned(shown.id),
            list: Cow::Owned(shown.list),
            list_name: Cow::Owned(shown.list_name),
            kind: shown.kind,
            field: Cow::Owned(shown.field),
            severity: shown.severity,
            subject_name: Cow::Owned(shown.subject_name),
            subject_identifiers: masked(&entry.subject_identifiers),
            facts: Cow::Owned(shown.facts),
            authority: Cow::Owned(shown.authority),
            basis: Cow::Owned(shown.basis),
            recognised_on: shown.recognised_on.into(),
            valid_until: shown.valid_until.map(Day),
            status: shown.status,
            ended_on: shown.ended_on.map(Day),
            suspended: shown.suspended,
            particulars,
            attributes: AttributesBody(Cow::Owned(shown.attributes)),
        }
    }
}

impl EntryRow<'_> {
    /// The entry, with its identifiers in normal form and its names without what
    /// shows nothing, and what was remarkable about them.
    ///
    /// # Errors
    /// Every identifier that is none.
    pub fn into_entry(
        mut self,
        strictness: Strictness,
    ) -> Result<(ListEntry, Vec<RowRemark>), Vec<RefusedIdentifier>> {
        let mut named = Vec::new();
        for (field, name) in [
            ("subject_name", &mut self.subject_name),
            ("particulars.representative_name", &mut self.particulars.representative_name),
        ] {
            named.extend(name::warnings(name).map(|warning| RowRemark::Name(field, warning)));
            if has_invisible(name) {
                *name = Cow::Owned(visible(name).into_owned());
            }
        }
        let (entry, numbers) = self.read(&|kind, text| Identifier::parse(kind, text, strictness))?;
        named.extend(numbers);
        Ok((entry, named))
    }

    /// The entry of a row that was accepted before, maybe by an earlier host.
    ///
    /// # Errors
    /// Every identifier that can never have been accepted.
    pub fn into_accepted_entry(self) -> Result<ListEntry, Vec<RefusedIdentifier>> {
        self.read(&accepted).map(|(entry, _)| entry)
    }

    fn read(
        self,
        number: &impl Fn(IdentifierKind, &str) -> Result<Parsed, IdentifierError>,
    ) -> Result<(ListEntry, Vec<RowRemark>), Vec<RefusedIdentifier>> {
        let mut identifiers = Vec::with_capacity(self.subject_identifiers.len());
        let (mut remarks, mut refused) = (Vec::new(), Vec::new());
        for (position, identifier) in self.subject_identifiers.iter().enumerate() {
            match number(identifier.kind, &identifier.value) {
                Ok(parsed) => {
                    let placed = |warning| RowRemark::Number(Some(position), warning);
                    remarks.extend(parsed.warnings.into_iter().map(placed));
                    identifiers.push(parsed.identifier);
                }
                Err(error) => refused.push(RefusedIdentifier { position: Some(position), error }),
            }
        }
        let particulars = match self.particulars.read(number) {
            Ok((particulars, warnings)) if refused.is_empty() => {
                remarks.extend(warnings.into_iter().map(|warning| RowRemark::Number(None, warning)));
                particulars
            }
            Ok(_) => return Err(refused),
            Err(error) => {
                refused.push(RefusedIdentifier { position: None, error });
                return Err(refused);
            }
        };
        let entry = ListEntry {
            id: self.id.into_owned(),
            list: self.list.into_owned(),
            list_name: self.list_name.into_owned(),
            kind: self.kind,
            field: self.field.into_owned(),
            severity: self.severity,
            subject_name: self.subject_name.into_owned(),
            subject_identifiers: identifiers,
            facts: self.facts.into_owned(),
            authority: self.authority.into_owned(),
            basis: self.basis.into_owned(),
            recognised_on: self.recognised_on.0,
            valid_until: self.valid_until.map(|day| day.0),
            status: self.status,
            ended_on: self.ended_on.map(|day| day.0),
            suspended: self.suspended,
            particulars,
            attributes: self.attributes.into(),
        };
        Ok((entry, remarks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn r026_r031_an_entry_survives_the_way_there_and_back() {
        for entry in samples::entries() {
            let text = serde_json::to_string(&EntryRow::from(&entry)).unwrap();
            let row: EntryRow<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(row.into_accepted_entry().unwrap(), entry);
        }
    }
}
