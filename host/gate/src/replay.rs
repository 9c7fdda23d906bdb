//! Running a recorded check again, and holding the result against the record.
//!
//! A check is a pure function of what its record names, so the same component on
//! the same inputs must say the same, to the unit of fuel. Where an input is gone
//! or was not recorded, the answer is that the check cannot be reconstructed, and
//! never a guess.

use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::application::Application;
use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::check::Mode;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::policy::Policy;
use creditgate_sandbox::{CallError, HookCall, Limits, Plugin, Settings};

use crate::deploy::Deployer;
use crate::differences::{Difference, Differences};
use crate::error::chain;
use crate::recorded::{RecordedCall, RecordedCheck};
use crate::settle::{self, Settled};
use crate::world::World;

/// Wall clock of a replay, in milliseconds. Time is no input of a check: a slow
/// machine must not make another verdict of it.
const WALL_CLOCK_MS: u64 = 10_000;
/// Pause before a call is tried again for which the sandbox had no room: checks
/// that somebody waits for go first.
const PAUSE: Duration = Duration::from_millis(5);

/// What came of running a check again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The check.
    pub check_id: String,
    /// Whether it came out the same.
    pub result: ReplayResult,
    /// Engine that ran it then.
    pub recorded_engine: String,
    /// Engine that ran it now. Under another engine fuel alone may differ.
    pub engine: String,
    /// Fuel spent then and now, where the plug-in was called.
    pub fuel: Option<(u64, u64)>,
}

/// Whether a check came out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayResult {
    /// The same in every part.
    Identical,
    /// Not the same.
    Different(Vec<Difference>),
    /// It cannot be run again.
    NotReconstructible(Gap),
}

impl ReplayResult {
    fn of(differences: Differences) -> Self {
        let found = differences.found();
        if found.is_empty() { Self::Identical } else { Self::Different(found) }
    }

    /// Machine name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Different(_) => "different",
            Self::NotReconstructible(_) => "not_reconstructible",
        }
    }
}

/// What keeps a check from being run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// No plug-in was called that day.
    #[error("no plug-in was called: {0}")]
    NotCalled(String),
    /// The wall clock ended the call, and time cannot be repeated.
    #[error("the call was ended by the wall clock, which no replay repeats")]
    WallClock,
    /// The replay itself ran out of time.
    #[error("the replay did not come to an end within {WALL_CLOCK_MS} ms")]
    TooSlow,
    /// The component is gone.
    #[error("the component {0} is no longer kept")]
    ComponentGone(String),
    /// The component is there and does not load.
    #[error("the component {digest} does not load any more: {problem}")]
    ComponentUnusable {
        /// Its digest.
        digest: String,
        /// Why.
        problem: String,
    },
    /// The policy version is gone.
    #[error("the policy version {0} is no longer kept")]
    PolicyGone(String),
    /// The catalogue edition is gone.
    #[error("the catalogue edition {0} is no longer kept")]
    CatalogueGone(String),
    /// A working-day answer could be another one today.
    #[error(
        "the plug-in asked for working days, and the tables of that day are not kept ({recorded}, now {now})"
    )]
    CalendarChanged {
        /// Edition of that day.
        recorded: String,
        /// Edition now.
        now: String,
    },
    /// The record lacks a part that a check with a call must have.
    #[error("the record has no {0}")]
    RecordIncomplete(&'static str),
}

impl Gap {
    /// Machine name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotCalled(_) => "not_called",
            Self::WallClock => "wall_clock",
            Self::TooSlow => "too_slow",
            Self::ComponentGone(_) => "component_gone",
            Self::ComponentUnusable { .. } => "component_unusable",
            Self::PolicyGone(_) => "policy_gone",
            Self::CatalogueGone(_) => "catalogue_gone",
            Self::CalendarChanged { .. } => "calendar_changed",
            Self::RecordIncomplete(_) => "record_incomplete",
        }
    }
}

/// Everything a recorded check ran under, found again.
pub(crate) struct Inputs<'a> {
    recorded: &'a RecordedCheck,
    dossier: &'a Arc<Dossier>,
    policy: Arc<Policy>,
    catalogue: &'a Arc<IndexedCatalogue>,
    world: &'a World,
}

/// What a plug-in makes of recorded inputs now.
pub(crate) struct Rerun {
    pub(crate) call: RecordedCall,
    pub(crate) settled: Settled,
}

impl<'a> Inputs<'a> {
    pub(crate) fn of(recorded: &'a RecordedCheck, world: &'a World) -> Result<Self, Gap> {
        let policy = world.policy_version(&recorded.inputs.policy);
        let catalogue = world.catalogue_edition(&recorded.inputs.catalogue);
        Ok(Self {
            recorded,
            dossier: recorded.inputs.dossier.as_ref().ok_or(Gap::RecordIncomplete("dossier"))?,
            policy: recorded
                .inputs
                .host_rules
                .reading(policy.ok_or_else(|| Gap::PolicyGone(recorded.inputs.policy.clone()))?),
            catalogue: catalogue.ok_or_else(|| Gap::CatalogueGone(recorded.inputs.catalogue.clone()))?,
            world,
        })
    }

    /// The same case with another dossier.
    pub(crate) fn with_dossier(self, dossier: &'a Arc<Dossier>) -> Self {
        Self { dossier, ..self }
    }

    /// The request in normal form.
    pub(crate) fn application(&self) -> &'a Application {
        &self.recorded.inputs.application
    }

    /// What was known of the parties.
    pub(crate) fn dossier(&self) -> &'a Dossier {
        self.dossier
    }

    /// The catalogue edition of that day.
    pub(crate) fn catalogue(&self) -> &'a IndexedCatalogue {
        self.catalogue
    }

    /// The host's own rules of that day.
    pub(crate) const fn host_rules(&self) -> HostRules {
        self.recorded.inputs.host_rules
    }

    /// The policy of that day.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Calls a plug-in on these inputs.
    pub(crate) async fn run(
        &self,
        plugin: &Plugin,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Rerun, Gap> {
        let recorded = self.recorded;
        // Without it the call is made all the same: it may not ask for days.
        let calendar = self.world.calendar_of(&recorded.inputs.calendar);
        let limits = Limits { wall_clock_ms: WALL_CLOCK_MS, ..*limits };
        let call = HookCall {
            binding: &recorded.inputs.binding,
            application: &recorded.inputs.application,
            dossier: self.dossier,
            policy: &self.policy,
            rules: recorded.inputs.host_rules,
            calendar: calendar.unwrap_or_else(|| self.world.calendar()),
            settings,
            limits: &limits,
            now: recorded.inputs.at,
            seed: recorded.inputs.seed,
        };
        let report = loop {
            let report = plugin.call(call).await;
            if !report.outcome.as_ref().is_err_and(CallError::is_for_want_of_room) {
                break report;
            }
            tokio::time::sleep(PAUSE).await;
        };
        let basis = settle::Basis {
            application: &recorded.inputs.application,
            dossier: self.dossier,
            catalogue: self.catalogue,
            policy: &self.policy,
            rules: recorded.inputs.host_rules,
        };
        let settled = settle::settle(&report, &basis);
        let call = RecordedCall::from(report);
        if call.ended_by_time() {
            return Err(Gap::TooSlow);
        }
        if calendar.is_none() && call.asks_for_working_days() {
            return Err(Gap::CalendarChanged {
                recorded: recorded.inputs.calendar.clone(),
                now: self.world.calendar_edition().to_owned(),
            });
        }
        Ok(Rerun { call, settled })
    }
}

/// What came of it, and on which engine, where the plug-in was called.
struct Again {
    result: ReplayResult,
    fuel: Option<(u64, u64)>,
    engine: Option<String>,
}

impl Again {
    const fn without_call(result: ReplayResult) -> Self {
        Self { result, fuel: None, engine: None }
    }
}

impl Deployer {
    /// Runs a recorded check again and says whether it came out the same.
    pub async fn replay(&self, recorded: &RecordedCheck) -> Replay {
        let world = self.world().load_full();
        let again = self.run_again(recorded, &world).await;
        let Again { result, fuel, engine } =
            again.unwrap_or_else(|gap| Again::without_call(ReplayResult::NotReconstructible(gap)));
        Replay {
            check_id: recorded.check_id.clone(),
            result,
            recorded_engine: recorded.inputs.engine.clone(),
            engine: engine.unwrap_or_else(|| self.engine_fingerprint().to_owned()),
            fuel,
        }
    }

    async fn run_again(&self, recorded: &RecordedCheck, world: &World) -> Result<Again, Gap> {
        let mut differences = Differences::default();
        if recorded.inputs.mode == Mode::Off {
            differences.settled(&recorded.settled, &settle::switched_off(&recorded.inputs.binding));
            return Ok(Again::without_call(ReplayResult::of(differences)));
        }
        let (plugin, call) = match (&recorded.inputs.plugin, &recorded.judged) {
            (Some(plugin), Some(call)) => (plugin, call),
            _ => {
                let why = recorded.settled.reasons.first().map(|reason| reason.text.clone());
                return Err(Gap::NotCalled(why.unwrap_or_default()));
            }
        };
        if call.ended_by_time() {
            return Err(Gap::WallClock);
        }
        let settings = recorded.inputs.settings.as_ref().ok_or(Gap::RecordIncomplete("settings"))?;
        let inputs = Inputs::of(recorded, world)?;
        let plugin = self.recorded_plugin(&plugin.digest).await?;
        let rerun = inputs.run(&plugin, settings, &recorded.inputs.limits).await?;
        let engine = plugin.engine_fingerprint();
        let same_engine = recorded.inputs.engine == engine;
        differences.call(call, &rerun.call, same_engine);
        differences.settled(&recorded.settled, &rerun.settled);
        Ok(Again {
            result: ReplayResult::of(differences),
            fuel: Some((call.fuel_used, rerun.call.fuel_used)),
            engine: Some(engine.to_owned()),
        })
    }

    /// The component of a record.
    pub(crate) async fn recorded_plugin(&self, digest: &str) -> Result<Plugin, Gap> {
        match self.load(digest).await {
            Ok(plugin) => Ok(plugin),
            Err(crate::deploy::DeployError::UnknownDigest(digest)) => Err(Gap::ComponentGone(digest)),
            Err(error) => Err(Gap::ComponentUnusable { digest: digest.to_owned(), problem: chain(&error) }),
        }
    }
}
