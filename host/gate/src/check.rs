//! The walk of one check through its seven steps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use creditgate_affairs::{new_id, uuid_time};
use creditgate_credit::application::Application;
use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::check::{Mode, PluginRef, Reason, RequestWarning};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::duty::CaseKind;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::Strictness;
use creditgate_credit::policy::Policy;
use creditgate_credit::verdict::{Outcome, Verdict};
use creditgate_sandbox::{CallError, CallReport, Fact, HookCall, Limits, Settings};
use jiff::Timestamp;
use uuid::Uuid;

use crate::answer::{self, Checked};
use crate::bind::{self, Bound, Chosen};
use crate::dispositions::{self, DispositionError, DispositionReport};
use crate::error::CheckError;
use crate::gather::Gathered;
use crate::judge::Judge;
use crate::places::Places;
use crate::ports::{Appended, CreditSource, Ledger, Overlays};
use crate::receipt::ReceiptKeys;
use crate::record::{CheckRecord, FeedbackBody, OutgoingFeedback};
use crate::release::ReleaseId;
use crate::request::{Caller, CheckRequest};
use crate::rollout::{Alarm, RolloutSender, ShadowJob, Side};
use crate::settle::{self, Settled};
use crate::sources::{QuerySource, Question, Sources};
use crate::world::{NOTHING_ACTIVATED, RouteState, World};
use crate::{admit, duties, gather};

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

/// What came of running the plug-in.
struct Judged {
    dossier: Option<Arc<Dossier>>,
    /// What the officer should know of the sources.
    remarks: Vec<RequestWarning>,
    plugin: Option<PluginRef>,
    release: Option<ReleaseId>,
    settings: Option<Settings>,
    limits: Option<Limits>,
    engine: Option<String>,
    report: Option<CallReport>,
    settled: Settled,
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
            return Err(admit::with_every_fault(refusal, request, strictness, today));
        }
        if let Some(stored) = admit::repeat(&*self.ledger, &request, caller)? {
            return Ok(answer::repeated(stored, &self.keys.load().signing));
        }
        let bound = bind::bind(&world, &request, today)?;
        let place = self.places.take(&request.department);
        let _place = place.ok_or_else(|| CheckError::DepartmentFull(request.department.clone()))?;
        let chosen = bind::choose(&*self.ledger, &bound.route, &request, now)?;
        let operator = request.operator.clone();
        let idempotency = request.idempotency.clone();
        let (application, mut warnings) =
            admit::application(request, bound.division.clone(), bound.policy.identifier_strictness, today)?;
        warnings.extend(admit::missing_report(&application, &bound.catalogue));
        bind::require_passed(&*self.ledger, &bound, &application, now)?;
        let application = Arc::new(application);
        let check_id = Uuid::new_v7(uuid_time(now));
        let (_, seed) = check_id.as_u64_pair();
        let question = Question { application: &application, operator: &operator, now };
        let judged = self.judge(&world, &bound, &chosen, question, seed).await?;
        warnings.extend(judged.remarks);
        let check_id = check_id.to_string();
        let mode = bound.route.binding.mode;
        let feedback = match &judged.report {
            // A plug-in on trial does not speak to the platform, and neither does
            // one whose verdict does not stand.
            Some(report) if mode.is_shown() && judged.settled.reasons.is_empty() => {
                self.watched(feedback_of(
                    (report, judged.dossier.as_deref()),
                    &check_id,
                    &application,
                    now,
                    &bound.policy,
                    world.calendar(),
                ))
            }
            _ => Vec::new(),
        };
        let duties = if mode.is_shown() {
            let (policy, calendar) = (&bound.policy, world.calendar());
            duties::of_check(&check_id, &application, &judged.settled, policy, calendar)
        } else {
            Vec::new()
        };
        let record = Arc::new(CheckRecord {
            check_id,
            at: now,
            caller: caller.key.clone(),
            operator,
            idempotency,
            application,
            warnings,
            binding: bound.route.binding.id.clone(),
            mode,
            plugin: judged.plugin,
            release: judged.release,
            settings: judged.settings,
            limits: judged.limits.unwrap_or_else(|| bound.route.binding.limits.over(&Limits::default())),
            seed,
            policy: bound.policy.snapshot(),
            catalogue: bound.catalogue.edition.clone(),
            calendar: world.calendar_edition().to_owned(),
            engine: judged.engine.unwrap_or_else(|| self.engine.clone()),
            host_rules: HostRules::CURRENT,
            dossier: judged.dossier,
            judged: judged.report,
            settled: judged.settled,
            feedback,
            duties,
        });
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
        let messages = dispositions::read(&*self.ledger, &self.world.load_full(), report, caller, now)?;
        Ok(self.ledger.record_dispositions(&check_id, self.watched(messages), now).await?)
    }

    /// Messages with the duty to have each with the platform in time (R94), where
    /// there is one.
    fn watched(&self, mut messages: Vec<OutgoingFeedback>) -> Vec<OutgoingFeedback> {
        if !self.has_platform {
            messages.iter_mut().for_each(|message| message.duty = None);
        }
        messages
    }

    /// The receipt of a recorded check.
    #[must_use]
    pub fn receipt_of(&self, stored: crate::ports::StoredCheck) -> Checked {
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
        question: Question<'_>,
        seed: u64,
    ) -> Result<Judged, CheckError> {
        let nothing = |settled| Judged {
            dossier: None,
            remarks: Vec::new(),
            plugin: None,
            release: None,
            settings: None,
            limits: None,
            engine: None,
            report: None,
            settled,
        };
        let binding = &bound.route.binding;
        if binding.mode == Mode::Off {
            return Ok(nothing(switched_off(&binding.id)));
        }
        let overlays = self.overlays.as_deref();
        let (catalogue, policy) = (&bound.catalogue, &bound.policy);
        let rules = gather::Rules { catalogue, policy, lists: world.list_rules(), overlays };
        let gathered = gather::gather(&self.sources, &binding.sources, question, rules).await;
        let Gathered { dossier, remarks, gaps } = match gathered {
            Ok(gathered) => gathered,
            Err(gap) => return Ok(nothing(settle::gap(&gap))),
        };
        if let Some(settled) = settle::gaps(&gaps, &dossier) {
            return Ok(Judged { dossier: Some(dossier), remarks, ..nothing(settled) });
        }
        let Serving { release, judge, plugin, settings, limits } = match serving(chosen) {
            Ok(serving) => serving,
            Err(why) => {
                let reason = Reason {
                    code: "plugin.unavailable".into(),
                    text: format!("no release can serve binding `{}`: {why}", binding.id),
                };
                let settled = settle::no_verdict(reason, &dossier, HostRules::CURRENT);
                return Ok(Judged { dossier: Some(dossier), remarks, ..nothing(settled) });
            }
        };
        let Question { application, now, .. } = question;
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
            seed,
        };
        // Checks come in groups, as the commits that answered their callers. Each
        // lets the others of its group come this far, so that their plug-ins run
        // one after the other, while code and memory are in the caches.
        tokio::task::yield_now().await;
        let started = Instant::now();
        let report = judge.judge(call).await;
        let took = started.elapsed();
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
        self.count(bound, chosen.side, &report, &settled, took);
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
    fn count(&self, bound: &Bound, side: Side, report: &CallReport, settled: &Settled, took: Duration) {
        let Some(canary) = &bound.route.canary else { return };
        let failed = !matches!(report.outcome, Ok(Ok(_)));
        let breach = canary.watch.count(side, settled, failed, took);
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

pub(crate) fn switched_off(binding: &str) -> Settled {
    let reason = Reason {
        code: "binding.off".into(),
        text: format!("binding `{binding}` is switched off; no check was made"),
    };
    Settled { outcome: Outcome::Proceed, ..Settled::could_not_check(reason) }
}

/// A plug-in's own feedback leaves only with a verdict: a call that failed
/// reports nothing.
fn feedback_of(
    (report, dossier): (&CallReport, Option<&Dossier>),
    check_id: &str,
    application: &Application,
    now: Timestamp,
    policy: &Policy,
    calendar: &WorkingCalendar,
) -> Vec<OutgoingFeedback> {
    let Ok(Ok(Verdict { outcome, .. })) = report.outcome else { return Vec::new() };
    let body = |fact: &Fact| match fact.clone() {
        Fact::DishonestAct { party, kind, facts } => FeedbackBody::DishonestAct { party, kind, facts },
        Fact::TypicalCase { party, title, summary } => {
            let kind = CaseKind::told_by(entries_of(dossier, &party), outcome);
            FeedbackBody::TypicalCase { party, kind, title, summary }
        }
    };
    report
        .facts
        .iter()
        .map(|fact| (new_id(now), fact))
        .map(|(id, fact)| OutgoingFeedback {
            duty: Some(duties::of_record(
                &id,
                (&application.department, &application.division),
                &application.case_no,
                now,
                &policy.duties,
                calendar,
            )),
            id,
            check_id: check_id.to_owned(),
            case_no: application.case_no.clone(),
            department: application.department.clone(),
            item: application.item.clone(),
            checkpoint: application.checkpoint.clone(),
            reported_at: now,
            body: body(fact),
        })
        .collect()
}

fn entries_of<'a>(dossier: Option<&'a Dossier>, party: &str) -> &'a [ListEntry] {
    dossier.and_then(|dossier| dossier.party(party)).map_or(&[][..], |dossier| &dossier.entries)
}
