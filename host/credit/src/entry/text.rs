//! An entry whose numbers are texts: as it is typed, before anybody has looked at
//! them, or as it may be shown.

use super::{ListEntry, masked_name};
use crate::fault::FieldProblem;
use crate::identifier::{Identifier, IdentifierText, IdentifierWarning, Strictness};
use crate::name;
use crate::text::{has_invisible, visible};

/// An entry with numbers as texts.
pub type EntryText = ListEntry<Vec<IdentifierText>>;

/// Where a number of the representative stands.
pub const REPRESENTATIVE_NUMBERS: &str = "particulars.representative_identifiers";

/// Where a number of the subject stands in an entry.
#[must_use]
pub fn number_field(position: usize) -> String {
    format!("subject_identifiers[{position}]")
}

impl EntryText {
    /// The entry, with its numbers in normal form and its names without what shows
    /// nothing, and what is remarkable about them. `name_of` says where each number of
    /// the subject stands, such as [`number_field`].
    ///
    /// # Errors
    /// Every number of the subject that is none, and the first of the representative.
    pub fn accepted(
        mut self,
        strictness: Strictness,
        name_of: impl Fn(usize) -> String,
    ) -> Result<(ListEntry, Vec<FieldProblem>), Vec<FieldProblem>> {
        let (mut remarks, mut refused) = (Vec::new(), Vec::new());
        for (field, name) in [
            ("subject_name", &mut self.subject_name),
            ("particulars.representative_name", &mut self.particulars.representative_name),
        ] {
            let seen = name::warnings(name);
            remarks.extend(seen.map(|seen| FieldProblem::new(field, seen.code(), seen.to_string())));
            if has_invisible(name) {
                *name = visible(name).into_owned();
            }
        }
        let mut read = |number: &IdentifierText, field: &dyn Fn() -> String| match Identifier::parse(
            number.kind,
            &number.value,
            strictness,
        ) {
            Ok(parsed) => {
                let placed =
                    |seen: &IdentifierWarning| FieldProblem::new(field(), seen.code(), seen.to_string());
                remarks.extend(parsed.warnings.iter().map(placed));
                Some(parsed.identifier)
            }
            Err(error) => {
                refused.push(FieldProblem::new(field(), error.code(), error.to_string()));
                None
            }
        };
        let numbers = self.subject_identifiers.iter().enumerate();
        let subject = numbers.filter_map(|(position, number)| read(number, &|| name_of(position))).collect();
        let numbers = self.particulars.representative_identifiers.iter();
        let representative =
            numbers.map_while(|number| read(number, &|| REPRESENTATIVE_NUMBERS.to_owned())).collect();
        if !refused.is_empty() {
            return Err(refused);
        }
        Ok((self.with_numbers(subject, representative), remarks))
    }
}

impl ListEntry {
    /// The entry as people are shown it (R39): numbers masked, and the names of
    /// natural persons too.
    #[must_use]
    pub fn shown(&self) -> EntryText {
        let shown = |numbers: &[Identifier]| numbers.iter().map(Identifier::shown).collect();
        let subject = shown(&self.subject_identifiers);
        let representative = shown(&self.particulars.representative_identifiers);
        let mut entry = self.clone().with_numbers(subject, representative);
        entry.subject_name = self.subject_name_shown().into_owned();
        entry.particulars.representative_name = masked_name(&self.particulars.representative_name);
        entry
    }
}

impl<N> ListEntry<N> {
    /// The entry with these numbers of its subject and of the representative.
    fn with_numbers<M>(self, subject: M, representative: M) -> ListEntry<M> {
        ListEntry {
            id: self.id,
            list: self.list,
            list_name: self.list_name,
            kind: self.kind,
            field: self.field,
            severity: self.severity,
            subject_name: self.subject_name,
            subject_identifiers: subject,
            facts: self.facts,
            authority: self.authority,
            basis: self.basis,
            recognised_on: self.recognised_on,
            valid_until: self.valid_until,
            status: self.status,
            ended_on: self.ended_on,
            suspended: self.suspended,
            particulars: self.particulars.with_numbers(representative),
            attributes: self.attributes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::IdentifierKind;
    use crate::samples;

    #[test]
    fn r039_an_entry_is_shown_without_numbers_and_names_of_persons() {
        let number = |kind, value| Identifier::parse(kind, value, Strictness::Strict).unwrap().identifier;
        let mut entry = samples::entry("e1", "food.serious");
        let person = number(IdentifierKind::CitizenId, "110101199001010015");
        entry.subject_identifiers = vec![number(IdentifierKind::Uscc, "91110000600037341L"), person.clone()];
        entry.particulars.representative_name = "张三".to_owned();
        entry.particulars.representative_identifiers = vec![person];
        let text = serde_json::to_string(&entry.shown()).unwrap();
        for (said, told) in
            [("91110000600037341L", true), ("110101199001010015", false), ("张三", false), ("张*", true)]
        {
            assert_eq!(text.contains(said), told, "{said}");
        }
    }
}
