//! What time does to duties: they fall due, and reports are asked for. It lives
//! in the store: a host that was off finds on its next start what it missed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::calendar::{LOCAL_OFFSET, WorkingCalendar, local_date};
use creditgate_credit::duty::{DutyKind, LEAD_UNIT, NewDuty, Term, reports_due};
use creditgate_gate::chain;
use creditgate_gate::event::{self, Event};
use creditgate_store::{StoreError, StoredDuty};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Shared;
use crate::clock;
use crate::watch::Heart;

/// How long to sleep at most before the clock is looked at again: it may have
/// been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Duties that become overdue in one transaction.
const BATCH: u32 = 256;

/// Runs until the future is dropped.
pub(super) async fn run(shared: Arc<Shared>, heart: Arc<Heart>) {
    let mut asked = HashSet::new();
    // A table may have come into the data folder while the host was off.
    if let Err(error) = recount(&shared, clock::now()).await {
        tracing::error!(error = chain(&error), "last days could not be counted anew");
    }
    loop {
        heart.beat();
        let changed = shared.deployer.changed();
        let now = clock::now();
        if let Err(error) = look(&shared, now, &mut asked).await {
            tracing::error!(error = chain(&error), "what fell due could not be recorded");
        }
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(until_tomorrow(now).min(LONGEST_SLEEP)) => {}
        }
    }
}

/// Asks for the reports that are due next, and finds what fell due. `asked` are
/// the reports that were asked for before.
pub(crate) async fn look(
    shared: &Shared,
    now: Timestamp,
    asked: &mut HashSet<(DutyKind, String)>,
) -> Result<(), StoreError> {
    let clock = local_date(now);
    ask_for_reports(shared, now, asked).await?;
    while shared.store.falls_due(clock)? {
        let tell = teller(shared, now);
        let told = shared.store.fall_due((clock, now), BATCH, tell).await?;
        if told.iter().any(|event| event.name == event::COMMITMENT_OVERDUE) {
            shared.feedback_queued();
        }
    }
    Ok(())
}

/// Counts the provisional last days anew by the calendar in force; gives back how
/// many moved.
///
/// # Errors
/// When nothing could be kept.
pub(crate) async fn recount(shared: &Shared, now: Timestamp) -> Result<usize, StoreError> {
    let calendar = Arc::clone(shared.gate.world().calendar());
    shared.store.recount(calendar, local_date(now), tell_of_moves(shared, now)).await
}

/// Makes the event of a duty whose last day moved.
pub(crate) fn tell_of_moves(shared: &Shared, now: Timestamp) -> impl Fn(&StoredDuty) -> Event + Send + use<> {
    let contacts = shared.config.departments.clone();
    move |duty| {
        let contact = contacts.get(&duty.duty.department).map(|department| department.contact.as_str());
        described(Event::new(event::DUTY_MOVED, now, "host", &id_of(&duty.duty)), duty, contact)
    }
}

/// Names a duty in events and tasks.
pub(crate) fn id_of(duty: &NewDuty) -> String {
    [duty.kind.code(), "/", &duty.subject].concat()
}

/// Makes the event of a duty that fell due.
fn teller(shared: &Shared, now: Timestamp) -> impl Fn(&StoredDuty) -> Event + Send + 'static {
    let contacts = shared.config.departments.clone();
    move |duty| {
        let contact = contacts.get(&duty.duty.department).map(|department| department.contact.as_str());
        let event = match duty.duty.kind {
            DutyKind::Commitment => Event::new(event::COMMITMENT_OVERDUE, now, "host", &duty.duty.subject),
            _ => Event::new(event::DUTY_OVERDUE, now, "host", &id_of(&duty.duty)),
        };
        described(event, duty, contact)
    }
}

fn described(event: Event, duty: &StoredDuty, contact: Option<&str>) -> Event {
    let StoredDuty { duty, .. } = duty;
    let event = event
        .with("kind", duty.kind.code())
        .with("department", &*duty.department)
        .with("division", &*duty.division)
        .with("due_on", duty.due.date.to_string())
        .with("provisional", duty.due.provisional.to_string());
    match contact {
        Some(contact) => event.with("contact", contact),
        None => event,
    }
}

/// Opens the duty to make each report that is due next in a division with
/// bindings, and those that came due while nobody looked (R107 to R109).
async fn ask_for_reports(
    shared: &Shared,
    now: Timestamp,
    asked: &mut HashSet<(DutyKind, String)>,
) -> Result<(), StoreError> {
    let today = local_date(now);
    let since = shared.store.latest_day()?;
    let world = shared.gate.world();
    let divisions: BTreeSet<&str> = world.routes().map(|route| route.binding.division.as_str()).collect();
    let mut duties = Vec::new();
    for division in divisions {
        let Some(policy) = world.policy(division, today) else { continue };
        for report in reports_due(&policy.duties, since, today) {
            let subject = report.subject(division);
            if asked.insert((report.kind, subject.clone())) {
                duties.push(report_duty(report.kind, subject, division, (report.from, report.due)));
            }
        }
    }
    if !duties.is_empty() {
        shared.store.open_duties(duties, now).await?;
    }
    Ok(())
}

fn report_duty(kind: DutyKind, subject: String, division: &str, (from, due): (Date, Date)) -> NewDuty {
    // The day is given: no table of working days has a say in it.
    let calendar = WorkingCalendar::new([]);
    NewDuty::new(kind, subject, (LEAD_UNIT, division), from, Term::On(due), &calendar)
}

fn until_tomorrow(now: Timestamp) -> Duration {
    let tomorrow = local_date(now).tomorrow().ok().and_then(|day| LOCAL_OFFSET.to_timestamp(day.into()).ok());
    tomorrow.and_then(|at| Duration::try_from(at.duration_since(now)).ok()).unwrap_or(LONGEST_SLEEP)
}
