//! What follows from a change of a list kept here: the removal of red entries whose
//! subject is listed black or watch (R49), and exits by the calendar (R47).

use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::application::{Party, PartyRole, SubjectKind};
use creditgate_credit::calendar::local_date;
use creditgate_credit::entry::{ListEntry, ListKind};
use creditgate_credit::lifecycle::{ProposalState, Step};
use creditgate_gate::ports::CreditSource;
use creditgate_gate::{Change, chain};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{LocalListError, in_effect};
use crate::clock;
use crate::host::Shared;
use crate::host::watch::Heart;

/// How often it is looked whether another day has begun: the clock may be set.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Who does what nobody decides.
const HOST: &str = "host";

/// After a step of an entry kept here was taken. The step is kept whatever becomes
/// of the others; they are settled every day again.
pub(crate) async fn after_a_step(shared: &Shared, at: Timestamp) {
    shared.feedback_queued();
    if let Err(error) = settle(shared, at).await {
        tracing::error!(error = chain(&error), "the lists kept here were not settled after a change");
    }
}

/// Does what no person decides: has checks made again that passed over an entry
/// whose source no longer has it rest, notes what ran out, and removes red entries
/// whose subject is listed black or watch by anybody.
///
/// # Errors
/// [`LocalListError`]; the next call does what is left.
pub(crate) async fn settle(shared: &Shared, now: Timestamp) -> Result<(), LocalListError> {
    let today = local_date(now);
    let by_host = |reason: String| Change { actor: HOST.to_owned(), reason, at: now };
    shared.store.recheck_what_goes_on(now).await?;
    shared.store.note_expired_entries(today, now).await?;
    for local in shared.store.local_entries(None)? {
        let red = local.state == ProposalState::Recognised && local.entry.kind == ListKind::Red;
        if !red || !in_effect(&local.entry, today) {
            continue;
        }
        // To remove it is final: an entry that is only doubted does not.
        let above = outranking(shared, &local.entry, today).await?;
        if let Some(above) = above.into_iter().find(|above| !above.suspended) {
            let change = by_host(format!("the subject stands on {} as entry {}", above.list, above.id));
            super::take(shared, &local.entry.id, Step::Remove, &change).await?;
            shared.feedback_queued();
        }
    }
    Ok(())
}

/// The entries in effect that stand against a reward of the same subject (R35,
/// R49), suspended or not.
pub(super) async fn outranking(
    shared: &Shared,
    entry: &ListEntry,
    today: Date,
) -> Result<Vec<ListEntry>, LocalListError> {
    let subject = Party {
        id: "p1".to_owned(),
        role: PartyRole::Other,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: String::new(),
        identifiers: entry.subject_identifiers.clone(),
        attributes: Vec::new(),
    };
    let evidence = CreditSource::evidence(&shared.store, std::slice::from_ref(&subject)).await?;
    let outranks = |other: &ListEntry| other.outranks_reward() && in_effect(other, today);
    Ok(evidence.into_iter().flat_map(|evidence| evidence.by_identifier).filter(outranks).collect())
}

/// Settles once every day, until the future is dropped.
pub(crate) async fn follow_the_day(shared: Arc<Shared>, heart: Arc<Heart>) {
    let mut settled = None;
    loop {
        heart.beat();
        let now = clock::now();
        let today = local_date(now);
        if settled != Some(today) {
            match settle(&shared, now).await {
                Ok(()) => settled = Some(today),
                Err(error) => tracing::error!(error = chain(&error), "the lists kept here were not settled"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
