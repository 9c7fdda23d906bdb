//! What a change leaves behind: its row in the audit trail and its events, in the
//! transaction of the change itself. So nothing is changed that the trail does not
//! have, and nothing is refused after it was changed because the trail was full.
//!
//! A change is made several layers below whoever knows who makes it. It is
//! therefore the surroundings of the work, not a parameter of every layer:
//! [`carry_out`] sets them, the first write within that changes anything writes the
//! row, and [`says`] and [`tells`] say what stands in it, before the write or
//! within.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use creditgate_gate::event::Event;
use creditgate_wire::admin::AuditEvent;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::audit;
use crate::error::StoreError;
use crate::events::{self, EventState};
use crate::store::Store;

tokio::task_local! {
    /// The change that is being made here; also set on the writer's thread, while
    /// it works for the change.
    static CHANGE: Arc<Change>;
}

/// Who changes something, when and how it is called in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// When.
    pub at: Timestamp,
    /// Key id of who does it.
    pub actor: String,
    /// What is done, such as `release.activate`.
    pub action: &'static str,
}

/// A change under way, or done.
#[derive(Debug, Default)]
pub struct Change {
    /// Nobody's change has no row: what the host does by itself.
    ordered: Option<Ordered>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    subject: String,
    detail: String,
    /// Events that are to be kept with the next write.
    told: Vec<Event>,
    /// How many of them were told before the write that runs.
    told_before: usize,
    /// The writer works for the change at this moment.
    running: bool,
    /// A row is to be written although nothing else is.
    insisted: bool,
    /// Row and events are written, and not yet durable.
    written: bool,
    /// They are durable.
    kept: bool,
}

/// Makes a change: `work` runs, and its first write that changes anything writes
/// the row of the audit trail and the events that were told by then. What is
/// written afterwards follows from it, and is refused no more for want of room.
pub async fn carry_out<F: Future>(ordered: Ordered, work: F) -> (F::Output, Arc<Change>) {
    let change = Arc::new(Change { ordered: Some(ordered), state: Mutex::default() });
    let output = CHANGE.scope(Arc::clone(&change), work).await;
    (output, change)
}

/// The same for what the host does by itself: its events are kept with its first
/// write that changes anything, and it has no row. Where somebody ordered it after
/// all, it is part of their change.
pub async fn by_itself<F: Future>(work: F) -> F::Output {
    match CHANGE.try_with(Arc::clone) {
        Ok(_) => work.await,
        Err(_) => CHANGE.scope(Arc::default(), work).await,
    }
}

/// Says what the change under way is about, and particulars for people: what the
/// audit trail will hold. What is said last counts. Without a change nobody hears
/// it.
pub fn says(subject: impl Into<String>, detail: impl Into<String>) {
    let (subject, detail) = (subject.into(), detail.into());
    // Outside of any change there is nothing to say it of.
    let _ = CHANGE.try_with(|change| {
        let mut state = change.lock();
        if !state.kept {
            (state.subject, state.detail) = (subject, detail);
        }
    });
}

/// Has an event kept together with the change under way. Gives it back where no
/// change is under way that could keep it.
#[must_use = "an event that is given back is told to nobody"]
pub fn tells(event: Event) -> Option<Event> {
    let Ok(change) = CHANGE.try_with(Arc::clone) else { return Some(event) };
    let mut state = change.lock();
    if state.kept && !state.running {
        return Some(event);
    }
    state.told.push(event);
    None
}

/// The same on the writer's thread, where there always is one.
pub(crate) fn tells_within(event: Event) {
    let unheard = tells(event);
    debug_assert!(unheard.is_none(), "not within a write");
}

/// Key id of who makes the change under way; `host` where nobody does.
pub(crate) fn actor() -> String {
    let named = CHANGE.try_with(|change| change.ordered.as_ref().map(|ordered| ordered.actor.clone()));
    named.ok().flatten().unwrap_or_else(|| "host".to_owned())
}

/// The change under way, or one that nobody ordered.
pub(crate) fn current() -> Arc<Change> {
    CHANGE.try_with(Arc::clone).unwrap_or_default()
}

impl Change {
    /// Whether it is durable that something was changed.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.lock().kept
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> String {
        self.lock().subject.clone()
    }

    /// Runs a write of the change, and writes what it leaves behind. To be called
    /// within the write's transaction.
    pub(crate) fn run<T>(
        self: &Arc<Self>,
        connection: &Connection,
        deliver: EventState,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = connection.total_changes();
        {
            let mut state = self.lock();
            state.running = true;
            state.told_before = state.told.len();
        }
        let value = CHANGE.sync_scope(Arc::clone(self), || work(connection))?;
        let mut state = self.lock();
        if state.insisted || connection.total_changes() != before {
            state.written = true;
            for event in &state.told {
                events::insert(connection, event.clone(), deliver)?;
            }
            if let (Some(ordered), false) = (&self.ordered, state.kept) {
                audit::insert(connection, &state.row(ordered))?;
            }
        }
        Ok(value)
    }

    /// Notes whether a write was kept; gives back the events that were, and what
    /// else of it has to be forgotten is.
    pub(crate) fn ended(&self, kept: bool) -> Vec<Event> {
        let mut state = self.lock();
        (state.running, state.insisted) = (false, false);
        let written = std::mem::take(&mut state.written);
        if !kept {
            let before = state.told_before;
            state.told.truncate(before);
            return Vec::new();
        }
        if !written {
            return Vec::new();
        }
        state.kept = true;
        std::mem::take(&mut state.told)
    }

    /// No code that runs under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn row(&self, ordered: &Ordered) -> AuditEvent {
        AuditEvent {
            // The trail gives the place.
            seq: 0,
            at: ordered.at.into(),
            actor: ordered.actor.clone(),
            action: ordered.action.to_owned(),
            subject: self.subject.clone(),
            detail: self.detail.clone(),
        }
    }
}

impl Store {
    /// Writes the row of the change under way, unless it is written, without
    /// changing anything else: for
    /// what changes nothing in the store, and for reads that are to be known of.
    /// Waits for its turn, however many wait.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn note_change(&self) -> Result<(), StoreError> {
        let change = current();
        if change.is_kept() {
            return Ok(());
        }
        self.write_for(&change, true, (), |_| {
            // Within the write, it is the change under way.
            current().lock().insisted = true;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use creditgate_gate::event::RELEASE_ACTIVATED;

    use super::*;
    use crate::samples::at;

    fn ordered() -> Ordered {
        Ordered { at: at(), actor: "k1".to_owned(), action: "test.change" }
    }

    fn event(subject: &str) -> Event {
        Event::new(RELEASE_ACTIVATED, at(), "k1", subject)
    }

    async fn change(store: &Store, day: &'static str) -> Result<usize, StoreError> {
        store
            .write(move |connection| {
                tells_within(event(day));
                says(day, "within");
                Ok(connection.execute("INSERT INTO latest_day (only, day) VALUES (1, ?1)", [day])?)
            })
            .await
    }

    fn trail(store: &Store) -> Vec<(String, String)> {
        let rows = store.audit(None, 10).unwrap().into_iter();
        rows.map(|record| (record.subject, record.detail)).collect()
    }

    fn told(store: &Store) -> Vec<String> {
        store.events(None, None, 10).unwrap().into_iter().map(|told| told.event.subject).collect()
    }

    #[tokio::test]
    async fn the_first_write_of_a_change_keeps_its_row_and_its_events_and_what_follows_adds_events() {
        let (store, _directory) = Store::temporary();
        let (done, made) = carry_out(ordered(), async {
            says("before", "");
            assert!(tells(event("before")).is_none());
            change(&store, "2026-01-01").await?;
            assert!(tells(event("late")).is_some(), "the change is kept: this would be told to nobody");
            says("afterwards", "");
            store
                .write(|connection| {
                    tells_within(event("following"));
                    Ok(connection.execute("UPDATE latest_day SET day = '2026-01-02'", [])?)
                })
                .await
        })
        .await;
        done.unwrap();
        assert!(made.is_kept());
        assert_eq!(trail(&store), [("2026-01-01".to_owned(), "within".to_owned())]);
        assert_eq!(told(&store), ["following", "2026-01-01", "before"]);
    }

    #[tokio::test]
    async fn a_change_that_is_undone_leaves_nothing_and_one_that_changes_nothing_has_no_row() {
        let (store, _directory) = Store::temporary();
        change(&store, "2026-01-01").await.unwrap();
        assert_eq!(told(&store), ["2026-01-01"], "also what nobody ordered tells its events");
        let (done, made) = carry_out(ordered(), change(&store, "2026-01-01")).await;
        assert!(done.is_err(), "the day is there");
        assert!(!made.is_kept());
        let nothing =
            store.write(|connection| Ok(connection.execute("UPDATE latest_day SET day = '' WHERE 0", [])?));
        let (done, made) = carry_out(ordered(), nothing).await;
        done.unwrap();
        assert!(!made.is_kept());
        assert_eq!((trail(&store).len(), told(&store).len()), (0, 1));
    }

    #[tokio::test]
    async fn what_the_host_does_by_itself_keeps_its_events_with_it_and_has_no_row() {
        let (store, _directory) = Store::temporary();
        let alone = || async {
            assert!(tells(event("alone")).is_none());
            change(&store, "2026-01-01").await
        };
        by_itself(alone()).await.unwrap();
        assert_eq!(told(&store), ["2026-01-01", "alone"]);
        assert!(by_itself(alone()).await.is_err(), "the day is there");
        assert_eq!((trail(&store).len(), told(&store).len()), (0, 2), "what was not done is told to nobody");
        let ordered_after_all = by_itself(async {
            assert!(tells(event("ordered")).is_none());
            store
                .write(|connection| Ok(connection.execute("UPDATE latest_day SET day = '2026-01-02'", [])?))
                .await
        });
        let (done, made) = carry_out(ordered(), ordered_after_all).await;
        done.unwrap();
        assert!(made.is_kept());
        assert_eq!((trail(&store).len(), told(&store).len()), (1, 3), "it has the row of who ordered it");
    }

    #[tokio::test]
    async fn a_change_whose_row_cannot_be_written_is_undone() {
        let (store, directory) = Store::temporary();
        let other = rusqlite::Connection::open(directory.path().join("store.db")).unwrap();
        other
            .execute_batch(
                "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no room'); END",
            )
            .unwrap();
        let (done, _) = carry_out(ordered(), change(&store, "2026-01-01")).await;
        assert!(done.is_err());
        assert_eq!(store.latest_day().unwrap(), None);
        assert!(told(&store).is_empty());
    }

    #[tokio::test]
    async fn what_changes_nothing_can_be_noted() {
        let (store, _directory) = Store::temporary();
        let (noted, made) = carry_out(ordered(), async {
            says("check c1", "");
            store.note_change().await
        })
        .await;
        noted.unwrap();
        assert!(made.is_kept());
        assert_eq!(trail(&store), [("check c1".to_owned(), String::new())]);
    }
}
