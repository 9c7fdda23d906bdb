//! Orders to put things right, and talks with who is late (R53, R54).

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{DutyKind, NewDuty};
use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_credit::rectification::{Rectification, Talk, may_talk};
use creditgate_wire::rectification::{RectificationBody, RectificationDoneBody, TalkBody};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::dispute::{DisputeError, document, documents};
use crate::error::StoreError;
use crate::registry::written;
use crate::store::Store;
use crate::{duties, overlays};

const ORDER: &str = "an order to put things right";
const TALK: &str = "a talk";

/// The cause of what an order lays over its entry.
const CAUSE: &str = "rectification";

impl Store {
    /// Takes in an order. There is one at a time.
    ///
    /// # Errors
    /// [`DisputeError::RectificationOpen`], or when it cannot be kept.
    pub async fn order_rectification(
        &self,
        entry: String,
        order: RectificationBody,
        duty: NewDuty,
        at: Timestamp,
    ) -> Result<(), DisputeError> {
        self.dispute(move |connection| {
            if order_of(connection, &entry)?.is_some_and(|earlier| earlier.done.is_none()) {
                return Err(DisputeError::RectificationOpen);
            }
            save_order(connection, &entry, &order, at)?;
            duties::open(connection, &duty, at)?;
            Ok(())
        })
        .await
    }

    /// Takes in that an order was carried out.
    ///
    /// # Errors
    /// [`DisputeError::NothingOrdered`], or when it cannot be kept.
    pub async fn rectification_done(
        &self,
        entry: String,
        done: RectificationDoneBody,
        at: Timestamp,
    ) -> Result<RectificationBody, DisputeError> {
        self.dispute(move |connection| {
            let mut order = order_of(connection, &entry)?
                .filter(|order| order.done.is_none())
                .ok_or(DisputeError::NothingOrdered)?;
            let day = done.done_on.0;
            order.done = Some(done);
            save_order(connection, &entry, &order, at)?;
            duties::finish_on(connection, DutyKind::Rectification, &order.id, day, at)?;
            Ok(order)
        })
        .await
    }

    /// Takes in a talk, if there is ground for it: with who is late with an order
    /// recorded here, or with one the recogniser sent with the entry.
    ///
    /// # Errors
    /// [`DisputeError::Talk`], [`DisputeError::UnknownEntry`], or when it cannot be
    /// kept.
    pub async fn record_talk(
        &self,
        entry: String,
        talk: TalkBody,
        at: Timestamp,
    ) -> Result<(), DisputeError> {
        let listed = self.entry(&entry)?.ok_or_else(|| DisputeError::UnknownEntry(entry.clone()))?;
        self.dispute(move |connection| {
            let sent = listed.particulars.rectification_due_on;
            let order = order_of(connection, &entry)?
                .map(|order| order.order())
                .or_else(|| sent.map(|due_on| Rectification { due_on, done_on: None }));
            let earlier: Vec<Talk> = talks_of(connection, &entry)?.iter().map(TalkBody::talk).collect();
            may_talk(talk.talk(), listed.kind, order, &earlier)?;
            connection
                .prepare_cached("INSERT INTO talks (entry, kind, document) VALUES (?1, ?2, ?3)")?
                .execute([&entry, talk.kind.code(), &written(TALK, &talk)?])?;
            let cause = format!("talk:{}", talk.kind.code());
            let effect = OverlayEffect::Talked(talk.talk());
            let overlay = Overlay { cause, from: talk.held_on.0, effect };
            Ok(overlays::put(connection, &entry, overlay, at)?)
        })
        .await
    }

    /// The order for an entry, and the talks about it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn orders_and_talks(
        &self,
        entry: &str,
    ) -> Result<(Option<RectificationBody>, Vec<TalkBody>), StoreError> {
        self.read(|connection| Ok((order_of(connection, entry)?, talks_of(connection, entry)?)))
    }
}

fn order_of(connection: &Connection, entry: &str) -> Result<Option<RectificationBody>, StoreError> {
    document(connection, ORDER, "SELECT document FROM rectifications WHERE entry = ?1", entry)
}

fn talks_of(connection: &Connection, entry: &str) -> Result<Vec<TalkBody>, StoreError> {
    let mut talks: Vec<TalkBody> =
        documents(connection, TALK, "SELECT document FROM talks WHERE entry = ?1", [entry])?;
    talks.sort_by_key(|talk| talk.held_on);
    Ok(talks)
}

fn save_order(
    connection: &Connection,
    entry: &str,
    order: &RectificationBody,
    at: Timestamp,
) -> Result<(), DisputeError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO rectifications (entry, document) VALUES (?1, ?2)")?
        .execute([entry, &written(ORDER, order)?])?;
    let from = local_date(order.recorded_at.0);
    let effect = OverlayEffect::Ordered(order.order());
    Ok(overlays::put(connection, entry, Overlay { cause: CAUSE.to_owned(), from, effect }, at)?)
}
