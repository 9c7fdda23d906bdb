//! What affairs need from outside, as traits.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::duty::NewDuty;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Identifier;
use creditgate_credit::list_type::ListType;
use creditgate_credit::overlay::Overlay;
use creditgate_credit::policy::Policy;
use jiff::civil::Date;

use crate::commitments::Commitment;
use crate::decided::Decided;
use crate::entry_file::{Order, TalkHeld};
use crate::local_lists::LocalEntry;
use crate::objections::Objection;
use crate::person::Holder;
use crate::publications::Publication;
use crate::refusal::Refusal;
use crate::repairs::Repair;

/// A check, as far as affairs ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCheck {
    /// Id of the check.
    pub check_id: String,
    /// Department code.
    pub department: String,
    /// Case number.
    pub case_no: String,
    /// Division of the case.
    pub division: String,
}

/// What is kept at one moment. Within a change nobody else changes it.
///
/// Every function fails where what is kept cannot be read.
pub trait Stored {
    /// Why it cannot be read, or what was asked for is refused.
    type Error: From<Refusal>;

    /// The check with this id.
    fn check(&self, id: &str) -> Result<Option<CaseCheck>, Self::Error>;

    /// The checks of a case, oldest first.
    fn checks_of_case(&self, case_no: &str) -> Result<Vec<CaseCheck>, Self::Error>;

    /// Whether an entry stood in the evidence of this check, matched by a party's
    /// numbers.
    fn check_had(&self, check: &str, entry: &str) -> Result<bool, Self::Error>;

    /// Whether it stood in the evidence of any check.
    fn any_check_had(&self, entry: &str) -> Result<bool, Self::Error>;

    /// Ids of at most so many checks that had an entry in effect, oldest first.
    fn checks_with(&self, entry: &str, most: u32) -> Result<Vec<String>, Self::Error>;

    /// A commitment, by the id of its check.
    fn commitment(&self, id: &str) -> Result<Option<Commitment>, Self::Error>;

    /// The duties that are owed to make the decisions public that a report is about.
    fn owed_publicity(&self, report: &Publication) -> Result<Vec<NewDuty>, Self::Error>;

    /// An objection.
    fn objection(&self, id: &str) -> Result<Option<Objection>, Self::Error>;

    /// All objections to an entry, oldest first.
    fn objections_to(&self, entry: &str) -> Result<Vec<Objection>, Self::Error>;

    /// How many objections that were raised with a key have no result.
    fn open_objections_with(&self, key: &str) -> Result<u32, Self::Error>;

    /// An application for repair.
    fn repair(&self, id: &str) -> Result<Option<Repair>, Self::Error>;

    /// All applications for the repair of an entry, oldest first.
    fn repairs_of(&self, entry: &str) -> Result<Vec<Repair>, Self::Error>;

    /// What lies over an entry, oldest first.
    fn overlays_of(&self, entry: &str) -> Result<Vec<Overlay>, Self::Error>;

    /// The order to put things right for an entry.
    fn order_of(&self, entry: &str) -> Result<Option<Order>, Self::Error>;

    /// The talks about an entry, by day.
    fn talks_of(&self, entry: &str) -> Result<Vec<TalkHeld>, Self::Error>;

    /// The entry of this id, if it is kept here.
    fn local_entry(&self, id: &str) -> Result<Option<LocalEntry>, Self::Error>;

    /// All entries that are kept here, the newest proposal first.
    fn local_entries(&self) -> Result<Vec<LocalEntry>, Self::Error>;

    /// Those that stand on their list and ran out before this day, and of which that
    /// is not noted yet.
    fn expired_entries(&self, today: Date) -> Result<Vec<LocalEntry>, Self::Error>;

    /// Ids of the entries that checks passed over because their source had them rest,
    /// where nobody was asked yet to make these checks again.
    fn passed_over_for_their_source(&self) -> Result<Vec<String>, Self::Error>;

    /// The kind of list with this code.
    fn list_type(&self, code: &str) -> Result<Option<ListType>, Self::Error>;

    /// Who stands behind an actor; nobody where that was not said at the machine.
    fn holder(&self, actor: &str) -> Result<Option<Holder>, Self::Error>;
}

/// Keeps affairs, and the lists.
pub trait AffairStore: Sync {
    /// Why it could not, or what was asked for is refused.
    type Error: From<Refusal> + Send;

    /// The entry of this id as the lists have it, whoever keeps it.
    ///
    /// # Errors
    /// When the lists cannot be read.
    fn listed(&self, id: &str) -> Result<Option<ListEntry>, Self::Error>;

    /// The entries the lists have under these numbers.
    ///
    /// # Errors
    /// When the lists cannot be read.
    fn listed_under(&self, identifiers: &[Identifier]) -> Result<Vec<ListEntry>, Self::Error>;

    /// Looks at what is kept.
    ///
    /// # Errors
    /// What `look` says.
    fn look<T>(
        &self,
        look: impl FnOnce(&dyn Stored<Error = Self::Error>) -> Result<T, Self::Error>,
    ) -> Result<T, Self::Error>;

    /// Decides over what is kept and keeps all that the decision says, in one
    /// transaction. It resolves once that is durable.
    ///
    /// # Errors
    /// What `decide` says, or that nothing could be kept. Nothing is changed then.
    fn change<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&dyn Stored<Error = Self::Error>) -> Result<Decided<T>, Self::Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Self::Error>> + Send;
}

/// What is in force where this host stands.
pub trait Here: Sync {
    /// The policy of a division on a day.
    fn policy(&self, division: &str, day: Date) -> Option<Arc<Policy>>;

    /// The working days.
    fn calendar(&self) -> &Arc<WorkingCalendar>;

    /// The divisions the bindings of a department are of; none where it has none.
    fn divisions_of(&self, department: &str) -> BTreeSet<String>;

    /// The code of the department of this name.
    fn department_named(&self, name: &str) -> Option<String>;

    /// Whether there is a credit platform, whose acknowledgement ends duties.
    fn has_platform(&self) -> bool;
}

/// The department by whose code what an authority owes is found: the one of its
/// name, else the authority itself.
pub(crate) fn department_of(here: &impl Here, authority: &str) -> String {
    here.department_named(authority).unwrap_or_else(|| authority.to_owned())
}
