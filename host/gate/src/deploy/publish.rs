//! From what the registry holds to the snapshot the gate reads, and what follows
//! from time alone: a release that is no longer in force drains and retires.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use creditgate_credit::check::PluginRef;
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::{PolicyLayer, PolicyTree};
use jiff::Timestamp;

use super::Deployer;
use super::fit::{complete_settings, is_of, limits, serves};
use crate::counts::{CanaryWatch, ShadowWatch};
use crate::error::LedgerError;
use crate::ports::{Activation, Deployment, RolloutChange};
use crate::release::{Release, ReleaseId, ReleaseState, Transition, Trial, TrialKind};
use crate::world::{Binding, Pin, Route, RouteCanary, RouteRelease, RouteShadow, RouteState, World};

/// The actor of steps that follow from time or from a condition.
pub(crate) const HOST: &str = "host";

/// Longest wait for the last calls on a release. A call has limits of its own,
/// which are shorter.
const LONGEST_DRAIN: Duration = Duration::from_secs(30);

/// Activations of one binding by the instant from which they are in force: of two
/// for the same instant the later decision counts.
#[derive(Debug, Clone, Default)]
pub struct Timeline<'d>(Vec<&'d Activation>);

impl<'d> Timeline<'d> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &'d Activation> {
        self.0.iter().copied()
    }

    /// The one in force at an instant.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> Option<&'d Activation> {
        self.iter().filter(|activation| activation.effective_from <= at).last()
    }

    /// The one in force at an instant, and those to come.
    pub fn from(&self, at: Timestamp) -> impl Iterator<Item = &'d Activation> {
        let current = self.0.iter().rposition(|activation| activation.effective_from <= at);
        self.iter().skip(current.unwrap_or(0))
    }
}

impl Deployment {
    /// The tree of divisions with every layer of policy.
    #[must_use]
    pub fn policy_tree(&self) -> PolicyTree {
        let whole = self.policies.iter().map(PolicyLayer::from);
        PolicyTree::new(self.divisions.iter().cloned(), whole.chain(self.layers.iter().cloned()))
    }

    /// A release by its number.
    #[must_use]
    pub fn release(&self, id: ReleaseId) -> Option<&Release> {
        self.releases.iter().find(|release| release.id == id)
    }

    /// The activations of a binding that count: not those of releases that were
    /// taken back.
    #[must_use]
    pub fn timeline(&self, binding: &str) -> Timeline<'_> {
        let mut timelines = self.timelines_of(|activation| activation.binding == binding);
        timelines.remove(binding).unwrap_or_default()
    }

    /// The same of every binding that has any, in one pass over the history.
    #[must_use]
    pub fn timelines(&self) -> HashMap<&str, Timeline<'_>> {
        self.timelines_of(|_| true)
    }

    fn timelines_of(&self, wanted: impl Fn(&Activation) -> bool) -> HashMap<&str, Timeline<'_>> {
        let counts: HashSet<ReleaseId> = self
            .releases
            .iter()
            .filter(|release| release.state != ReleaseState::Rejected)
            .map(|release| release.id)
            .collect();
        let mut timelines: HashMap<&str, Timeline<'_>> = HashMap::new();
        for activation in self.activations.iter().filter(|it| wanted(it) && counts.contains(&it.release)) {
            timelines.entry(&activation.binding).or_default().0.push(activation);
        }
        // Stable: equal instants stay in the order of the decisions.
        timelines.values_mut().for_each(|timeline| timeline.0.sort_by_key(|it| it.effective_from));
        timelines
    }

    /// The next instant after `at` at which another release comes into force.
    #[must_use]
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        self.activations.iter().map(|it| it.effective_from).filter(|from| *from > at).min()
    }
}

impl Deployer {
    /// Publishes what the registry holds. Needs the lock on changes.
    pub(super) async fn publish(&self, now: Timestamp) -> Result<(), LedgerError> {
        self.move_with_time(now).await?;
        let deployment = self.registry.deployment()?;
        let timelines = deployment.timelines();
        let mut used = HashSet::new();
        let mut routes = Vec::with_capacity(deployment.bindings.len());
        for binding in &deployment.bindings {
            let timeline = timelines.get(binding.id.as_str()).cloned().unwrap_or_default();
            let route = self.route(&deployment, (binding, timeline), now, &mut used).await;
            if let Some(reason) = route.unavailable(now) {
                tracing::warn!(binding = %binding.id, %reason, "binding is not served");
            }
            routes.push(route);
        }
        self.loaded().retain(|digest, _| used.contains(digest));
        self.forget_watches(&deployment.trials);
        let (calendar, earlier) = (self.calendar.load_full(), Arc::clone(&self.calendars()));
        let policies = deployment.policy_tree();
        let mut world = World::new(routes, policies, deployment.catalogues, calendar)
            .with_list_rules(ListRules::of(&deployment.list_types))
            .with_calendars(earlier);
        let let_go = world.let_go();
        self.world.store(Arc::new(world));
        self.drained.lock().unwrap_or_else(PoisonError::into_inner).push(let_go);
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        // What was in force before the host started was announced by another.
        *announced = (*announced).min(now);
        self.changed.notify_waiters();
        Ok(())
    }

    /// Resolves when the next snapshot is published, counted from this call.
    pub fn changed(&self) -> impl Future<Output = ()> {
        let mut changed = Box::pin(self.changed.notified());
        changed.as_mut().enable();
        changed
    }

    /// Publishes what came into force by its date and was not told yet, and gives
    /// it back.
    ///
    /// # Errors
    /// When the registry fails; the next call sees it again.
    pub async fn come_into_force(&self, now: Timestamp) -> Result<Vec<Activation>, LedgerError> {
        let since = *self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let deployment = self.registry.deployment()?;
        let timelines = deployment.timelines();
        let came: Vec<Activation> = deployment
            .bindings
            .iter()
            .filter_map(|binding| timelines.get(binding.id.as_str())?.in_force(now))
            .filter(|activation| activation.effective_from > activation.at)
            .filter(|activation| activation.effective_from > since)
            .cloned()
            .collect();
        if !came.is_empty() || self.unpublished.load(Ordering::Relaxed) {
            let _guard = self.changing.lock().await;
            self.publish(now).await?;
            self.unpublished.store(false, Ordering::Relaxed);
        }
        Ok(came)
    }

    /// Notes that everything is told that came into force until then.
    pub fn told_until(&self, until: Timestamp) {
        let mut told = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        *told = until.max(*told);
    }

    async fn route(
        &self,
        deployment: &Deployment,
        (binding, timeline): (&Binding, Timeline<'_>),
        now: Timestamp,
        used: &mut HashSet<String>,
    ) -> Route {
        let activations: Vec<&Activation> = match binding.pin {
            Pin::None => timeline.from(now).collect(),
            Pin::Case | Pin::FilingDate => timeline.iter().collect(),
        };
        let mut states: HashMap<ReleaseId, RouteState> = HashMap::new();
        let mut releases = Vec::with_capacity(activations.len());
        for activation in activations {
            let Some(release) = deployment.release(activation.release) else { continue };
            used.insert(release.digest.clone());
            let state = match states.get(&release.id) {
                Some(state) => state.clone(),
                None => self.route_state(binding, release).await,
            };
            states.insert(release.id, state.clone());
            let from = serves_from(binding.pin, releases.is_empty(), activation.effective_from, now);
            releases.push(Arc::new(RouteRelease { release: release.id, from, state }));
        }
        let mut route = Route { binding: Arc::new(binding.clone()), releases, canary: None, shadow: None };
        for trial in deployment.trials.iter().filter(|trial| trial.binding == binding.id) {
            let Some(release) = deployment.release(trial.release) else { continue };
            used.insert(release.digest.clone());
            let state = self.route_state(binding, release).await;
            let release = Arc::new(RouteRelease { release: release.id, from: trial.started_at, state });
            match trial.kind {
                TrialKind::Canary(terms) => {
                    let watch =
                        self.canary_watch(trial.id, || CanaryWatch::new(trial.id, trial.release, terms));
                    route.canary = Some(RouteCanary { release, watch });
                }
                TrialKind::Shadow => {
                    route.shadow = Some(RouteShadow { release, watch: self.shadow_watch(trial.id) });
                }
            }
        }
        route
    }

    async fn route_state(&self, binding: &Binding, release: &Release) -> RouteState {
        let unavailable = |reason: String| RouteState::Unavailable { reason };
        // The last look: whichever way it came here, and whatever it was approved
        // for before.
        if let Err(error) = self.approved_for(release, &[binding]) {
            return unavailable(error.to_string());
        }
        let plugin = match self.load(&release.digest).await {
            Ok(plugin) => plugin,
            Err(error) => return unavailable(error.to_string()),
        };
        if let Err(other) = is_of(&plugin, binding) {
            return unavailable(other.to_string());
        }
        let fits = serves(&plugin, binding)
            .and_then(|()| complete_settings(&plugin, binding, release.settings.text()));
        match fits {
            Ok(settings) => RouteState::Serving {
                plugin: PluginRef {
                    name: plugin.manifest().name.clone(),
                    version: plugin.manifest().version.clone(),
                    digest: release.digest.clone(),
                },
                settings,
                limits: limits(&plugin, binding, release.limits),
                judge: self.substitute.clone().unwrap_or_else(|| Arc::new(plugin)),
            },
            Err(problem) => unavailable(problem.to_string()),
        }
    }

    fn canary_watch(&self, trial: i64, new: impl FnOnce() -> CanaryWatch) -> Arc<CanaryWatch> {
        let mut watches = self.canaries.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(watches.entry(trial).or_insert_with(|| Arc::new(new())))
    }

    fn shadow_watch(&self, trial: i64) -> Arc<ShadowWatch> {
        let mut watches = self.shadows.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(watches.entry(trial).or_insert_with(|| Arc::new(ShadowWatch::new(trial))))
    }

    fn forget_watches(&self, running: &[Trial]) {
        let runs = |id: &i64| running.iter().any(|trial| trial.id == *id);
        self.canaries.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| runs(id));
        self.shadows.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| runs(id));
    }

    /// Takes the steps that follow by themselves: what is neither in force nor to
    /// come any more drains, and what is in force again because the release after
    /// it was taken back is active.
    async fn move_with_time(&self, now: Timestamp) -> Result<(), LedgerError> {
        let deployment = self.registry.deployment()?;
        let timelines = deployment.timelines();
        let needed: HashSet<ReleaseId> = deployment
            .bindings
            .iter()
            .filter_map(|binding| timelines.get(binding.id.as_str()))
            .flat_map(|timeline| timeline.from(now))
            .map(|activation| activation.release)
            .collect();
        let step = |release: &Release| match (release.state, needed.contains(&release.id)) {
            (ReleaseState::Active, false) => {
                Some(host_step(release, ReleaseState::Draining, now, "another release is in force"))
            }
            (ReleaseState::Draining | ReleaseState::Retired, true) => {
                let reason = "in force again: the release after it was taken back";
                Some(host_step(release, ReleaseState::Active, now, reason))
            }
            _ => None,
        };
        self.take_steps(deployment.releases.iter().filter_map(step).collect(), now).await
    }

    /// Retires what drains, once the snapshots before the one in force are let go,
    /// or after a bound: a call has limits of its own.
    ///
    /// # Errors
    /// When the registry fails; the releases go on draining.
    pub async fn retire_drained(&self, now: impl Fn() -> Timestamp) -> Result<(), LedgerError> {
        // What begins to drain during the wait has snapshots of its own to wait for.
        let draining: HashSet<ReleaseId> = self
            .registry
            .deployment()?
            .releases
            .iter()
            .filter(|release| release.state == ReleaseState::Draining)
            .map(|release| release.id)
            .collect();
        let waiting = std::mem::take(&mut *self.drained.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut older, newest) = {
            let mut waiting = waiting;
            let newest = waiting.pop();
            (waiting, newest)
        };
        let all_gone = async {
            for let_go in &mut older {
                // The sender is dropped with its snapshot, without a word.
                let _ = let_go.await;
            }
        };
        if tokio::time::timeout(LONGEST_DRAIN, all_gone).await.is_err() {
            tracing::warn!("calls on a release that was replaced run on; it is retired all the same");
        }
        if let Some(newest) = newest {
            self.drained.lock().unwrap_or_else(PoisonError::into_inner).insert(0, newest);
        }
        let _guard = self.changing.lock().await;
        let now = now();
        let steps = self
            .registry
            .deployment()?
            .releases
            .iter()
            .filter(|release| release.state == ReleaseState::Draining && draining.contains(&release.id))
            .map(|release| host_step(release, ReleaseState::Retired, now, "its last calls have ended"))
            .collect();
        self.take_steps(steps, now).await
    }

    async fn take_steps(&self, steps: Vec<Transition>, at: Timestamp) -> Result<(), LedgerError> {
        if steps.is_empty() {
            return Ok(());
        }
        let change = RolloutChange { steps, at, actor: HOST.to_owned(), ..RolloutChange::default() };
        if !self.registry.apply(change).await? {
            // Steps are taken under the lock: only another process could be faster.
            tracing::error!("a release was changed by another process");
        }
        Ok(())
    }
}

/// From when on a release of a route serves. What was in force before it is kept
/// for pinned cases only, so a clock that is set back behind its date must find
/// it all the same.
fn serves_from(pin: Pin, oldest: bool, effective_from: Timestamp, now: Timestamp) -> Timestamp {
    if pin == Pin::None && oldest && effective_from <= now { Timestamp::MIN } else { effective_from }
}

fn host_step(release: &Release, to: ReleaseState, at: Timestamp, reason: &str) -> Transition {
    Transition {
        release: release.id,
        from: Some(release.state),
        to,
        at,
        actor: HOST.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::json::JsonObject;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn activation(release: ReleaseId, decided: i64, effective_from: i64) -> Activation {
        Activation {
            binding: "b".to_owned(),
            release,
            digest: format!("sha256:{release}"),
            at: at(decided),
            effective_from: at(effective_from),
            rolled_back: false,
            actor: "k".to_owned(),
            reason: "r".to_owned(),
        }
    }

    fn release(id: ReleaseId, state: ReleaseState) -> Release {
        Release {
            id,
            digest: format!("sha256:{id}"),
            plugin: "p".to_owned(),
            version: "1.0.0".to_owned(),
            department: Some("d".to_owned()),
            settings: JsonObject::default(),
            limits: None,
            capabilities: Vec::new(),
            notes: String::new(),
            created_at: at(0),
            created_by: "k".to_owned(),
            state,
            approved: true,
            withdrawn: false,
        }
    }

    #[test]
    fn what_is_in_force_follows_the_dates_and_not_the_order_of_the_decisions() {
        use ReleaseState::{Active, Rejected};
        let deployment = Deployment {
            // 2 was ordered for later before 3 came at once; 4 was taken back.
            activations: vec![
                activation(1, 10, 10),
                activation(2, 20, 100),
                activation(3, 30, 30),
                activation(4, 40, 40),
            ],
            releases: vec![release(1, Active), release(2, Active), release(3, Active), release(4, Rejected)],
            ..Deployment::default()
        };
        for (second, expected) in
            [(9, None), (10, Some(1)), (29, Some(1)), (30, Some(3)), (99, Some(3)), (100, Some(2))]
        {
            let found = deployment.timeline("b").in_force(at(second)).map(|activation| activation.release);
            assert_eq!(found, expected, "at {second}");
        }
        let ahead: Vec<_> = deployment.timeline("b").from(at(50)).map(|it| it.release).collect();
        assert_eq!(ahead, [3, 2]);
        assert_eq!(deployment.next_change(at(50)), Some(at(100)));
        assert_eq!(deployment.next_change(at(100)), None);
    }

    #[test]
    fn a_clock_set_back_behind_a_date_still_finds_the_release_of_that_date() {
        let now = at(100);
        assert_eq!(serves_from(Pin::None, true, at(90), now), Timestamp::MIN);
        assert_eq!(serves_from(Pin::None, false, at(110), now), at(110), "one to come waits for its date");
        assert_eq!(serves_from(Pin::None, true, at(110), now), at(110), "also the first ever");
        assert_eq!(serves_from(Pin::Case, true, at(90), now), at(90), "those before it are kept");
    }
}
