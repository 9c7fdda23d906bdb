//! What is looked at before somebody is listed here (R32, R34, R36, R51, R53).

use jiff::civil::Date;

use crate::entry::{EntryStatus, ListEntry, ListKind};
use crate::identifier::index_keys;
use crate::list_type::ListType;
use crate::vocabulary;

vocabulary! {
    /// Where the proposal of an entry stands (R40).
    pub enum ProposalState {
        /// It waits for somebody's agreement.
        Proposed = "proposed",
        /// It was not agreed to.
        Refused = "refused",
        /// It was agreed to: the entry stands on its list.
        Recognised = "recognised",
    }
}

/// Something about a proposed entry, with the field it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field, such as `particulars.prior_notice_on`.
    pub field: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what would be right. Holds no value.
    pub message: &'static str,
}

/// What was found about a proposed entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognition {
    /// What keeps it from being listed.
    pub faults: Vec<Finding>,
    /// What its recogniser should still say.
    pub warnings: Vec<Finding>,
}

/// Looks at an entry that is to be listed under this list type on `today`.
#[must_use]
pub fn examine(entry: &ListEntry, list: &ListType, today: Date) -> Recognition {
    let mut found = Recognition::default();
    grounds(entry, list, &mut found.faults);
    dates(entry, today, &mut found.faults);
    if entry.kind.is_adverse() {
        notice(entry, &mut found.faults);
        terms(entry, &mut found.warnings);
    }
    found
}

/// Who, why and on what basis (R32, R36).
fn grounds(entry: &ListEntry, list: &ListType, faults: &mut Vec<Finding>) {
    if !list.may_list(&entry.authority) {
        faults.push(Finding {
            field: "authority",
            code: "entry.authority",
            message: "may not list here: the list type names the authorities that may",
        });
    }
    if index_keys(&entry.subject_identifiers).is_empty() {
        faults.push(Finding {
            field: "subject_identifiers",
            code: "identifier.none",
            message: "must hold a number: a name alone identifies nobody",
        });
    }
    let said = [
        ("subject_name", &entry.subject_name),
        ("facts", &entry.facts),
        ("authority", &entry.authority),
        ("basis", &entry.basis),
    ];
    for (field, _) in said.iter().filter(|(_, text)| text.trim().is_empty()) {
        faults.push(Finding { field, code: "field.empty", message: "must not be empty" });
    }
}

fn dates(entry: &ListEntry, today: Date, faults: &mut Vec<Finding>) {
    let order = |field| Finding { field, code: "date.order", message: "must not be before `recognised_on`" };
    if entry.valid_until.is_some_and(|last| last < entry.recognised_on) {
        faults.push(order("valid_until"));
    }
    if entry.particulars.repair_until.is_some_and(|last| last < entry.recognised_on) {
        faults.push(order("particulars.repair_until"));
    }
    let past = [
        ("recognised_on", Some(entry.recognised_on)),
        ("particulars.decided_on", entry.particulars.decided_on),
        ("particulars.prior_notice_on", entry.particulars.prior_notice_on),
    ];
    for (field, _) in past.iter().filter(|(_, day)| day.is_some_and(|day| today < day)) {
        faults.push(Finding { field, code: "date.future", message: "must not be after today" });
    }
}

/// A natural person is told before being listed; being announced is being told
/// (R33, R34).
fn notice(entry: &ListEntry, faults: &mut Vec<Finding>) {
    let announced = entry.status == EntryStatus::Preliminary;
    if !announced && entry.is_of_natural_person() && entry.particulars.prior_notice_on.is_none() {
        faults.push(Finding {
            field: "particulars.prior_notice_on",
            code: "entry.no_prior_notice",
            message: "a natural person is told before being listed: say when, or propose it as preliminary",
        });
    }
}

/// The period, whether repair is possible, how and within what term (R43, R51 to
/// R53).
fn terms(entry: &ListEntry, warnings: &mut Vec<Finding>) {
    let said = &entry.particulars;
    let mut warn = |unsaid: bool, field, code, message| {
        if unsaid {
            warnings.push(Finding { field, code, message });
        }
    };
    let repairable = said.repairable == Some(true);
    warn(
        entry.valid_until.is_none(),
        "valid_until",
        "entry.period_not_stated",
        "state the period of the punishment when recognising (R51)",
    );
    warn(
        said.repairable.is_none(),
        "particulars.repairable",
        "entry.repair_not_stated",
        "state whether credit can be repaired (R51)",
    );
    warn(
        repairable && said.repair_modes.is_empty(),
        "particulars.repair_modes",
        "entry.repair_way_not_stated",
        "state how credit can be repaired (R51)",
    );
    warn(
        repairable && said.repair_until.is_none(),
        "particulars.repair_until",
        "entry.repair_term_not_stated",
        "state within what term credit can be repaired (R51)",
    );
    warn(
        !said.rectification.is_empty() && said.rectification_due_on.is_none(),
        "particulars.rectification_due_on",
        "entry.rectification_not_dated",
        "state by when it is to be put right (R53)",
    );
    warn(
        entry.kind == ListKind::Watch && said.warned_on.is_none(),
        "particulars.warned_on",
        "entry.not_warned",
        "warn the subject and tell it the validity, then take the step `warn` (R43)",
    );
}
