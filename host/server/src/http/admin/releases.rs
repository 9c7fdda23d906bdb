//! Releases: each on its way into force and out of it, and which of them serves
//! which binding, now and before.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use creditgate_credit::fault::Faults;
use creditgate_gate::ports::{Activation, Registry};
use creditgate_gate::{CanaryTerms, Change, Release, ReleaseId, TrialKind, TrialOrder, Wanted};
use creditgate_wire::admin::{
    ActivateBody, ActivatedBody, ActivationBody, ReleaseTimelineBody, ReleasesBody, RollbackBody,
};
use creditgate_wire::release::{
    NewReleaseBody, NewTrialBody, ReasonGivenBody, ReleaseBody, ReleaseHistoryBody, ShadowDifferencesBody,
    TrialBody, TrialsBody,
};

use crate::clock;
use crate::host::Shared;
use crate::http::auth::Principal;
use crate::http::body;
use crate::http::body::Json;
use crate::http::input::PathText;
use crate::http::problem::{Code, Problem};
use crate::http::query::{NoQuery, Page, Paged};
use crate::http::role::Role;

/// Activates a release
///
/// For every binding of its plug-in, or one; at once, or from an instant on.
/// Each binding is tried with its settings and limits first; unless all pass,
/// none is switched. Calls that are running finish on the release they began
/// with.
#[utoipa::path(
    post,
    path = "/v1/admin/releases:activate",
    tag = "administration",
    request_body = ActivateBody,
    responses(
        (status = 200, description = "What was switched", body = ActivatedBody),
    )
)]
pub(in crate::http) async fn activate_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<ActivateBody>,
) -> Result<Response, Problem> {
    let (order, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let order = faults.keep(asked.order());
        faults.passed_if_read(order.map(|order| (order, asked.reason)))
    })?;
    let change = change(&principal, reason);
    switched(&shared, shared.deployer.activate(order, change).await?)
}

/// Goes back to the release before
///
/// For every binding of a plug-in, or one. What was rolled back from is not gone
/// back to by another rollback.
#[utoipa::path(
    post,
    path = "/v1/admin/releases:rollback",
    tag = "administration",
    request_body = RollbackBody,
    responses(
        (status = 200, description = "What was switched", body = ActivatedBody),
    )
)]
pub(in crate::http) async fn roll_back_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<RollbackBody>,
) -> Result<Response, Problem> {
    let (scope, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let scope = faults.keep(asked.scope());
        faults.passed_if_read(scope.map(|scope| (scope, asked.reason)))
    })?;
    let change = change(&principal, reason);
    switched(&shared, shared.deployer.roll_back(&scope, change).await?)
}

/// Lists every release and what serves every binding
///
/// For a vendor, of its departments.
#[utoipa::path(
    get,
    path = "/v1/admin/releases",
    tag = "administration",
    params(Page),
    responses(
        (status = 200, description = "Every release; what is in force, and the history, of each binding", body = ReleasesBody),
    )
)]
pub(in crate::http) async fn list_releases(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    Paged { page, .. }: Paged<NoQuery>,
) -> Result<Response, Problem> {
    let world = shared.gate.world();
    let mut deployment = Registry::deployment(&shared.store)?;
    deployment.bindings.retain(|binding| principal.may_see(Some(&binding.department)));
    let now = clock::now();
    let timelines = deployment.timelines();
    let timeline = |binding: &creditgate_gate::Binding| {
        let route = world.routes().find(|route| route.binding.id == binding.id);
        let unavailable = match route {
            Some(route) => route.unavailable(now).map(str::to_owned),
            None => Some("the binding is not in force yet".to_owned()),
        };
        let of_binding = deployment.activations.iter().rev().filter(|it| it.binding == binding.id);
        ReleaseTimelineBody {
            active: timelines
                .get(binding.id.as_str())
                .and_then(|timeline| timeline.in_force(now))
                .cloned()
                .map(ActivationBody::from),
            unavailable,
            history: of_binding.cloned().map(ActivationBody::from).collect(),
            plugin: binding.plugin.clone(),
            binding: binding.id.clone(),
        }
    };
    let releases = deployment.bindings.iter().map(timeline).collect();
    let seen = deployment.releases.iter().rev().filter(|it| principal.may_see(it.department.as_deref()));
    let (all, next) = page.of(seen, |release| release.id.to_string())?;
    let all = all.into_iter().cloned().map(ReleaseBody::from).collect();
    Ok(body::answer(StatusCode::OK, &ReleasesBody { releases, all, next, revision: deployment.revision }))
}

/// Makes a release of a component with settings of its own
///
/// Pushing a component makes one without. It is staged, and goes its way from
/// there. A vendor makes them of components of its departments.
#[utoipa::path(
    post,
    path = "/v1/admin/releases",
    tag = "administration",
    request_body = NewReleaseBody,
    responses(
        (status = 200, description = "The release", body = ReleaseBody),
    )
)]
pub(in crate::http) async fn make_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<NewReleaseBody>,
) -> Result<Response, Problem> {
    let (asked, settings) = asked.turned(|asked| match asked.settings() {
        Ok(settings) => Ok((asked, settings)),
        Err(fault) => Err(vec![fault]),
    })?;
    let limits = asked.limits.map(Into::into);
    let release = shared
        .deployer
        .make_release(&asked.digest, settings, limits, asked.notes, &principal.caller, clock::now())
        .await?;
    Ok(with_release(&release))
}

/// Shows a release with everything that happened to it
#[utoipa::path(
    get,
    path = "/v1/admin/releases/{release}",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release")),
    responses(
        (status = 200, description = "The release, its steps and its trials", body = ReleaseHistoryBody),
    )
)]
pub(in crate::http) async fn show_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
) -> Result<Response, Problem> {
    let release = seen(&shared, &principal, &release)?;
    let transitions = Registry::transitions(&shared.store, release.id)?;
    let trials = shared.store.trials_of(release.id)?;
    let trial = |trial: creditgate_gate::Trial| {
        let counts = shared.deployer.trial_counts(trial.id);
        TrialBody::of(trial, counts)
    };
    let history = ReleaseHistoryBody {
        release: release.into(),
        transitions: transitions.into_iter().map(Into::into).collect(),
        trials: trials.into_iter().map(trial).collect(),
    };
    Ok(body::answer(StatusCode::OK, &history))
}

/// Approves a release
///
/// By somebody other than who brought it.
#[utoipa::path(
    post,
    path = "/v1/admin/releases/{release}/approval",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release")),
    request_body = ReasonGivenBody,
    responses(
        (status = 200, description = "The release", body = ReleaseBody),
    )
)]
pub(in crate::http) async fn approve_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
    asked: Json<ReasonGivenBody>,
) -> Result<Response, Problem> {
    let (id, change) = ordered(&principal, &release, asked)?;
    let release = shared.deployer.approve(id, change).await?;
    Ok(with_release(&release))
}

/// Takes a release back
///
/// It may not serve, now or later. Bindings it serves go back to the release
/// before, and open cases that began with it with them.
#[utoipa::path(
    post,
    path = "/v1/admin/releases/{release}/rejection",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release")),
    request_body = ReasonGivenBody,
    responses(
        (status = 200, description = "The release", body = ReleaseBody),
    )
)]
pub(in crate::http) async fn reject_release(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
    asked: Json<ReasonGivenBody>,
) -> Result<Response, Problem> {
    let (id, change) = ordered(&principal, &release, asked)?;
    let release = shared.deployer.reject(id, change).await?;
    Ok(with_release(&release))
}

/// Tries a release on live cases
///
/// As a shadow, which judges unheard; or, with terms, as a canary, which gets a
/// share of the cases and is stopped by the host when it breaks its terms.
#[utoipa::path(
    post,
    path = "/v1/admin/releases/{release}/trials",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release")),
    request_body = NewTrialBody,
    responses(
        (status = 200, description = "Its trials that run now", body = TrialsBody),
    )
)]
pub(in crate::http) async fn begin_trial(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
    asked: Json<NewTrialBody>,
) -> Result<Response, Problem> {
    let id = number(&release)?;
    let (terms, binding, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let terms = faults.keep(asked.canary.map(CanaryTerms::checked).transpose());
        faults.passed_if_read(terms.map(|terms| (terms, asked.binding, asked.reason)))
    })?;
    let kind = terms.map_or(TrialKind::Shadow, TrialKind::Canary);
    let change = change(&principal, reason);
    let order = TrialOrder { wanted: Wanted::Release(id), binding, kind };
    let trials = shared.deployer.begin_trial(order, change).await?;
    let trials = trials.into_iter().map(|trial| TrialBody::of(trial, None)).collect();
    Ok(body::answer(StatusCode::OK, &TrialsBody { trials }))
}

/// Ends the trials of a release
#[utoipa::path(
    post,
    path = "/v1/admin/releases/{release}/trials:end",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release")),
    request_body = ReasonGivenBody,
    responses(
        (status = 200, description = "The release", body = ReleaseBody),
    )
)]
pub(in crate::http) async fn end_trial(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
    asked: Json<ReasonGivenBody>,
) -> Result<Response, Problem> {
    let (id, change) = ordered(&principal, &release, asked)?;
    let release = shared.deployer.end_trial(id, change).await?;
    Ok(with_release(&release))
}

/// Counts and lists checks on which a release in shadow disagreed, newest first
///
/// A vendor is told the counts alone: explanations and measures are of citizens'
/// cases.
#[utoipa::path(
    get,
    path = "/v1/admin/releases/{release}/differences",
    tag = "administration",
    params(("release" = i64, Path, minimum = 1, description = "Number of the release"), Page),
    responses(
        (status = 200, description = "The counts and, unless a vendor asks, the checks", body = ShadowDifferencesBody),
    )
)]
pub(in crate::http) async fn list_differences(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    release: PathText,
    Paged { page, .. }: Paged<NoQuery>,
) -> Result<Response, Problem> {
    let release = seen(&shared, &principal, &release)?;
    let mut counts = Vec::new();
    for trial in shared.store.trials_of(release.id)? {
        let counted = shared.store.count_differences(trial.id)?;
        counts.extend(counted);
    }
    if principal.role == Role::Vendor {
        return Ok(body::answer(
            StatusCode::OK,
            &ShadowDifferencesBody { counts, differences: None, next: None },
        ));
    }
    let found = shared.store.shadow_differences(release.id, page.after()?, page.probe())?;
    let (found, next) = page.cut(found, |(seq, _)| *seq);
    let differences = Some(found.into_iter().map(|(_, difference)| difference).collect());
    Ok(body::answer(StatusCode::OK, &ShadowDifferencesBody { counts, differences, next }))
}

/// The release, if whoever asks may see it.
fn seen(shared: &Shared, principal: &Principal, release: &PathText) -> Result<Release, Problem> {
    let release = shared.deployer.release(number(release)?)?;
    if principal.may_see(release.department.as_deref()) {
        return Ok(release);
    }
    let detail = format!("release {} is not of a department this key is for", release.id);
    Err(Problem::new(Code::DepartmentNotAllowed, detail))
}

/// Which release a step is for, and who takes it why.
fn ordered(
    principal: &Principal,
    release: &PathText,
    asked: Json<ReasonGivenBody>,
) -> Result<(ReleaseId, Change), Problem> {
    let id = number(release)?;
    let asked = asked.held_to(|asked, faults| faults.reason(&asked.reason))?;
    Ok((id, change(principal, asked.reason)))
}

fn number(release: &PathText) -> Result<ReleaseId, Problem> {
    let text = release.text();
    text.parse()
        .map_err(|_| Problem::new(Code::ReleaseUnknown, "a release is named by its number, such as 12"))
}

/// Who, when and why.
fn change(principal: &Principal, reason: String) -> Change {
    Change { actor: principal.id().to_owned(), reason, at: clock::now() }
}

fn with_release(release: &Release) -> Response {
    body::answer(StatusCode::OK, &ReleaseBody::from(release.clone())).into_response()
}

fn switched(shared: &Shared, activated: Vec<Activation>) -> Result<Response, Problem> {
    let activated = activated.into_iter().map(ActivationBody::from).collect();
    let revision = Registry::deployment(&shared.store)?.revision;
    Ok(body::answer(StatusCode::OK, &ActivatedBody { activated, revision }).into_response())
}
