//! What is decided: what becomes of an affair, and everything that follows from it.

use creditgate_credit::duty::{DutyKind, NewDuty};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::lifecycle::ProposalState;
use creditgate_credit::overlay::Overlay;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::commitments::Commitment;
use crate::entry_file::{Order, TalkHeld};
use crate::event::Event;
use crate::local_lists::{EntryStep, LocalEntry};
use crate::objections::Objection;
use crate::publications::{Publication, PublishedDecision};
use crate::repairs::Repair;
use crate::typical_cases::TypicalCase;

/// A decision with what follows from it, in the order in which it is kept. All of
/// it is kept in one transaction, or nothing.
#[derive(Debug)]
#[must_use]
pub struct Decided<T> {
    /// What whoever asked is told.
    pub value: T,
    /// When it was decided.
    pub at: Timestamp,
    /// What follows.
    pub follows: Vec<Consequence>,
}

impl<T> Decided<T> {
    /// A decision from which nothing follows yet.
    pub const fn new(value: T, at: Timestamp) -> Self {
        Self { value, at, follows: Vec::new() }
    }

    /// Adds what follows next.
    pub fn with(mut self, consequence: Consequence) -> Self {
        self.follows.push(consequence);
        self
    }

    /// Adds all of what follows next, if there is anything.
    pub fn with_all(mut self, consequences: impl IntoIterator<Item = Consequence>) -> Self {
        self.follows.extend(consequences);
        self
    }
}

/// Something that follows from a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// The commitment is kept as it stands now; the last of its steps is new.
    Commitment(Box<Commitment>),
    /// The objection is kept as it stands now.
    Objection(Box<Objection>),
    /// The application for repair is kept as it stands now.
    Repair(Box<Repair>),
    /// The order for an entry is kept as it stands now.
    Order {
        /// Id of the entry.
        entry: String,
        /// The order.
        order: Box<Order>,
    },
    /// A talk about an entry is kept.
    Talk {
        /// Id of the entry.
        entry: String,
        /// The talk.
        talk: Box<TalkHeld>,
    },
    /// A decision was made public.
    Publication {
        /// The decision.
        decision: PublishedDecision,
        /// What was reported of it.
        report: Box<Publication>,
        /// Key id of who reported it.
        actor: String,
    },
    /// A typical case stands in the register.
    TypicalCase {
        /// Its id.
        id: String,
        /// The case.
        case: Box<TypicalCase>,
        /// Key id of who added it.
        actor: String,
    },
    /// An entry of a list kept here is proposed.
    Proposal(Box<LocalEntry>),
    /// Where the proposal of an entry of a list kept here stands now.
    ProposalState {
        /// Id of the entry.
        entry: String,
        /// Where it stands.
        state: ProposalState,
    },
    /// An entry of a list kept here stands on it like this.
    Entry(Box<ListEntry>),
    /// A step of an entry of a list kept here is kept.
    Step {
        /// Id of the entry.
        entry: String,
        /// The step.
        step: EntryStep,
    },
    /// This lies over the entry, in place of what lay there for the same cause.
    LayOver {
        /// Id of the entry.
        entry: String,
        /// What lies over it.
        overlay: Box<Overlay>,
    },
    /// What lies over the entry for this cause ends.
    EndOverlay {
        /// Id of the entry.
        entry: String,
        /// The cause.
        cause: String,
    },
    /// A duty begins, unless there is one of its kind for its subject.
    OpenDuty(Box<NewDuty>),
    /// A duty was done, if it is owed.
    FinishDuty {
        /// What was owed.
        kind: DutyKind,
        /// Id of what it is about.
        subject: String,
        /// On this day.
        on: Date,
    },
    /// The last day of a duty is this, by what was reported of it.
    SetDue {
        /// What is owed.
        kind: DutyKind,
        /// Id of what it is about.
        subject: String,
        /// Its last day.
        due: Date,
    },
    /// A duty has another last day, if it is owed.
    PostponeDuty {
        /// What is owed.
        kind: DutyKind,
        /// Id of what it is about.
        subject: String,
        /// The new last day.
        until: Date,
    },
    /// A duty is owed no more, without having been done.
    CancelDuty {
        /// What was owed.
        kind: DutyKind,
        /// Id of what it is about.
        subject: String,
    },
    /// Checks with an entry are to be made again (R100).
    Recheck {
        /// Which of them.
        which: Affected,
        /// Id of the entry.
        entry: String,
        /// What showed it.
        cause: String,
    },
    /// Operators are told.
    Tell(Event),
    /// The credit platform is told.
    Report {
        /// Id of the feedback.
        id: String,
        /// The check it is about, if there is one.
        check_id: Option<String>,
        /// What it is told.
        message: Box<Message>,
    },
    /// What the audit trail says of the change.
    Note {
        /// What it is about.
        subject: String,
        /// Particulars for people.
        detail: String,
    },
}

impl Consequence {
    /// What the audit trail says of the change.
    pub fn note(subject: &str, detail: impl Into<String>) -> Self {
        Self::Note { subject: subject.to_owned(), detail: detail.into() }
    }

    /// Something lies over an entry.
    pub fn lay_over(entry: &str, overlay: Overlay) -> Self {
        Self::LayOver { entry: entry.to_owned(), overlay: Box::new(overlay) }
    }
}

/// Which checks with an entry come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affected {
    /// Those that had it effective: it was wrong, or is over.
    HadIt,
    /// Those that passed over it for this cause: it was right all along.
    PassedOverIt,
}

/// What the credit platform is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The provider is notified of an objection (R96).
    ObjectionRaised(Objection),
    /// An objection has its result (R99).
    ObjectionDecided(Objection),
    /// A commitment is overdue or was breached (R83).
    Commitment {
        /// The commitment as it stands then.
        commitment: Commitment,
        /// Why; empty where the day alone is the reason.
        reason: String,
        /// The facts; empty where there are none but the day.
        facts: String,
    },
    /// An entry of a list kept here stands on it like this after a step (R37).
    Entry {
        /// The entry.
        entry: Box<ListEntry>,
        /// Jurisdiction whose policy it follows.
        division: String,
        /// The step, such as `approve`.
        step: String,
    },
    /// Where an application for repair stands, with the recogniser's words (R102).
    Repair(Repair, String),
}
