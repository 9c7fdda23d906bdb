//! Examples: cases a vendor ships in the component, each with what has to come
//! of it. A push runs them all; a component that does not do what its own vendor
//! says is not kept.
//!
//! An example is run as a check would be: the request is admitted, the dossier
//! assembled from the example's own entries, the plug-in called, its verdict
//! settled. Only what the example brings along is known: no list, catalogue or
//! policy of this host.

use std::collections::BTreeSet;
use std::sync::Arc;

use creditgate_credit::application::{Application, Party};
use creditgate_credit::calendar::{LOCAL_OFFSET, WorkingCalendar};
use creditgate_credit::dossier::{Dossier, Evidence};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::{index_keys, lookup_keys};
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::Policy;
use creditgate_manifest::MOST_EXAMPLES;
use creditgate_sandbox::{
    CallError, CallReport, ExamplesError, HookCall, Plugin, Settings, ValidateError, examples,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check_error::CheckError;
use crate::error::chain;
use crate::example::{Example, Expected};
use crate::ports::ExampleReader;
use crate::probe;
use crate::request::{Caller, CheckRequest};
use crate::settle::{self, Settled};
use crate::{admit, validate};

/// The hour of the day at which an example is run, in Asia/Shanghai.
const HOUR: i8 = 9;

/// An example that came out as it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExampleRun {
    /// Its name.
    pub name: String,
    /// Fuel it used.
    pub fuel: u64,
}

/// A part in which an example came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: expected {expected}, found {found}")]
pub struct ExampleDifference {
    /// The part, such as `outcome`.
    pub part: &'static str,
    /// What the example says.
    pub expected: String,
    /// What came of it.
    pub found: String,
}

/// Why the examples of a component are against it.
#[derive(Debug, thiserror::Error)]
pub enum ExampleError {
    /// The section cannot be used.
    #[error(transparent)]
    Section(#[from] ExamplesError),
    /// What it holds are no examples.
    #[error("the component's examples cannot be read: {}", faults(.0))]
    Malformed(Vec<FieldProblem>),
    /// A push would take too long.
    #[error("the component has {found} examples, at most {MOST_EXAMPLES}")]
    TooMany {
        /// How many it has.
        found: usize,
    },
    /// The host has nobody who could read it.
    #[error("the component has examples, and this host is set up without a way to read them")]
    NoReader,
    /// The request or the settings of an example cannot be.
    #[error("example `{example}` cannot be run: {problem}")]
    Unusable {
        /// The example.
        example: String,
        /// What is wrong.
        problem: String,
    },
    /// The host had no room for a call. Says nothing about the component.
    #[error("its examples could not be run")]
    NoRoom(#[source] Box<CallError>),
    /// An example came out otherwise.
    #[error("example `{example}` does not come out as it says: {}", list(.differences))]
    Failed {
        /// The example.
        example: String,
        /// Where.
        differences: Vec<ExampleDifference>,
    },
}

impl ExampleError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Section(_) | Self::Malformed(_) | Self::TooMany { .. } | Self::NoReader => {
                "plugin.examples_malformed"
            }
            Self::NoRoom(call) => call.code(),
            Self::Unusable { .. } | Self::Failed { .. } => "plugin.example_failed",
        }
    }
}

/// Why an example was not run.
enum NotRun {
    /// What is wrong with the example.
    Unusable(String),
    /// The host had no room.
    NoRoom(Box<CallError>),
}

impl From<String> for NotRun {
    fn from(problem: String) -> Self {
        Self::Unusable(problem)
    }
}

impl From<CallError> for NotRun {
    fn from(call: CallError) -> Self {
        Self::NoRoom(Box::new(call))
    }
}

fn faults(problems: &[FieldProblem]) -> String {
    let one = |problem: &FieldProblem| format!("{} {}", problem.field, problem.message).trim().to_owned();
    problems.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn list(differences: &[ExampleDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Runs every example of a component.
pub(crate) async fn of(
    plugin: &Plugin,
    component: &[u8],
    reader: Option<&dyn ExampleReader>,
    calendar: &Arc<WorkingCalendar>,
) -> Result<Vec<ExampleRun>, ExampleError> {
    let Some(section) = examples(component)? else { return Ok(Vec::new()) };
    let reader = reader.ok_or(ExampleError::NoReader)?;
    let examples = reader.read(section).map_err(ExampleError::Malformed)?;
    if examples.len() > MOST_EXAMPLES {
        return Err(ExampleError::TooMany { found: examples.len() });
    }
    run(plugin, examples, calendar).await
}

/// Runs examples one after the other, up to the first that fails.
async fn run(
    plugin: &Plugin,
    examples: Vec<Example>,
    calendar: &Arc<WorkingCalendar>,
) -> Result<Vec<ExampleRun>, ExampleError> {
    let mut runs = Vec::with_capacity(examples.len());
    for example in examples {
        let (name, expected) = (example.name.clone(), example.expected.clone());
        let (report, settled) = run_one(plugin, example, calendar).await.map_err(|why| match why {
            NotRun::Unusable(problem) => ExampleError::Unusable { example: name.clone(), problem },
            NotRun::NoRoom(call) => ExampleError::NoRoom(call),
        })?;
        let differences = expected.differences(&settled, &report);
        if !differences.is_empty() {
            return Err(ExampleError::Failed { example: name, differences });
        }
        runs.push(ExampleRun { name, fuel: report.fuel_used });
    }
    Ok(runs)
}

/// The call of one example and what the host makes of it, or why there is none.
async fn run_one(
    plugin: &Plugin,
    example: Example,
    calendar: &Arc<WorkingCalendar>,
) -> Result<(CallReport, Settled), NotRun> {
    let settings = settings(plugin, &example).await?;
    let policy = Arc::new(example.policy.unwrap_or_else(|| probe::policy(example.on)));
    let catalogue = example.catalogue.map_or_else(|| probe::catalogue(example.on), Into::into);
    let application = Arc::new(application(example.request, &policy, example.on)?);
    if plugin.hook_at(&application.checkpoint).is_none() {
        let served: Vec<&str> = plugin.hooks().iter().map(|hook| hook.checkpoint()).collect();
        return Err(format!(
            "the component does not serve checkpoint `{}`; it serves: {}",
            application.checkpoint,
            served.join(", ")
        )
        .into());
    }
    let evidence = application.parties.iter().map(|party| evidence(party, &example.entries)).collect();
    let dossier =
        Arc::new(Dossier::assemble(&application, evidence, &catalogue, &policy, &ListRules::default()));
    let call = HookCall {
        binding: "example",
        application: &application,
        dossier: &dossier,
        policy: &policy,
        rules: HostRules::CURRENT,
        calendar,
        settings: &settings,
        limits: &plugin.usual_limits(),
        now: instant(example.on)?,
        seed: 0,
    };
    let report = match plugin.call(call).await {
        CallReport { outcome: Err(call), .. } if call.is_for_want_of_room() => return Err(call.into()),
        report => report,
    };
    let basis = settle::Basis {
        application: &application,
        dossier: &dossier,
        catalogue: &catalogue,
        policy: &policy,
        rules: HostRules::CURRENT,
    };
    let settled = settle::settle(&report, &basis);
    Ok((report, settled))
}

async fn settings(plugin: &Plugin, example: &Example) -> Result<Settings, NotRun> {
    let checked = plugin.manifest().settings.check(&example.settings);
    let complete = checked.map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("its settings do not fit the manifest: {}", problems.join("; "))
    })?;
    let settings = Settings::new(complete);
    let validated = plugin.validate_settings(&settings, &plugin.usual_limits()).await;
    match validated {
        Ok(()) => Ok(settings),
        Err(ValidateError::Call(call)) if call.is_for_want_of_room() => Err(call.into()),
        Err(error) => Err(format!("its settings are refused: {}", chain(&error)).into()),
    }
}

fn application(request: CheckRequest, policy: &Policy, on: Date) -> Result<Application, String> {
    let problem = |error| match error {
        CheckError::Invalid(problems) => format!("its request has faults: {}", faults(&problems)),
        other => chain(&other),
    };
    let anybody = Caller { key: "example".to_owned(), departments: None };
    admit::purpose(&request, &anybody).map_err(problem)?;
    let division = request.division.clone().unwrap_or_else(|| policy.division.clone());
    let admitted = validate::application(request, division, policy.identifier_strictness, on);
    admitted.map(|(application, _)| application).map_err(problem)
}

/// What the example knows of a party, newest first as a source tells it.
fn evidence(party: &Party, entries: &[ListEntry]) -> Evidence {
    let keys = lookup_keys(&party.identifiers);
    let is_about =
        |entry: &&ListEntry| index_keys(&entry.subject_identifiers).iter().any(|key| keys.contains(key));
    let mut by_identifier: Vec<ListEntry> = entries.iter().filter(is_about).cloned().collect();
    by_identifier.sort_by(|a, b| b.recognised_on.cmp(&a.recognised_on).then_with(|| a.id.cmp(&b.id)));
    Evidence { by_identifier, ..Evidence::default() }
}

fn instant(on: Date) -> Result<Timestamp, String> {
    LOCAL_OFFSET.to_timestamp(on.at(HOUR, 0, 0, 0)).map_err(|error| error.to_string())
}

impl Expected {
    fn differences(&self, settled: &Settled, report: &CallReport) -> Vec<ExampleDifference> {
        let mut found = Vec::new();
        if self.outcome != settled.outcome {
            found.push(ExampleDifference {
                part: "outcome",
                expected: self.outcome.code().to_owned(),
                found: with_reason(settled.outcome.code(), settled, report),
            });
        }
        if let Some(status) = self.status.filter(|status| *status != settled.status) {
            found.push(ExampleDifference {
                part: "status",
                expected: status.code().to_owned(),
                found: with_reason(settled.status.code(), settled, report),
            });
        }
        let advice = settled.advice.iter().map(|advice| advice.kind());
        found.extend(set_difference("advice", self.advice.as_deref(), advice));
        let grounds = settled.grounds.iter().map(|ground| ground.basis.as_str());
        found.extend(set_difference("grounds", self.grounds.as_deref(), grounds));
        found
    }
}

/// What was found, with why where the host or a failed call had a word in it.
fn with_reason(found: &str, settled: &Settled, report: &CallReport) -> String {
    let reason = match (&report.outcome, settled.reasons.first()) {
        (Err(error), _) => chain(error),
        (Ok(_), Some(reason)) => reason.text.clone(),
        (Ok(_), None) => return found.to_owned(),
    };
    format!("{found} ({reason})")
}

fn set_difference<'f>(
    part: &'static str,
    expected: Option<&[String]>,
    found: impl Iterator<Item = &'f str>,
) -> Option<ExampleDifference> {
    let expected: BTreeSet<&str> = expected?.iter().map(String::as_str).collect();
    let found: BTreeSet<&str> = found.collect();
    let shown = |set: &BTreeSet<&str>| match set.is_empty() {
        true => "none".to_owned(),
        false => set.iter().copied().collect::<Vec<_>>().join(", "),
    };
    let difference = || ExampleDifference { part, expected: shown(&expected), found: shown(&found) };
    (expected != found).then(difference)
}
