//! The file of an entry: orders to put things right, talks with who is late, and
//! measures that are lifted for a time (R53, R54, R102). All of them are the
//! recogniser's acts; here is what may be kept of them, and what lies over the entry
//! for it.

mod forms;

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{DutyKind, NewDuty, Term};
use creditgate_credit::entry::{EntryState, ListEntry};
use creditgate_credit::fault::Faults;
use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_credit::rectification::{Rectification, Talk, may_talk};
use jiff::Timestamp;
use jiff::civil::Date;

pub use forms::{
    EndOverlay, EntryFile, NewLifting, NewRectification, NewTalk, Order, RectificationDone, TalkHeld,
};

use crate::decided::{Affected, Consequence, Decided};
use crate::event::{self, Event};
use crate::ports::{AffairStore, Here, department_of};
use crate::refusal::Refusal;
use crate::who::Who;
use crate::{LONGEST_CODE, LONGEST_TEXT, new_id};

pub use crate::ground::known;

impl NewRectification {
    /// What must hold of what is asked.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("requirement", &self.requirement, LONGEST_TEXT);
        if let Some(division) = &self.division {
            faults.prose("division", division, LONGEST_CODE);
        }
    }
}

impl RectificationDone {
    /// What must hold of what is reported.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.prose("text", &self.text, LONGEST_TEXT);
        faults.not_later("done_on", self.done_on.0, today);
    }
}

impl NewTalk {
    /// What must hold of what is reported.
    pub fn rules(&self, faults: &mut Faults, today: Date) {
        faults.prose("record", &self.record, LONGEST_TEXT);
        faults.not_later("held_on", self.held_on.0, today);
    }
}

impl NewLifting {
    /// What must hold of what is asked.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("document", &self.document, LONGEST_CODE);
        if self.until < self.from {
            faults.refuse("until", "lifting.span", "must not be before the first day");
        }
    }
}

impl EndOverlay {
    /// What must hold of what is asked.
    pub fn rules(&self, faults: &mut Faults) {
        faults.prose("reason", &self.reason, LONGEST_TEXT);
    }
}

/// Takes in an order to put things right. There is one at a time for an entry.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn order<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    who: &Who,
    entry: &str,
    asked: NewRectification,
    now: Timestamp,
) -> Result<(), A::Error> {
    let entry = affairs.listed(entry)?.ok_or_else(|| Refusal::UnknownEntry(entry.to_owned()))?;
    let (department, division) = owner_of(affairs, here, &asked, &entry)?;
    let order = Order {
        id: new_id(now),
        requirement: asked.requirement,
        due_on: asked.due_on,
        recorded_at: now.into(),
        recorded_with: who.id.clone(),
        done: None,
        state: None,
    };
    let (owner, term) = ((department.as_str(), division.as_str()), Term::On(asked.due_on.0));
    let duty =
        NewDuty::new(DutyKind::Rectification, &*order.id, owner, local_date(now), term, here.calendar())
            .asked_by(entry.authority);
    let entry = entry.id;
    affairs
        .change(move |kept| {
            if kept.order_of(&entry)?.is_some_and(|earlier| earlier.done.is_none()) {
                return Err(Refusal::RectificationOpen.into());
            }
            Ok(Decided::new((), now)
                .with_all(ordered(&entry, order))
                .with(Consequence::OpenDuty(Box::new(duty)))
                .with(Consequence::note(&entry, "an order to put things right")))
        })
        .await
}

/// Department and division whose task it is to see that an order is carried out.
/// The division stays open where nothing says which it is.
fn owner_of<A: AffairStore>(
    affairs: &A,
    here: &impl Here,
    asked: &NewRectification,
    entry: &ListEntry,
) -> Result<(String, String), A::Error> {
    let department = match &asked.department {
        Some(department) if here.divisions_of(department).is_empty() => {
            return Err(Refusal::UnknownDepartment(department.clone()).into());
        }
        Some(department) => department.clone(),
        None => department_of(here, &entry.authority),
    };
    let division = match &asked.division {
        Some(division) => Some(division.clone()),
        None => affairs.look(|kept| kept.local_entry(&entry.id))?.map(|local| local.kept.division),
    };
    let only = || here.divisions_of(&department).into_iter().collect::<Vec<_>>().try_into().ok();
    let division = division.or_else(|| only().map(|[only]: [String; 1]| only));
    Ok((department, division.unwrap_or_default()))
}

/// Takes in that the order for an entry was carried out.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn carried_out<A: AffairStore>(
    affairs: &A,
    entry: String,
    done: RectificationDone,
    now: Timestamp,
) -> Result<(), A::Error> {
    known(affairs, &entry)?;
    affairs
        .change(move |kept| {
            let open = kept.order_of(&entry)?.filter(|order| order.done.is_none());
            let mut order = open.ok_or(Refusal::NothingOrdered)?;
            let (kind, subject, on) = (DutyKind::Rectification, order.id.clone(), done.done_on.0);
            order.done = Some(done);
            Ok(Decided::new((), now)
                .with_all(ordered(&entry, order))
                .with(Consequence::FinishDuty { kind, subject, on })
                .with(Consequence::note(&entry, "the order was carried out")))
        })
        .await
}

/// The order is kept as it stands now, and lies over its entry.
fn ordered(entry: &str, order: Order) -> [Consequence; 2] {
    let Rectification { due_on, done_on } = order.order();
    let (cause, from) = ("rectification".to_owned(), local_date(order.recorded_at.0));
    let effect = OverlayEffect::Ordered { due_on, done_on };
    let laid = Consequence::lay_over(entry, Overlay { cause, from, effect });
    [Consequence::Order { entry: entry.to_owned(), order: Box::new(order) }, laid]
}

/// Takes in a talk, if there is ground for it: with who is late with an order recorded
/// here, or with one the recogniser sent with the entry.
///
/// # Errors
/// [`Refusal`], or when it cannot be kept.
pub async fn talk<A: AffairStore>(
    affairs: &A,
    who: &Who,
    entry: String,
    asked: NewTalk,
    now: Timestamp,
) -> Result<(), A::Error> {
    let listed = affairs.listed(&entry)?.ok_or_else(|| Refusal::UnknownEntry(entry.clone()))?;
    let held = TalkHeld {
        kind: asked.kind,
        held_on: asked.held_on,
        refused: asked.refused,
        record: asked.record,
        recorded_at: now.into(),
        recorded_with: who.id.clone(),
    };
    affairs
        .change(move |kept| {
            let sent = listed.particulars.rectification_due_on;
            let order = kept.order_of(&entry)?.map(|order| order.order());
            let order = order.or_else(|| sent.map(|due_on| Rectification { due_on, done_on: None }));
            let earlier: Vec<Talk> = kept.talks_of(&entry)?.iter().map(TalkHeld::talk).collect();
            may_talk(held.talk(), listed.kind, order, &earlier).map_err(Refusal::from)?;
            let Talk { kind, held_on, refused } = held.talk();
            let effect = OverlayEffect::Talked { kind, held_on, refused };
            let overlay = Overlay { cause: format!("talk:{}", kind.code()), from: held_on, effect };
            let laid = Consequence::lay_over(&entry, overlay);
            let noted = Consequence::note(&entry, format!("a {} talk", kind.code()));
            let talk = Consequence::Talk { entry, talk: Box::new(held) };
            Ok(Decided::new((), now).with(talk).with(laid).with(noted))
        })
        .await
}

/// Lifts the measures of an entry for a time.
///
/// # Errors
/// [`Refusal::UnknownEntry`], or when it cannot be kept.
pub async fn lift<A: AffairStore>(
    affairs: &A,
    who: &Who,
    entry: String,
    lifting: NewLifting,
    now: Timestamp,
) -> Result<(), A::Error> {
    known(affairs, &entry)?;
    let (from, until) = (lifting.from.0, lifting.until.0);
    let told = Event::new(event::ENTRY_LIFTED, now, &who.id, &entry)
        .with("from", from.to_string())
        .with("until", until.to_string());
    let cause = format!("lifting:{}", lifting.document);
    let overlay = Overlay { cause, from, effect: OverlayEffect::Lifted { until } };
    let decided = Decided::new((), now)
        .with(Consequence::Tell(told))
        .with(Consequence::lay_over(&entry, overlay))
        .with(Consequence::note(&entry, format!("lifted from {from} until {until}")));
    affairs.change(|_| Ok(decided)).await
}

/// Ends what lies over an entry for a cause, but for the suspension of an objection,
/// which ends by its result. The checks that passed over the entry for it are to be
/// made again, unless the entry stays as it is, or out of effect.
///
/// # Errors
/// [`Refusal`], or when the change cannot be kept.
pub async fn end_overlay<A: AffairStore>(
    affairs: &A,
    entry: String,
    ending: EndOverlay,
    now: Timestamp,
) -> Result<(), A::Error> {
    let listed = affairs.listed(&entry)?;
    let EndOverlay { cause, reason } = ending;
    affairs
        .change(move |kept| {
            let laid = kept.overlays_of(&entry)?;
            let Some(over) = laid.iter().find(|overlay| overlay.cause == cause) else {
                return Err(Refusal::NoOverlay(cause).into());
            };
            if over.effect == OverlayEffect::Suspended {
                return Err(Refusal::OverlaySuspends.into());
            }
            // Of an entry that another system holds nobody here knows how it stands.
            let today = local_date(now);
            let returns = listed.is_none_or(|listed| counts_again(&listed, &laid, &cause, today));
            let which = Affected::PassedOverIt;
            let again = Consequence::Recheck { which, entry: entry.clone(), cause: cause.clone() };
            let noted = Consequence::note(&entry, format!("ended {cause}: {reason}"));
            Ok(Decided::new((), now)
                .with(Consequence::EndOverlay { entry, cause })
                .with_all(returns.then_some(again))
                .with(noted))
        })
        .await
}

/// Whether an entry is in effect, and otherwise than before, once the overlay of
/// this cause is taken away from those that lie over it.
fn counts_again(listed: &ListEntry, laid: &[Overlay], cause: &str, day: Date) -> bool {
    let under = |but: Option<&str>| {
        let mut entry = listed.clone();
        laid.iter()
            .filter(|overlay| Some(&*overlay.cause) != but)
            .for_each(|overlay| overlay.lay(&mut entry, day));
        // What overlays note of themselves changes nothing.
        entry.attributes.clear();
        entry
    };
    let after = under(Some(cause));
    after.state_on(day) == EntryState::Effective && after != under(None)
}

#[cfg(test)]
mod tests {
    use creditgate_credit::entry::EntryStatus;
    use creditgate_credit::samples;
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn r100_an_entry_counts_again_where_an_end_changes_what_it_says_today() {
        let listed = samples::entry("e1", "food.serious");
        let overlay = |cause: &str, effect| Overlay { cause: cause.into(), from: date(2026, 3, 3), effect };
        let repaired = overlay("repair:r1", OverlayEffect::Repaired);
        let over = overlay("lifting:1", OverlayEffect::Lifted { until: date(2026, 3, 4) });
        let withdrawn = overlay("objection:o1", OverlayEffect::Withdrawn);
        let mut taken_over = listed.clone();
        taken_over.status = EntryStatus::Repaired;
        let cases = [
            ("it was a mistake", &listed, vec![repaired.clone()], "repair:r1", true),
            ("its platform says the same", &taken_over, vec![repaired.clone()], "repair:r1", false),
            ("it was over anyway", &listed, vec![over], "lifting:1", false),
            ("something else ends its use", &listed, vec![withdrawn, repaired], "repair:r1", false),
        ];
        for (why, entry, laid, cause, counts) in cases {
            assert_eq!(counts_again(entry, &laid, cause, TODAY), counts, "{why}");
        }
    }
}
