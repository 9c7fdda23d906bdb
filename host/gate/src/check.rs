//! The walk of one check through its eight steps.

use creditgate_credit::check::{Mode, PluginRef, Reason};
use std::sync::Arc;

use arc_swap::ArcSwap;
use creditgate_affairs::uuid_time;
use creditgate_credit::calendar::local_date;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::Strictness;
use creditgate_sandbox::{CallError, CallReport, HookCall, Limits, Settings};
use jiff::Timestamp;
use uuid::Uuid;

use crate::answer::{self, Checked};
use crate::bind::{self, Bound, Chosen};
use crate::check_error::CheckError;
use crate::counts::Side;
use crate::dispositions::{self, DispositionError, DispositionReport};
use crate::gather::{self, Gathered, Sources};
use crate::judge::Judge;
use crate::places::Places;
use crate::ports::{Appended, CreditSource, Ledger, Overlays, QuerySource, StoredCheck};
use crate::receipt::ReceiptKeys;
use crate::record::{Asked, CheckRecord, Judged};
use crate::release::ReleaseId;
use crate::request::{Caller, CheckRequest};
use crate::rollout::{Alarm, RolloutSender};
use crate::settle::{self, Settled};
use crate::shadow::ShadowJob;
use crate::sources::Question;
use crate::world::{NOTHING_ACTIVATED, RouteState, World};
use crate::{admit, validate};

/// The gate: what approval systems call at their checkpoints.
pub struct Gate {
    world: Arc<ArcSwap<World>>,
    ledger: Arc<dyn Ledger>,
    sources: Sources,
    overlays: Option<Arc<dyn Overlays>>,
    keys: ArcSwap<ReceiptKeys>,
    engine: String,
    rollout: Option<RolloutSender>,
    /// Somebody acknowledges feedback.
    has_platform: bool,
    places: Places,
}

impl Gate {
    /// A gate over a ledger and the lists. `engine` names the engine for
    /// records of checks in which no plug-in was called; `world` is the snapshot a deployer publishes to.
    #[must_use]
    pub fn new(
        world: Arc<ArcSwap<World>>,
        ledger: Arc<dyn Ledger>,
        lists: Arc<dyn CreditSource>,
        keys: impl Into<ReceiptKeys>,
        engine: String,
    ) -> Self {
        let sources = Sources::new(lists);
        Self {
            world,
            ledger,
            sources,
            overlays: None,
            keys: ArcSwap::from_pointee(keys.into()),
            engine,
            rollout: None,
            has_platform: true,
            places: Places::new(u32::MAX),
        }
    }

    /// Says that nobody takes feedback: it waits until somebody does, and nobody
    /// owes that it arrives in time.
    #[must_use]
    pub const fn without_platform(mut self) -> Self {
        self.has_platform = false;
        self
    }

    /// Lets the rollout hear of checks: without it no shadow runs, and a canary
    /// that breaks a condition only stops getting cases.
    #[must_use]
    pub fn with_rollout(mut self, rollout: RolloutSender) -> Self {
        self.rollout = Some(rollout);
        self
    }

    /// Lets what is known of entries here lie over what the source says: without
    /// it an entry is what the lists say.
    #[must_use]
    pub fn with_overlays(mut self, overlays: Arc<dyn Overlays>) -> Self {
        self.overlays = Some(overlays);
        self
    }

    /// Lets each department have at most so many checks under way: without it
    /// there is no bound.
    #[must_use]
    pub fn with_most_checks_per_department(mut self, most: u32) -> Self {
        self.places = Places::new(most);
        self
    }

    /// Checks under way, by department.
    #[must_use]
    pub fn under_way(&self) -> Vec<(String, u32)> {
        self.places.taken()
    }

    /// Lets bindings name this source.
    #[must_use]
    pub fn with_source(mut self, source: Arc<dyn QuerySource>) -> Self {
        self.sources.add(source);
        self
    }

    /// Makes one check. What comes back is durable.
    ///
    /// # Errors
    /// [`CheckError`] when there was no check: a bad request, no right, nothing
    /// bound, or no way to record it. A check that fails is no error: its
    /// status is `could_not_check`.
    pub async fn check(
        &self,
        request: CheckRequest,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Checked, CheckError> {
        let world = self.world.load_full();
        let today = local_date(now);
        if let Err(refusal) = admit::purpose(&request, caller) {
            let bound = bind::bind(&world, &request, today);
            let strictness = bound.map_or(Strictness::Check, |bound| bound.policy.identifier_strictness);
            return Err(validate::with_every_fault(refusal, request, strictness, today));
        }
        if let Some(stored) = admit::repeat(&*self.ledger, &request, caller)? {
            return Ok(answer::repeated(stored, &self.keys.load().signing));
        }
        let bound = bind::bind(&world, &request, today)?;
        let place = self.places.take(&request.department);
        let _place = place.ok_or_else(|| CheckError::DepartmentFull(request.department.clone()))?;
        let chosen = bind::choose(&bound.route, &request, now, || {
            self.ledger.first_release_of_case(&request.case_no, &request.department, &request.item)
        })?;
        let (operator, idempotency) = (request.operator.clone(), request.idempotency.clone());
        let (application, warnings) = validate::validate(&*self.ledger, request, &bound, (now, today))?;
        let asked = Asked {
            check_id: Uuid::new_v7(uuid_time(now)),
            at: now,
            caller: caller.key.clone(),
            operator,
            idempotency,
            application: Arc::new(application),
            warnings,
        };
        let judged = self.judge(&world, &bound, &chosen, &asked).await?;
        let record = CheckRecord::of(asked, judged, &bound, &world, &self.engine, self.has_platform);
        let record = Arc::new(record);
        match self.ledger.append(Arc::clone(&record)).await? {
            Appended::New { hash, supersedes } => {
                self.shadow(&record, &world, &bound);
                Ok(answer::new_check(record, hash, supersedes, &self.keys.load().signing))
            }
            Appended::Repeat(stored) => Ok(answer::repeated(*stored, &self.keys.load().signing)),
            Appended::Conflict => Err(CheckError::IdempotencyConflict),
        }
    }

    /// Records what a department did about the measures of a check, and gives
    /// back the ids of the feedback that will be sent.
    ///
    /// # Errors
    /// [`DispositionError`]; nothing of the report is kept then.
    pub async fn report_dispositions(
        &self,
        report: DispositionReport,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<String>, DispositionError> {
        let check_id = report.check_id.clone();
        let world = self.world.load_full();
        let messages = dispositions::read(&*self.ledger, &world, report, caller, now, self.has_platform)?;
        Ok(self.ledger.record_dispositions(&check_id, messages, now).await?)
    }

    /// The receipt of a recorded check.
    #[must_use]
    pub fn receipt_of(&self, stored: StoredCheck) -> Checked {
        answer::repeated(stored, &self.keys.load().signing)
    }

    /// The key that signs receipts, and those that are trusted.
    #[must_use]
    pub fn receipt_keys(&self) -> Arc<ReceiptKeys> {
        self.keys.load_full()
    }

    /// Signs with another key from now on.
    pub fn replace_receipt_keys(&self, keys: ReceiptKeys) {
        self.keys.store(Arc::new(keys));
    }

    /// The snapshot in force.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// Gather, judge and settle, as far as the binding's mode and state allow.
    async fn judge(
        &self,
        world: &World,
        bound: &Bound,
        chosen: &Chosen,
        asked: &Asked,
    ) -> Result<Judged, CheckError> {
        let binding = &bound.route.binding;
        if binding.mode == Mode::Off {
            return Ok(Judged::without_call(settle::switched_off(&binding.id)));
        }
        let overlays = self.overlays.as_deref();
        let (catalogue, policy) = (&bound.catalogue, &bound.policy);
        let rules = gather::Rules { catalogue, policy, lists: world.list_rules(), overlays };
        let (application, now) = (&asked.application, asked.at);
        let question = Question { application, operator: &asked.operator, now };
        let gathered = gather::gather(&self.sources, &binding.sources, question, rules).await;
        let Gathered { dossier, remarks, gaps } = match gathered {
            Ok(gathered) => gathered,
            Err(gap) => return Ok(Judged::without_call(settle::gap(&gap))),
        };
        if let Some(settled) = settle::gaps(&gaps, &dossier) {
            return Ok(Judged { dossier: Some(dossier), remarks, ..Judged::without_call(settled) });
        }
        let Serving { release, judge, plugin, settings, limits } = match serving(chosen) {
            Ok(serving) => serving,
            Err(why) => {
                let reason = Reason {
                    code: "plugin.unavailable".into(),
                    text: format!("no release can serve binding `{}`: {why}", binding.id),
                };
                let settled = settle::no_verdict(reason, &dossier, HostRules::CURRENT);
                return Ok(Judged { dossier: Some(dossier), remarks, ..Judged::without_call(settled) });
            }
        };
        let call = HookCall {
            binding: &binding.id,
            application,
            dossier: &dossier,
            policy: &bound.policy,
            rules: HostRules::CURRENT,
            calendar: world.calendar(),
            settings,
            limits,
            now,
            seed: asked.seed(),
        };
        // Checks come in groups, as the commits that answered their callers. Each
        // lets the others of its group come this far, so that their plug-ins run
        // one after the other, while code and memory are in the caches.
        tokio::task::yield_now().await;
        let report = judge.judge(call).await;
        match report.outcome {
            Err(CallError::Busy { .. }) => return Err(CheckError::Busy),
            Err(CallError::ShareTaken { department, .. }) => return Err(CheckError::ShareTaken(department)),
            _ => {}
        }
        let basis = settle::Basis {
            application,
            dossier: &dossier,
            catalogue: &bound.catalogue,
            policy: &bound.policy,
            rules: HostRules::CURRENT,
        };
        let settled = settle::settle(&report, &basis);
        self.count(bound, chosen.side, &report, &settled);
        Ok(Judged {
            plugin: Some(plugin.clone()),
            release: Some(release),
            settings: Some(settings.clone()),
            limits: Some(*limits),
            engine: judge.engine().map(str::to_owned),
            report: Some(report),
            settled,
            dossier: Some(dossier),
            remarks,
        })
    }

    /// Counts a check where a canary runs, and gives the alarm when it broke a
    /// condition.
    fn count(&self, bound: &Bound, side: Side, report: &CallReport, settled: &Settled) {
        let Some(canary) = &bound.route.canary else { return };
        let failed = !matches!(report.outcome, Ok(Ok(_)));
        let breach = canary.watch.count(side, settled, failed, report.took);
        if let (Some(breach), Some(rollout)) = (breach, &self.rollout) {
            rollout.alarm(Alarm {
                trial: canary.watch.trial(),
                release: canary.watch.release(),
                binding: bound.route.binding.id.clone(),
                breach,
            });
        }
    }

    /// Hands a check that is recorded to the release in shadow, if there is one.
    fn shadow(&self, record: &Arc<CheckRecord>, world: &Arc<World>, bound: &Bound) {
        let Some(rollout) = &self.rollout else { return };
        if let Some(job) = ShadowJob::of(record, world, &bound.route, &bound.policy, &bound.catalogue) {
            rollout.shadow(job);
        }
    }
}

/// What is to be called, and on what terms.
struct Serving<'a> {
    release: ReleaseId,
    judge: &'a dyn Judge,
    plugin: &'a PluginRef,
    settings: &'a Settings,
    limits: &'a Limits,
}

/// What is to be called, or why there is nothing.
fn serving(chosen: &Chosen) -> Result<Serving<'_>, &str> {
    let release = chosen.release.as_deref().ok_or(NOTHING_ACTIVATED)?;
    match &release.state {
        RouteState::Serving { judge, plugin, settings, limits } => {
            Ok(Serving { release: release.release, judge: &**judge, plugin, settings, limits })
        }
        RouteState::Unavailable { reason } => Err(reason),
    }
}
