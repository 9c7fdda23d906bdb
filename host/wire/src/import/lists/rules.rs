//! What a host makes of a row whose shape is right (R30 to R36).

use std::collections::HashMap;

use creditgate_credit::derived::is_derived;
use creditgate_credit::entry::{
    EntryStatus, EntryTerm, EntryText, ListEntry, ListKind, REPRESENTATIVE_NUMBERS,
};
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::identifier::{Strictness, index_keys};
use creditgate_credit::list_type::ListType;
use creditgate_credit::text::visible;
use jiff::civil::Date;

use crate::import::unknown::Unknown;

/// By what rows are judged.
#[derive(Debug, Clone)]
pub struct ListRules {
    /// How a wrong check digit is treated.
    pub strictness: Strictness,
    /// What the host knows; nothing where a file is looked at apart from any host.
    pub registered: Option<Registered>,
}

/// What rows are compared with.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The kinds of lists, by code.
    pub list_types: HashMap<String, ListType>,
    /// The day of the import.
    pub today: Date,
}

/// A good row, with what is remarkable about it.
pub(super) struct Judged {
    pub(super) entry: ListEntry,
    pub(super) warnings: Vec<FieldProblem>,
}

impl ListRules {
    /// Judges a row; `name_of` says where each of its identifiers stands.
    pub(super) fn judge(
        &self,
        row: EntryText,
        name_of: impl Fn(usize) -> String,
    ) -> Result<Judged, Vec<FieldProblem>> {
        let mut faults = Faults::default();
        shape(&row, &mut faults);
        let (entry, mut warnings) = match row.accepted(self.strictness, &name_of) {
            Ok(accepted) => accepted,
            Err(refused) => {
                faults.extend(refused);
                return Err(faults.found());
            }
        };
        for (position, identifier) in entry.subject_identifiers.iter().enumerate() {
            faults.extend(Unknown::cut_off(&name_of(position), identifier));
        }
        for identifier in &entry.particulars.representative_identifiers {
            faults.extend(Unknown::cut_off(REPRESENTATIVE_NUMBERS, identifier));
        }
        if index_keys(&entry.subject_identifiers).is_empty() {
            let message =
                "holds no identifier anybody can be found by: the entry is only ever a hint to an officer";
            warnings.push(FieldProblem::new("subject_identifiers", "identifier.none", message));
        }
        if let Some(registered) = &self.registered {
            registered.recognition(&entry, &mut faults);
            registered.record(&entry, &mut warnings);
        }
        faults.passed(Judged { entry, warnings })
    }
}

fn shape(row: &EntryText, faults: &mut Faults) {
    let subject: &str = &visible(&row.subject_name);
    let texts: [(&str, &str); 5] = [
        ("id", &row.id),
        ("list", &row.list),
        ("list_name", &row.list_name),
        ("subject_name", subject),
        ("authority", &row.authority),
    ];
    for (name, value) in texts {
        faults.not_empty(name, value);
    }
    if is_derived(&row.list) {
        let message = "is a list the host derives by itself; it takes no entries";
        faults.refuse("list", "entry.derived_list", message);
    }
    faults.span(("recognised_on", row.recognised_on), ("valid_until", row.valid_until));
    faults.span(("recognised_on", row.recognised_on), ("ended_on", row.ended_on));
    let said = &row.particulars;
    if said.term.is_some_and(|term| term == EntryTerm::Permanent) && row.valid_until.is_some() {
        let message = "must not be `permanent` beside a last day of validity: one of the two is wrong";
        faults.refuse("particulars.term", "entry.permanent_with_end", message);
    }
    if said.usable_until.is_some() {
        let message = "is worked out by the host for the day of a check; say `valid_until`";
        faults.refuse("particulars.usable_until", "field.unknown", message);
    }
    let is_over = matches!(row.status, EntryStatus::Repaired | EntryStatus::Withdrawn);
    if row.ended_on.is_some() && !is_over {
        let message = "is only for the status `repaired` or `withdrawn`";
        faults.refuse("ended_on", "entry.not_ended", message);
    }
}

impl Registered {
    /// On which lists whom may list (R30, R32).
    fn recognition(&self, entry: &ListEntry, faults: &mut Faults) {
        let Some(list) = self.list_types.get(&entry.list) else {
            if !is_derived(&entry.list) {
                let message = "is not a registered list; `creditgate import list-types` registers one";
                faults.refuse("list", "list.unknown", message);
            }
            return;
        };
        if list.kind != entry.kind {
            let message = format!("must be `{}`, as its list is", list.kind.code());
            faults.refuse("kind", "list.kind", message);
        }
        if !list.may_list(&entry.authority) {
            let message = "may not list here: the list type names the authorities that may";
            faults.refuse("authority", "list.authority", message);
        }
    }

    /// What a record should say (R34, R36).
    fn record(&self, entry: &ListEntry, warnings: &mut Vec<FieldProblem>) {
        let mut warn =
            |field: &str, code, message: &str| warnings.push(FieldProblem::new(field, code, message));
        if entry.facts.trim().is_empty() {
            warn("facts", "entry.no_facts", "is missing: a record states the facts that were found");
        }
        if entry.basis.trim().is_empty() {
            warn("basis", "entry.no_basis", "is missing: a record states what the recognition rests on");
        }
        if matches!(entry.status, EntryStatus::Repaired | EntryStatus::Withdrawn) {
            return;
        }
        if entry.valid_until.is_some_and(|last| last < self.today) {
            warn("valid_until", "entry.expired", "is over already: the entry triggers nothing");
        }
        let told = entry.particulars.prior_notice_on.is_some();
        if entry.kind == ListKind::Black && !told && entry.is_of_natural_person() {
            let message = "is missing: a natural person is told before being listed";
            warn("particulars.prior_notice_on", "entry.no_prior_notice", message);
        }
    }
}
