//! The file of an entry: orders to put things right, talks, liftings, and all
//! that lies over it (R53, R54).

use creditgate_affairs::entry_file::{
    self, EndOverlay, EntryFile, NewLifting, NewRectification, NewTalk, Order, RectificationDone,
};
use creditgate_affairs::objections::Objection;
use creditgate_credit::calendar::local_date;
use creditgate_store::AffairFilter;

use crate::clock;
use crate::host::Shared;
use crate::http::{About, Answer, Answered, HostState, PathText, Who};

/// Reads the file of an entry
///
/// Answers what the host knows of the entry beside what the lists say: what lies over
/// the entry, objections, applications for repair, the order to put things right, and
/// talks.
#[utoipa::path(get, path = "/v1/admin/entries/{id}/file", tag = "disputes")]
pub(in crate::http) async fn get_entry_file(
    shared: HostState,
    who: Who,
    id: PathText,
) -> Answered<EntryFile> {
    entry_file::known(&shared.store, id.text())?;
    answered(&shared, &who, id.text())
}

/// Takes in an order to put things right
///
/// The recogniser orders it; an entry has one open order at a time. Plug-ins read in
/// the entry's attribute `rectification_state` whether the order is `open`, `late` or
/// `done`.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/rectification", tag = "disputes")]
pub(in crate::http) async fn order_rectification(
    (shared, who, id, order): About<PathText, NewRectification>,
) -> Answered<EntryFile> {
    let order = order.held_to(NewRectification::rules)?;
    let (in_force, now) = (shared.in_force(), clock::now());
    entry_file::order(&shared.store, &in_force, &who.who(), id.text(), order, now).await?;
    answered(&shared, &who, id.text())
}

/// Takes in that an order was carried out
#[utoipa::path(post, path = "/v1/admin/entries/{id}/rectification/result", tag = "disputes")]
pub(in crate::http) async fn finish_rectification(
    (shared, who, id, done): About<PathText, RectificationDone>,
) -> Answered<EntryFile> {
    let now = clock::now();
    let done = done.held_to(|done, faults| done.rules(faults, local_date(now)))?;
    entry_file::carried_out(&shared.store, id.text().to_owned(), done, now).await?;
    answered(&shared, &who, id.text())
}

/// Takes in a regulatory talk
///
/// An authority talks with whoever is late with an order: `prompting` for the watch
/// list, `warning` for the black list, once each. Plug-ins read the talk in the entry's
/// attribute `talk`.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/talks", tag = "disputes")]
pub(in crate::http) async fn record_talk(
    (shared, who, id, talk): About<PathText, NewTalk>,
) -> Answered<EntryFile> {
    let now = clock::now();
    let talk = talk.held_to(|talk, faults| talk.rules(faults, local_date(now)))?;
    entry_file::talk(&shared.store, &who.who(), id.text().to_owned(), talk, now).await?;
    answered(&shared, &who, id.text())
}

/// Lifts the measures of an entry for a time
///
/// Serves for instance a company in reorganisation. No punish measure follows from the
/// entry from the first day to the last, whatever a suspension covers.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/lifting", tag = "disputes")]
pub(in crate::http) async fn lift_measures(
    (shared, who, id, lifting): About<PathText, NewLifting>,
) -> Answered<EntryFile> {
    let lifting = lifting.held_to(NewLifting::rules)?;
    let now = clock::now();
    entry_file::lift(&shared.store, &who.who(), id.text().to_owned(), lifting, now).await?;
    answered(&shared, &who, id.text())
}

/// Ends what lies over an entry
///
/// Serves to end an overlay before its time, or one that was a mistake. The entry
/// counts again as the lists have it, and the checks that passed over the entry because
/// of the overlay are to be made again. The suspension of an objection ends by the
/// objection's result alone.
#[utoipa::path(post, path = "/v1/admin/entries/{id}/overlays:end", tag = "disputes")]
pub(in crate::http) async fn end_overlay(
    (shared, who, id, ending): About<PathText, EndOverlay>,
) -> Answered<EntryFile> {
    let ending = ending.held_to(EndOverlay::rules)?;
    let now = clock::now();
    entry_file::end_overlay(&shared.store, id.text().to_owned(), ending, now).await?;
    answered(&shared, &who, id.text())
}

/// Most objections, and most applications for repair, in the file of an entry.
const MOST_OF_ENTRY: u32 = 1000;

/// The file of an entry as it stands now.
fn answered(shared: &Shared, who: &Who, entry: &str) -> Answered<EntryFile> {
    let filter = AffairFilter { entry: Some(entry.to_owned()), ..AffairFilter::default() };
    let (rectification, talks) = shared.store.orders_and_talks(entry)?;
    let objections: Vec<Objection> = shared.store.affairs(&filter, None, MOST_OF_ENTRY)?;
    let who = who.who();
    let file = EntryFile {
        entry: entry.to_owned(),
        overlays: shared.store.overlays_of(entry),
        objections: objections.into_iter().map(|objection| objection.shown_to(&who)).collect(),
        repairs: shared.store.affairs(&filter, None, MOST_OF_ENTRY)?,
        rectification: rectification.map(|order| {
            let state = order.order().state_on(clock::today());
            Order { state: Some(state), ..order }
        }),
        talks,
    };
    Ok(Answer(file))
}
