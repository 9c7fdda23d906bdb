//! The file of an entry: orders to put things right, talks, liftings, and all
//! that lies over it (R53, R54).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{DutyKind, NewDuty, Term};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::overlay::{Overlay, OverlayEffect};
use creditgate_gate::event::{self, Event};
use creditgate_store::{DisputeError, DisputeFilter};
use creditgate_wire::rectification::{
    EndOverlayBody, EntryFileBody, NewLiftingBody, NewRectificationBody, NewTalkBody, RectificationBody,
    RectificationDoneBody, TalkBody,
};
use jiff::Timestamp;

use crate::clock;
use crate::host::{Shared, duties};
use crate::http::auth::Principal;
use crate::http::body;
use crate::http::body::Json;
use crate::http::disputes::{LONGEST_CODE, LONGEST_TEXT, new_id};
use crate::http::input::PathText;
use crate::http::problem::{Code, Problem};
use crate::http::role::Role;

/// Reads the file of an entry
///
/// What is known of it here beside what the lists say: what lies over it,
/// objections, applications for repair, the order to put things right, talks.
#[utoipa::path(
    get,
    path = "/v1/admin/entries/{id}/file",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    responses(
        (status = 200, description = "The file", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn get_entry_file(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    known(&shared, id.text())?;
    let file = file_of(&shared, &principal, id.text(), clock::now())?;
    Ok(body::answer(StatusCode::OK, &file))
}

/// Takes in an order to put things right
///
/// The recogniser's; there is one at a time. Plug-ins see in the entry's
/// attribute `rectification_state` whether it is `open`, `late` or `done`.
#[utoipa::path(
    post,
    path = "/v1/admin/entries/{id}/rectification",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    request_body = NewRectificationBody,
    responses(
        (status = 200, description = "The file of the entry", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn order_rectification(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    order: Json<NewRectificationBody>,
) -> Result<Response, Problem> {
    let order = order.held_to(|order, faults| {
        faults.prose("requirement", &order.requirement, LONGEST_TEXT);
        if let Some(division) = &order.division {
            faults.prose("division", division, LONGEST_CODE);
        }
    })?;
    let entry = shared.store.entry(id.text())?.ok_or_else(|| unknown(id.text()))?;
    let owner = owner_of(&shared, &order, &entry)?;
    let now = clock::now();
    let body = RectificationBody {
        id: new_id(),
        requirement: order.requirement,
        due_on: order.due_on,
        recorded_at: now.into(),
        recorded_with: principal.id().to_owned(),
        done: None,
        state: None,
    };
    let owner = (owner.0.as_str(), owner.1.as_str());
    let world = shared.gate.world();
    let term = Term::On(order.due_on.0);
    let duty =
        NewDuty::new(DutyKind::Rectification, &*body.id, owner, local_date(now), term, world.calendar());
    let duty = duty.asked_by(&*entry.authority);
    creditgate_store::says(&*entry.id, "an order to put things right");
    shared.store.order_rectification(entry.id.clone(), body, duty, now).await?;
    answered(&shared, &principal, &entry.id, now)
}

/// Takes in that an order was carried out
#[utoipa::path(
    post,
    path = "/v1/admin/entries/{id}/rectification/result",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    request_body = RectificationDoneBody,
    responses(
        (status = 200, description = "The file of the entry", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn finish_rectification(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    done: Json<RectificationDoneBody>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let done = done.held_to(|done, faults| {
        faults.prose("text", &done.text, LONGEST_TEXT);
        faults.not_later("done_on", done.done_on.0, local_date(now));
    })?;
    known(&shared, id.text())?;
    creditgate_store::says(id.text(), "the order was carried out");
    let _ = shared.store.rectification_done(id.text().to_owned(), done, now).await?;
    answered(&shared, &principal, id.text(), now)
}

/// Takes in a regulatory talk
///
/// With who is late with what was ordered: `prompting` for the watch list,
/// `warning` for the black list, once each. Plug-ins see it in the entry's
/// attribute `talk`.
#[utoipa::path(
    post,
    path = "/v1/admin/entries/{id}/talks",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    request_body = NewTalkBody,
    responses(
        (status = 200, description = "The file of the entry", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn record_talk(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    talk: Json<NewTalkBody>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let talk = talk.held_to(|talk, faults| {
        faults.prose("record", &talk.record, LONGEST_TEXT);
        faults.not_later("held_on", talk.held_on.0, local_date(now));
    })?;
    creditgate_store::says(id.text(), format!("a {} talk", talk.kind.code()));
    let talk = TalkBody {
        kind: talk.kind,
        held_on: talk.held_on,
        refused: talk.refused,
        record: talk.record,
        recorded_at: now.into(),
        recorded_with: principal.id().to_owned(),
    };
    shared.store.record_talk(id.text().to_owned(), talk, now).await?;
    answered(&shared, &principal, id.text(), now)
}

/// Lifts the measures of an entry for a time
///
/// As for a company in reorganisation. No punish measure follows from the entry
/// from the first day to the last, whatever a suspension covers.
#[utoipa::path(
    post,
    path = "/v1/admin/entries/{id}/lifting",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    request_body = NewLiftingBody,
    responses(
        (status = 200, description = "The file of the entry", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn lift_measures(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    lifting: Json<NewLiftingBody>,
) -> Result<Response, Problem> {
    let lifting = lifting.held_to(|lifting, faults| {
        faults.prose("document", &lifting.document, LONGEST_CODE);
        if lifting.until < lifting.from {
            faults.refuse("until", "lifting.span", "must not be before the first day");
        }
    })?;
    known(&shared, id.text())?;
    let now = clock::now();
    let overlay = Overlay {
        cause: format!("lifting:{}", lifting.document),
        from: lifting.from.0,
        effect: OverlayEffect::Lifted { until: lifting.until.0 },
    };
    let detail = format!("lifted from {} until {}", lifting.from.0, lifting.until.0);
    creditgate_store::says(id.text(), detail);
    let event = Event::new(event::ENTRY_LIFTED, now, principal.id(), id.text())
        .with("from", lifting.from.0.to_string())
        .with("until", lifting.until.0.to_string());
    shared.events.emit(event);
    shared.store.lay(id.text().to_owned(), overlay, now).await?;
    answered(&shared, &principal, id.text(), now)
}

/// Ends what lies over an entry
///
/// Before its time, or because it was a mistake: the entry counts again as the
/// lists have it, and the checks that passed over it for that are to be made again.
/// The suspension of an objection ends by its result alone.
#[utoipa::path(
    post,
    path = "/v1/admin/entries/{id}/overlays:end",
    tag = "disputes",
    params(("id" = String, Path, min_length = 1, description = "Id of the entry")),
    request_body = EndOverlayBody,
    responses(
        (status = 200, description = "The file of the entry", body = EntryFileBody),
    )
)]
pub(in crate::http) async fn end_overlay(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    ending: Json<EndOverlayBody>,
) -> Result<Response, Problem> {
    let ending = ending.held_to(|ending, faults| faults.prose("reason", &ending.reason, LONGEST_TEXT))?;
    let now = clock::now();
    creditgate_store::says(id.text(), format!("ended {}: {}", ending.cause, ending.reason));
    shared.store.end_overlay(id.text().to_owned(), ending.cause, now).await?;
    answered(&shared, &principal, id.text(), now)
}

/// Department and division whose task it is to see that an order is carried out.
/// The division stays open where nothing says which it is.
fn owner_of(
    shared: &Shared,
    order: &NewRectificationBody,
    entry: &ListEntry,
) -> Result<(String, String), Problem> {
    let world = shared.gate.world();
    let bound = |department: &String| world.routes().any(|route| route.binding.department == *department);
    let department = match &order.department {
        Some(department) if !bound(department) => {
            let detail = format!("no checkpoint of department `{department}` is bound");
            return Err(Problem::new(Code::DepartmentUnknown, detail));
        }
        Some(department) => department.clone(),
        None => duties::department_of(&shared.config.departments, &entry.authority).to_owned(),
    };
    let division = match &order.division {
        Some(division) => Some(division.clone()),
        None => shared.store.local_entry(&entry.id)?.map(|local| local.division),
    };
    let division = division.or_else(|| duties::division_of(&world, &department).map(ToOwned::to_owned));
    Ok((department, division.unwrap_or_default()))
}

fn unknown(entry: &str) -> Problem {
    DisputeError::UnknownEntry(entry.to_owned()).into()
}

fn known(shared: &Shared, entry: &str) -> Result<(), Problem> {
    if shared.store.knows_entry(entry)? { Ok(()) } else { Err(unknown(entry)) }
}

/// Most objections, and most applications for repair, in the file of an entry.
const MOST_OF_ENTRY: u32 = 1000;

fn file_of(
    shared: &Shared,
    principal: &Principal,
    entry: &str,
    now: Timestamp,
) -> Result<EntryFileBody, Problem> {
    let filter = DisputeFilter { entry: Some(entry.to_owned()), ..DisputeFilter::default() };
    let (rectification, talks) = shared.store.orders_and_talks(entry)?;
    let objections = shared.store.objections(&filter, None, MOST_OF_ENTRY)?;
    let contact = principal.role == Role::Admin;
    Ok(EntryFileBody {
        entry: entry.to_owned(),
        overlays: shared.store.overlays_of(entry),
        objections: objections
            .into_iter()
            .map(|objection| if contact { objection } else { objection.without_contact() })
            .collect(),
        repairs: shared.store.repairs(&filter, None, MOST_OF_ENTRY)?,
        rectification: rectification.map(|order| {
            let state = order.order().state_on(local_date(now));
            RectificationBody { state: Some(state), ..order }
        }),
        talks,
    })
}

fn answered(
    shared: &Shared,
    principal: &Principal,
    entry: &str,
    now: Timestamp,
) -> Result<Response, Problem> {
    Ok(body::answer(StatusCode::OK, &file_of(shared, principal, entry, now)?))
}
