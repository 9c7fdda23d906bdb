//! Entries of lists that are kept here: proposed, agreed to, moved, shown.

use creditgate_affairs::Refusal;
use creditgate_affairs::local_lists::{self, EntryStep, LocalEntry, NewStep, Proposal};
use creditgate_credit::entry::{EntryState, ListEntry};
use creditgate_credit::fault::Faults;
use creditgate_credit::lifecycle::{AfterExit, ProposalState, after_exit, publicity};
use creditgate_credit::on_the_wire;
use creditgate_credit::policy::Listing;
use creditgate_store::AffairError;
use creditgate_wire::local_entry::LocalEntryBody;
use creditgate_wire::pages::LocalEntries;
use creditgate_wire::release::ReleaseReason;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::host::Shared;
use crate::http::{About, Answer, Answered, HostState, Json, Paged, PathText, Problem, Who};
use crate::local_lists::after_a_step;

/// Proposes an entry of a list kept here
///
/// Where the jurisdiction's policy asks for a second person, the entry is on no list
/// until somebody else approves it. A natural person is proposed only after a prior
/// notice, or as `preliminary`, which triggers nothing (R33, R34, R40).
#[utoipa::path(post, path = "/v1/admin/entries", tag = "administration")]
pub(in crate::http) async fn propose_entry(
    shared: HostState,
    who: Who,
    asked: Json<Proposal>,
) -> Answered<LocalEntryBody> {
    let asked = asked.held_to(|asked, faults| faults.reason(&asked.reason))?;
    let change = who.change(&*asked.reason);
    let proposed = local_lists::propose(&shared.store, &shared.in_force(), asked, change).await;
    let (id, warnings) = settled(&shared, proposed).await?;
    let mut shown = show(&shared, &id)?;
    shown.warnings = warnings.into_iter().map(Into::into).collect();
    Ok(Answer(shown))
}

/// Approves a proposed entry
///
/// Where the policy asks for a second person, whoever proposed the entry may not
/// approve it.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/approval", tag = "administration")]
pub(in crate::http) async fn approve_entry(
    (shared, who, id, asked): About<PathText, ReleaseReason>,
) -> Answered<LocalEntryBody> {
    let asked = asked.held_to(|asked, faults| faults.reason(&asked.reason))?;
    let change = who.change(&*asked.reason);
    let approved = local_lists::approve(&shared.store, &shared.in_force(), id.text(), change).await;
    settled(&shared, approved).await?;
    show(&shared, id.text()).map(Answer)
}

/// Takes a step of an entry kept here
///
/// An authority changes its own entries here. An entry of another authority changes
/// when the platform of that authority sends the change.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/steps", tag = "administration")]
pub(in crate::http) async fn take_entry_step(
    (shared, who, id, asked): About<PathText, NewStep>,
) -> Answered<LocalEntryBody> {
    let (asked, step) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let step = faults.keep(asked.step());
        faults.passed_if_read(step.map(|step| (asked, step)))
    })?;
    let change = who.change(&*asked.reason);
    let taken = local_lists::step(&shared.store, &shared.in_force(), id.text(), step, change).await;
    settled(&shared, taken).await?;
    show(&shared, id.text()).map(Answer)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct EntriesQuery {
    /// Only of this list
    list: Option<String>,
    /// Only in this state: of the proposal, or of the entry once it is on its list
    #[param(inline)]
    state: Option<Wanted>,
}

/// Lists entries of lists kept here, the newest proposal first
///
/// Identity numbers and names of natural persons are masked.
#[utoipa::path(get, path = "/v1/admin/entries", tag = "administration")]
pub(in crate::http) async fn list_entries(
    shared: HostState,
    Paged { query, page }: Paged<EntriesQuery>,
) -> Answered<LocalEntries> {
    let today = clock::today();
    let kept = shared.store.local_entries(query.list.as_deref())?;
    let wanted = |local: &LocalEntry| query.state.is_none_or(|wanted| wanted.fits(local, today));
    let (kept, next) = page.of(kept.into_iter().filter(wanted), |local| local.entry.id.clone())?;
    let entries =
        kept.into_iter().map(|local| shown(&shared, &local.entry, Some(&local), Vec::new(), today)).collect();
    Ok(Answer(LocalEntries { entries, next }))
}

/// Shows an entry with everything that was done with it
///
/// The host shows an entry that is kept elsewhere too, as far as the host knows it.
#[utoipa::path(get, path = "/v1/admin/entries/{id}", tag = "administration")]
pub(in crate::http) async fn show_entry(shared: HostState, id: PathText) -> Answered<LocalEntryBody> {
    show(&shared, id.text()).map(Answer)
}

/// A state that is asked for: of the proposal, or of the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Proposal(ProposalState),
    Entry(EntryState),
}

on_the_wire!(Wanted);

impl Wanted {
    const ALL: &[Self] = &[
        Self::Proposal(ProposalState::Proposed),
        Self::Proposal(ProposalState::Refused),
        Self::Entry(EntryState::NotInEffect),
        Self::Entry(EntryState::Effective),
        Self::Entry(EntryState::Expired),
        Self::Entry(EntryState::Repaired),
        Self::Entry(EntryState::Withdrawn),
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::Proposal(state) => state.code(),
            Self::Entry(state) => state.code(),
        }
    }

    fn fits(self, local: &LocalEntry, today: Date) -> bool {
        match self {
            Self::Proposal(state) => local.kept.proposal == state,
            Self::Entry(state) => {
                local.kept.proposal == ProposalState::Recognised && local.entry.state_on(today) == state
            }
        }
    }
}

fn show(shared: &Shared, id: &str) -> Result<LocalEntryBody, Problem> {
    let today = clock::today();
    match local_lists::local(&shared.store, id) {
        Ok(local) => {
            let steps = shared.store.entry_steps(id)?;
            Ok(shown(shared, &local.entry, Some(&local), steps, today))
        }
        Err(AffairError::Refused(Refusal::NotLocal(_))) => {
            let entry = shared.store.list_entry(id)?.ok_or_else(|| Refusal::NotListed(id.to_owned()))?;
            Ok(shown(shared, &entry, None, Vec::new(), today))
        }
        Err(error) => Err(error.into()),
    }
}

fn shown(
    shared: &Shared,
    entry: &ListEntry,
    local: Option<&LocalEntry>,
    steps: Vec<EntryStep>,
    today: Date,
) -> LocalEntryBody {
    let world = shared.gate.world();
    let policy = local.and_then(|local| world.policy(&local.kept.division, today));
    let listing = policy.map_or_else(Listing::default, |policy| policy.listing.clone());
    let listed = local.is_none_or(|local| local.kept.proposal == ProposalState::Recognised);
    let waits = listed && after_exit(entry, today, &listing) == AfterExit::TermMissing;
    LocalEntryBody {
        entry: entry.shown(),
        state: if listed { entry.state_on(today) } else { EntryState::NotInEffect },
        public: listed && publicity(entry, &listing).is_public(entry, today),
        kept: local.map(|local| local.kept.clone()),
        pending: if waits { vec!["particulars.watch_until".to_owned()] } else { Vec::new() },
        warnings: Vec::new(),
        history: steps,
    }
}

/// What was done with an entry, once the lists are settled after it.
async fn settled<T>(shared: &Shared, done: Result<T, AffairError>) -> Result<T, AffairError> {
    let done = done?;
    after_a_step(shared, clock::now()).await;
    Ok(done)
}
