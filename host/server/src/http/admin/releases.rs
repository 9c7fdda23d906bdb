//! Releases: each on its way into force and out of it, and which of them serves
//! which binding, now and before.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use creditgate_credit::fault::Faults;
use creditgate_gate::ports::{Activation, Registry};
use creditgate_gate::{CanaryTerms, Change, Release, ReleaseId, TrialKind, TrialOrder, Wanted};
use creditgate_wire::admin::{Activate, Activated, ReleaseTimeline, ReleasesBody, Rollback};
use creditgate_wire::release::{
    NewRelease, NewTrial, ReleaseHistory, ReleaseReason, ShadowDifferences, TrialBody, Trials,
};
use utoipa::openapi::schema::{KnownFormat, Type};
use utoipa::openapi::{ObjectBuilder, SchemaFormat};

use crate::clock;
use crate::host::Shared;
use crate::http::openapi::{Described, Description};
use crate::http::{About, Answer, Answered, Code, HostState, Json, Page, PathText, Problem, Role, Who};

/// Activates a release
///
/// Switches every binding of the plug-in, or one binding, at once or from an instant
/// on. The host first tries each binding with its settings and limits; unless all of
/// them pass, the host switches none. Calls that are running finish on the release on
/// which they began.
#[utoipa::path(post, path = "/v1/admin/releases:activate", tag = "administration")]
pub(in crate::http) async fn activate_release(
    shared: HostState,
    who: Who,
    asked: Json<Activate>,
) -> Answered<Activated> {
    let (order, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let order = faults.keep(asked.order());
        faults.passed_if_read(order.map(|order| (order, asked.reason)))
    })?;
    let change = who.change(reason);
    switched(&shared, shared.deployer.activate(order, change).await?)
}

/// Goes back to the release before
///
/// Switches every binding of a plug-in, or one binding. A rollback never goes back to a
/// release from which an earlier rollback led away.
#[utoipa::path(post, path = "/v1/admin/releases:rollback", tag = "administration")]
pub(in crate::http) async fn roll_back_release(
    shared: HostState,
    who: Who,
    asked: Json<Rollback>,
) -> Answered<Activated> {
    let (scope, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let scope = faults.keep(asked.scope());
        faults.passed_if_read(scope.map(|scope| (scope, asked.reason)))
    })?;
    let change = who.change(reason);
    switched(&shared, shared.deployer.roll_back(&scope, change).await?)
}

/// Lists every release and what serves every binding
///
/// A vendor sees the releases of its departments.
#[utoipa::path(get, path = "/v1/admin/releases", tag = "administration")]
pub(in crate::http) async fn list_releases(
    shared: HostState,
    who: Who,
    page: Page,
) -> Answered<ReleasesBody> {
    let world = shared.gate.world();
    let mut deployment = Registry::deployment(&shared.store)?;
    deployment.bindings.retain(|binding| who.may_see(Some(&binding.department)));
    let now = clock::now();
    let timelines = deployment.timelines();
    let timeline = |binding: &creditgate_gate::Binding| {
        let route = world.routes().find(|route| route.binding.id == binding.id);
        let unavailable = match route {
            Some(route) => route.unavailable(now).map(str::to_owned),
            None => Some("the binding is not in force yet".to_owned()),
        };
        let of_binding = deployment.activations.iter().rev().filter(|it| it.binding == binding.id);
        ReleaseTimeline {
            active: timelines.get(binding.id.as_str()).and_then(|timeline| timeline.in_force(now)).cloned(),
            unavailable,
            history: of_binding.cloned().collect(),
            plugin: binding.plugin.clone(),
            binding: binding.id.clone(),
        }
    };
    let releases = deployment.bindings.iter().map(timeline).collect();
    let seen = deployment.releases.iter().rev().filter(|it| who.may_see(it.department.as_deref()));
    let (all, next) = page.of(seen, |release| release.id.to_string())?;
    let all = all.into_iter().cloned().collect();
    Ok(Answer(ReleasesBody { releases, all, next, revision: deployment.revision }))
}

/// Makes a release of a component with settings of its own
///
/// A push makes a release without settings of its own. The new release is staged and
/// goes its way from there. A vendor makes releases of components of its departments.
#[utoipa::path(post, path = "/v1/admin/releases", tag = "administration")]
pub(in crate::http) async fn make_release(
    shared: HostState,
    who: Who,
    asked: Json<NewRelease>,
) -> Answered<Release> {
    let (asked, settings) = asked.turned(|asked| match asked.settings() {
        Ok(settings) => Ok((asked, settings)),
        Err(fault) => Err(vec![fault]),
    })?;
    let release = shared
        .deployer
        .make_release(&asked.digest, settings, asked.limits, asked.notes, &who.caller, clock::now())
        .await?;
    Ok(Answer(release))
}

/// Shows a release with everything that happened to it
#[utoipa::path(get, path = "/v1/admin/releases/{release}", tag = "administration")]
pub(in crate::http) async fn show_release(
    shared: HostState,
    who: Who,
    Number(release): Number,
) -> Answered<ReleaseHistory> {
    let release = seen(&shared, &who, release)?;
    let transitions = Registry::transitions(&shared.store, release.id)?;
    let trials = shared.store.trials_of(release.id)?;
    let trial = |trial: creditgate_gate::Trial| {
        let counts = shared.deployer.trial_counts(trial.id);
        TrialBody::of(trial, counts)
    };
    let history = ReleaseHistory { release, transitions, trials: trials.into_iter().map(trial).collect() };
    Ok(Answer(history))
}

/// Approves a release
///
/// Whoever brought the release may not approve it.
#[utoipa::path(post, path = "/v1/admin/releases/{release}/approval", tag = "administration")]
pub(in crate::http) async fn approve_release(
    (shared, who, Number(release), asked): About<Number, ReleaseReason>,
) -> Answered<Release> {
    let change = ordered(&who, asked)?;
    let release = shared.deployer.approve(release, change).await?;
    Ok(Answer(release))
}

/// Takes a release back
///
/// The release may not serve, now or later. The bindings that it serves go back to the
/// release before, together with open cases that began with it.
#[utoipa::path(post, path = "/v1/admin/releases/{release}/rejection", tag = "administration")]
pub(in crate::http) async fn reject_release(
    (shared, who, Number(release), asked): About<Number, ReleaseReason>,
) -> Answered<Release> {
    let change = ordered(&who, asked)?;
    let release = shared.deployer.reject(release, change).await?;
    Ok(Answer(release))
}

/// Tries a release on live cases
///
/// A shadow judges the same cases, and nobody acts on its verdicts. A canary, which has
/// terms, judges a share of the cases, and the host stops a canary that breaks its
/// terms.
#[utoipa::path(post, path = "/v1/admin/releases/{release}/trials", tag = "administration")]
pub(in crate::http) async fn begin_trial(
    (shared, who, Number(release), asked): About<Number, NewTrial>,
) -> Answered<Trials> {
    let (terms, binding, reason) = asked.turned(|asked| {
        let mut faults = Faults::default();
        faults.reason(&asked.reason);
        let terms = faults.keep(asked.canary.map(CanaryTerms::checked).transpose());
        faults.passed_if_read(terms.map(|terms| (terms, asked.binding, asked.reason)))
    })?;
    let kind = terms.map_or(TrialKind::Shadow, TrialKind::Canary);
    let change = who.change(reason);
    let order = TrialOrder { wanted: Wanted::Release(release), binding, kind };
    let trials = shared.deployer.begin_trial(order, change).await?;
    let trials = trials.into_iter().map(|trial| TrialBody::of(trial, None)).collect();
    Ok(Answer(Trials { trials }))
}

/// Ends the trials of a release
#[utoipa::path(post, path = "/v1/admin/releases/{release}/trials:end", tag = "administration")]
pub(in crate::http) async fn end_trial(
    (shared, who, Number(release), asked): About<Number, ReleaseReason>,
) -> Answered<Release> {
    let change = ordered(&who, asked)?;
    let release = shared.deployer.end_trial(release, change).await?;
    Ok(Answer(release))
}

/// Counts and lists checks on which a release in shadow disagreed, newest first
///
/// A vendor sees the counts alone, because explanations and measures belong to
/// citizens' cases.
#[utoipa::path(get, path = "/v1/admin/releases/{release}/differences", tag = "administration")]
pub(in crate::http) async fn list_differences(
    shared: HostState,
    who: Who,
    Number(release): Number,
    page: Page,
) -> Answered<ShadowDifferences> {
    let release = seen(&shared, &who, release)?;
    let mut counts = Vec::new();
    for trial in shared.store.trials_of(release.id)? {
        let counted = shared.store.count_differences(trial.id)?;
        counts.extend(counted);
    }
    if who.role == Role::Vendor {
        return Ok(Answer(ShadowDifferences { counts, differences: None, next: None }));
    }
    let found = shared.store.shadow_differences(release.id, page.after()?, page.probe())?;
    let (found, next) = page.cut(found, |(seq, _)| *seq);
    let differences = Some(found.into_iter().map(|(_, difference)| difference).collect());
    Ok(Answer(ShadowDifferences { counts, differences, next }))
}

/// The release, if whoever asks may see it.
fn seen(shared: &Shared, who: &Who, release: ReleaseId) -> Result<Release, Problem> {
    let release = shared.deployer.release(release)?;
    if who.may_see(release.department.as_deref()) {
        return Ok(release);
    }
    let detail = format!("release {} is not of a department this key is for", release.id);
    Err(Problem::new(Code::DepartmentNotAllowed, detail))
}

/// Who takes a step, and why.
fn ordered(who: &Who, asked: Json<ReleaseReason>) -> Result<Change, Problem> {
    Ok(who.change(asked.held_to(|asked, faults| faults.reason(&asked.reason))?.reason))
}

fn switched(shared: &Shared, activated: Vec<Activation>) -> Answered<Activated> {
    let revision = Registry::deployment(&shared.store)?.revision;
    Ok(Answer(Activated { activated, revision }))
}

/// The number of a release, as the path names it.
pub(in crate::http) struct Number(ReleaseId);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let named = PathText::from_request_parts(parts, state).await?;
        let number = named.text().parse();
        number
            .map(Self)
            .map_err(|_| Problem::new(Code::ReleaseUnknown, "a release is named by its number, such as 12"))
    }
}

impl Described for Number {
    fn describe(description: &mut Description<'_>) {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        let number = number.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        description.names(number.minimum(Some(1)).into());
    }
}
