//! Step 7, record: everything needed to run the same check again later.

use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::check::{Mode, PluginRef, RequestWarning};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::duty::NewDuty;
use creditgate_credit::host_rules::HostRules;
use creditgate_sandbox::{CallReport, Limits, Settings};
use jiff::Timestamp;
use uuid::Uuid;

use crate::bind::Bound;
use crate::duties;
use crate::feedback::{self, OutgoingFeedback};
use crate::release::ReleaseId;
use crate::request::Idempotency;
use crate::settle::Settled;
use crate::world::World;

/// Everything a check was made of: the same inputs give the same check again.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckInputs {
    /// Instant of the check.
    pub at: Timestamp,
    /// The request in normal form.
    pub application: Arc<Application>,
    /// Id of the binding.
    pub binding: String,
    /// Mode of the binding on that day.
    pub mode: Mode,
    /// The release that judged; none where nothing could serve.
    pub plugin: Option<PluginRef>,
    /// Number of that release.
    pub release: Option<ReleaseId>,
    /// The settings it judged under.
    pub settings: Option<Settings>,
    /// The limits it ran under.
    pub limits: Limits,
    /// Seed of the plug-in's randomness.
    pub seed: u64,
    /// Policy version, `division@version`.
    pub policy: String,
    /// Catalogue edition.
    pub catalogue: String,
    /// Names the tables of working days.
    pub calendar: String,
    /// Engine that ran it.
    pub engine: String,
    /// Version of the host's own rules.
    pub host_rules: HostRules,
    /// The dossier; none where it could not be gathered or was not wanted.
    pub dossier: Option<Arc<Dossier>>,
}

/// One check, whole.
#[derive(Debug)]
pub struct CheckRecord {
    /// Id of the check: a time-ordered UUID.
    pub check_id: String,
    /// Key id of the caller.
    pub caller: String,
    /// The officer on whose behalf it was made.
    pub operator: String,
    /// The caller's idempotency key.
    pub idempotency: Option<Idempotency>,
    /// Remarks on the request.
    pub warnings: Vec<RequestWarning>,
    /// What it was made of.
    pub inputs: CheckInputs,
    /// What the plug-in said, with fuel and transcript; none where it was not
    /// called.
    pub judged: Option<CallReport>,
    /// What the host made of it.
    pub settled: Settled,
    /// Feedback of the plug-in's own.
    pub feedback: Vec<OutgoingFeedback>,
    /// What is owed after it.
    pub duties: Vec<NewDuty>,
}

/// A check that is asked for: who asks what, admitted and validated.
pub(crate) struct Asked {
    pub(crate) check_id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) caller: String,
    pub(crate) operator: String,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) application: Arc<Application>,
    pub(crate) warnings: Vec<RequestWarning>,
}

impl Asked {
    /// Seed of the plug-in's randomness.
    pub(crate) const fn seed(&self) -> u64 {
        self.check_id.as_u64_pair().1
    }
}

/// What came of it, as far as the binding's mode and state allowed.
pub(crate) struct Judged {
    pub(crate) dossier: Option<Arc<Dossier>>,
    /// What the officer should know of the sources.
    pub(crate) remarks: Vec<RequestWarning>,
    pub(crate) plugin: Option<PluginRef>,
    pub(crate) release: Option<ReleaseId>,
    pub(crate) settings: Option<Settings>,
    pub(crate) limits: Option<Limits>,
    pub(crate) engine: Option<String>,
    pub(crate) report: Option<CallReport>,
    pub(crate) settled: Settled,
}

impl Judged {
    /// Nothing was known, and no plug-in called.
    pub(crate) const fn without_call(settled: Settled) -> Self {
        Self {
            dossier: None,
            remarks: Vec::new(),
            plugin: None,
            release: None,
            settings: None,
            limits: None,
            engine: None,
            report: None,
            settled,
        }
    }
}

impl CheckRecord {
    /// The record of a check, with the feedback and the duties that follow from it.
    /// `engine` is named where no plug-in was called; without a platform nobody owes
    /// that feedback arrives in time.
    pub(crate) fn of(
        asked: Asked,
        judged: Judged,
        bound: &Bound,
        world: &World,
        engine: &str,
        has_platform: bool,
    ) -> Self {
        let Bound { route, policy, catalogue, .. } = bound;
        let (check_id, seed) = (asked.check_id.to_string(), asked.seed());
        let Asked { at, caller, operator, idempotency, application, mut warnings, .. } = asked;
        let Judged { dossier, remarks, plugin, release, settings, limits, report, settled, .. } = judged;
        warnings.extend(remarks);
        let mode = route.binding.mode;
        let calendar = world.calendar();
        // A plug-in on trial does not speak to the platform, and neither does one
        // whose verdict does not stand.
        let speaks = report.as_ref().filter(|_| mode.is_shown() && settled.reasons.is_empty());
        let feedback = speaks.map_or_else(Vec::new, |report| {
            let place = (&*application.department, &*application.division);
            let duty = |id: &str| {
                has_platform
                    .then(|| duties::of_record(id, place, &application.case_no, at, &policy.duties, calendar))
            };
            feedback::of_facts(report, dossier.as_deref(), (&check_id, &application, at), duty)
        });
        let duties = if mode.is_shown() {
            duties::of_check(&check_id, &application, &settled, policy, calendar)
        } else {
            Vec::new()
        };
        Self {
            check_id,
            caller,
            operator,
            idempotency,
            warnings,
            inputs: CheckInputs {
                at,
                application,
                binding: route.binding.id.clone(),
                mode,
                plugin,
                release,
                settings,
                limits: limits.unwrap_or_else(|| route.binding.limits.over(&Limits::default())),
                seed,
                policy: policy.snapshot(),
                catalogue: catalogue.edition.clone(),
                calendar: world.calendar_edition().to_owned(),
                engine: judged.engine.unwrap_or_else(|| engine.to_owned()),
                host_rules: HostRules::CURRENT,
                dossier,
            },
            judged: report,
            settled,
            feedback,
            duties,
        }
    }
}
