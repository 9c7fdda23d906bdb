//! Access control: authentication, roles and limits of every request, and the log of
//! what came of each.
//!
//! In: is there such a call, is there room, who asks, may they. Out: a panic
//! becomes a problem, and the request is counted and logged, by the path as it was
//! declared, never as it was sent. What changes something runs as a change of who
//! asks, so that the audit trail has it in the same transaction.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use creditgate_gate::request::Caller;
use creditgate_store::Ordered;
use futures_util::FutureExt;

use super::auth::{LocalOperator, Principal};
use super::body::Limit;
use super::calls::{self, Call};
use super::places::Counters;
use super::problem::{Code, Problem};
use super::role::{Access, Brings, Pace, Role};
use super::{arrival, body};
use crate::clock;
use crate::config::milliseconds;
use crate::host::Shared;

/// How the path of a request is called that matches no call.
pub(crate) const NO_ROUTE: &str = "(none)";

/// Folder of files that come with requests, in the data folder.
const UPLOADS_FOLDER: &str = "uploads";

/// Marks an answer with the check it is about, for the request log.
#[derive(Debug, Clone)]
pub(crate) struct AboutCheck(pub(crate) String);

/// Marks an answer with the key it went to, for the request log.
#[derive(Debug, Clone)]
struct AnsweredTo(Arc<Principal>);

/// Lets a request through, or not, and notes what came of it.
pub(crate) async fn control(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let handled = AssertUnwindSafe(handle(&shared, route, request, next)).catch_unwind().await;
    let response = match handled {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        // What it said was logged by the panic hook.
        Err(_) => Problem::internal(None).into_response(),
    };
    note(&shared, &method, route, &response, started);
    response
}

async fn handle(
    shared: &Arc<Shared>,
    route: &str,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if route == NO_ROUTE {
        return Err(Problem::new(Code::RouteUnknown, "see /openapi.json for the calls there are"));
    }
    let call = match calls::find(request.method(), route) {
        Ok(call) => call,
        Err(methods) => return Ok(other_method(&methods)),
    };
    if call.access == Access::Open {
        return Ok(next.run(request).await);
    }
    if shared.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Code::HostStopping, "ask again when it has started anew"));
    }
    // Who is not known takes no place.
    let principal = match principal(shared, &request) {
        Ok(principal) => principal,
        Err(problem) => return Err(Box::pin(later(shared, request, problem)).await),
    };
    if !call.allows(principal.role) {
        let detail = format!("a key with the role `{}` may not make this call", principal.role.code());
        return Err(Problem::new(Code::AuthRole, detail));
    }
    if principal.caller.departments.is_some() && !call.takes_departments() {
        let detail = "this key is for some departments; the call is for keys that are for all";
        return Err(Problem::new(Code::DepartmentNotAllowed, detail));
    }
    body::not_packed(request.headers())?;
    let place = match shared.places.enter(&shared.metrics, &principal, call.load) {
        Ok(place) => place,
        Err(problem) if problem.code() == Code::KeyBusy => {
            return Err(Box::pin(later(shared, request, problem)).await);
        }
        Err(problem) => return Err(problem),
    };
    let turn = match call.pace {
        Pace::Request => shared.places.turn(&principal).await,
        Pace::Administration => None,
    };
    let place = (place, turn);
    request.extensions_mut().insert(Arc::clone(&principal));
    let http = &shared.config.http;
    let time = milliseconds(match call.pace {
        Pace::Request => http.request_timeout_ms,
        Pace::Administration => http.admin_timeout_ms,
    });
    let (limit, arrival) = call.limits(principal.role, http);
    request.extensions_mut().insert(Limit(limit));
    let until = Instant::now() + arrival.min(time);
    let request = request.map(|body| arrival::timed(body, milliseconds(http.idle_timeout_ms), until.into()));
    let ran = match (call.audit, call.read.filter(|_| principal.is_noted)) {
        (None, None) => tokio::time::timeout(time, next.run(request)).await,
        (None, Some(action)) => {
            let noted = Box::pin(noted(shared, action, &principal, request, next));
            tokio::time::timeout(time, noted).await
        }
        (Some(action), _) => {
            let request = brought_in(shared, call, request, limit).await?;
            // A change is carried to its end even if the client goes away: what
            // is in force and what is recorded must not part.
            let (shared, principal) = (Arc::clone(shared), Arc::clone(&principal));
            let task = tokio::spawn(async move {
                let response = noted(&shared, action, &principal, request, next).await;
                drop(place);
                response
            });
            tokio::time::timeout(time, task)
                .await
                .map(|ended| ended.unwrap_or_else(|error| Problem::caused(error).into_response()))
        }
    };
    let mut response = ran.map_err(|_| {
        Problem::new(Code::RequestTimeout, "ask again; a check is repeated by its idempotency key")
    })?;
    response.extensions_mut().insert(AnsweredTo(principal));
    Ok(response)
}

/// A refusal that says nothing new to who asks again and again, and so comes
/// later: a flood of them would cost the others more than what is refused. Meanwhile
/// its body is let by, so that its connection need not be made anew.
async fn later(shared: &Shared, request: Request, problem: Problem) -> Problem {
    let wait = tokio::time::sleep(shared.places.refusal_wait());
    tokio::pin!(wait);
    tokio::select! {
        () = &mut wait => {}
        () = body::let_by(request.into_body()) => wait.await,
    }
    problem
}

/// The request of a change with all it brings along: from here on nothing waits
/// for its client.
async fn brought_in(
    shared: &Shared,
    call: &Call,
    request: Request,
    limit: usize,
) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    if call.brings != Brings::Document
        && let Err(low) = shared.disk.room()
    {
        // What is left of the disk is for checks.
        return Err(body::refused(body, low).await);
    }
    if call.brings == Brings::FileOnDisk {
        let upload = arrival::to_file(body, &shared.config.data.join(UPLOADS_FOLDER), limit).await?;
        parts.extensions.insert(upload);
        return Ok(Request::from_parts(parts, Body::empty()));
    }
    let body = body::whole(body, limit).await?;
    Ok(Request::from_parts(parts, body.into()))
}

/// Runs what the audit trail has to hold. A change has its row in the transaction
/// that makes it; what is asked for and changes nothing, and a read, have theirs
/// before they are answered, or are not answered.
async fn noted(
    shared: &Shared,
    action: &'static str,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Response {
    let ordered = Ordered { at: clock::now(), actor: principal.id().to_owned(), action };
    let changes = request.method() != Method::GET && request.method() != Method::HEAD;
    let work = async {
        let (mut parts, body) = request.into_parts();
        if let Ok(named) = RawPathParams::from_request_parts(&mut parts, &()).await {
            let named: Vec<&str> = named.iter().map(|(_, value)| value).collect();
            creditgate_store::says(named.join(" "), "");
        }
        let response = next.run(Request::from_parts(parts, body)).await;
        if response.status().is_success()
            && let Err(error) = shared.store.note_change().await
        {
            return Problem::from(error).into_response();
        }
        response
    };
    let (response, change) = creditgate_store::carry_out(ordered, work).await;
    if change.is_kept() {
        // What somebody read is for the trail alone.
        let subject = changes.then(|| change.subject());
        tracing::info!(action, subject, key = principal.id(), "noted");
    }
    response
}

fn principal(shared: &Shared, request: &Request) -> Result<Arc<Principal>, Problem> {
    if let Some(operator) = request.extensions().get::<LocalOperator>() {
        let caller = Caller { key: operator.actor(), departments: None };
        return Ok(Arc::new(Principal {
            role: Role::Admin,
            is_noted: true,
            caller,
            counters: Counters::default(),
        }));
    }
    shared.keys.authenticate(request.headers())
}

fn other_method(methods: &[&str]) -> Response {
    let allowed = methods.join(", ");
    let mut response =
        Problem::new(Code::MethodNotAllowed, format!("this call has: {allowed}")).into_response();
    if let Ok(value) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

fn note(shared: &Shared, method: &Method, route: &str, response: &Response, started: Instant) {
    let took = started.elapsed();
    let status = response.status().as_u16();
    shared.metrics.answered(route, status);
    let extensions = response.extensions();
    tracing::info!(
        %method,
        route,
        status,
        duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        key = extensions.get::<AnsweredTo>().map(|to| to.0.id()),
        check_id = extensions.get::<AboutCheck>().map(|check| check.0.as_str()),
        problem = extensions.get::<Code>().map(|code| code.code()),
        "request"
    );
}
