//! Faults of list entries, and of the lines they stand on.

use creditgate_credit::entry::ListKind;

use super::Fault;
use crate::City;
use crate::entry::Entry;
use crate::lists::ListType;
use crate::rows::Encoding;
use crate::subject::{LISTED, Subject};

/// Numbers of subjects from which those of faults are taken.
const SPARE: u64 = LISTED + 2_500_000;
/// Bytes an import takes as one row.
const LONGEST_ROW: usize = 1 << 20;

impl City {
    /// Number of the entry with the fault: one in the middle, never the first.
    #[must_use]
    pub fn faulty_entry(&self) -> u64 {
        (self.entries / 2).max(1)
    }

    /// Puts the city's fault into this entry, if it belongs there.
    pub(crate) fn spoil_entry<'a>(&'a self, number: u64, entry: &mut Entry<'a>) {
        let faulty = self.faulty_entry();
        match self.fault {
            Some(Fault::EntryRedAndBlack | Fault::EntrySameSubject) if number + 1 == faulty => {
                *entry = self.plain(number, self.black(), false);
            }
            Some(fault) if number == faulty => self.spoil(fault, number, entry),
            _ => {}
        }
    }

    fn spoil<'a>(&'a self, fault: Fault, number: u64, entry: &mut Entry<'a>) {
        match fault {
            Fault::EntryDate => entry.recognised_on = "2026-02-30".to_owned(),
            Fault::EntryList => entry.list = "no.such-list",
            Fault::EntryKind => entry.kind = "alert",
            Fault::EntryWithoutAuthority => entry.authority = "",
            Fault::EntryAuthority => entry.authority = "示例市行业协会",
            Fault::EntryDuplicate => entry.id = self.sound_entry(0).id,
            Fault::EntryCheckDigit => {
                *entry = with_wrong_check_digit(self.plain(number, self.black(), false))
            }
            Fault::EntrySameSubject => *entry = self.plain(number, self.black(), false),
            Fault::EntryRedAndBlack => *entry = self.plain(number, self.red(), false),
            Fault::EntryWithoutNotice => *entry = self.plain(number, self.black(), true),
            Fault::EntryEnded => {
                *entry = self.plain(number, self.black(), false);
                entry.ended_on = Some("2026-03-01".to_owned());
            }
            Fault::LineLength => entry.facts = "长".repeat(LONGEST_ROW),
            _ => {}
        }
    }

    fn black(&self) -> &ListType {
        &self.list_types[1].list
    }

    fn red(&self) -> &ListType {
        let red = self.list_types.iter().rfind(|listed| listed.list.kind == ListKind::Red);
        &red.unwrap_or(&self.list_types[0]).list
    }

    /// An entry in effect of the spare subject of this kind.
    fn plain<'a>(&'a self, number: u64, list: &'a ListType, person: bool) -> Entry<'a> {
        let numbered = |number| Subject::numbered(self.seed, number);
        let subject = (SPARE..).map(numbered).find(|subject| subject.is_person() == person);
        let subject = subject.unwrap_or_else(|| numbered(SPARE));
        Entry {
            list: &list.code,
            list_name: &list.name,
            kind: list.kind.code(),
            field: &list.field,
            severity: (list.kind == ListKind::Black).then_some("serious"),
            subject_name: subject.name,
            subject_identifiers: vec![subject.identifier],
            authority: &list.authorities[0],
            basis: &list.standard,
            recognised_on: "2026-01-05".to_owned(),
            valid_until: Some("2033-01-04".to_owned()),
            status: "effective",
            ended_on: None,
            suspended: false,
            particulars: Default::default(),
            ..self.sound_entry(number)
        }
    }

    /// The bytes of an entry's line, with the city's fault if it is one of lines.
    pub(crate) fn line_bytes(&self, number: u64, line: &str, encoding: Encoding) -> Vec<u8> {
        match self.fault.filter(|_| number == self.faulty_entry()) {
            Some(Fault::LineCut) => {
                let half = line.char_indices().nth(line.chars().count() / 2).map_or(0, |(at, _)| at);
                [&encoding.bytes(&line[..half]), &b"\n"[..]].concat()
            }
            Some(Fault::LineEncoding) => encoding.other().bytes(line).into_owned(),
            _ => encoding.bytes(line).into_owned(),
        }
    }
}

fn with_wrong_check_digit(mut entry: Entry<'_>) -> Entry<'_> {
    if let Some(identifier) = entry.subject_identifiers.first_mut()
        && let Some(last) = identifier.value.pop()
    {
        identifier.value.push(if last == '0' { '1' } else { '0' });
    }
    entry
}
