//! Backtests: what is asked for, how far it is, and what was found.

use creditgate_credit::check::PluginRef;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::json::JsonObject;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{BacktestTally, ChangedCase, LikenessTally, MeasureCount};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::replay::ReplayGap;
use crate::time::{Day, Instant};

/// Name of the row for checks in which no party had an effective entry.
pub const UNLISTED: &str = "none";

/// Asks for a backtest.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBacktest {
    /// Id of the binding whose past checks are run.
    pub binding: String,
    /// Digest of the component to try, or an unambiguous beginning of it. It need
    /// not be active.
    pub candidate: String,
    /// Settings to try it under, in place of those of the same name in the binding.
    pub settings: Option<JsonObject>,
    /// Only checks from this day on (Asia/Shanghai).
    pub since: Option<Day>,
    /// Only checks up to the end of this day (Asia/Shanghai).
    pub until: Option<Day>,
    /// At most so many checks, spread evenly over all the others; at least 1.
    #[schema(minimum = 1)]
    pub sample: Option<u64>,
}

impl StartBacktest {
    /// The settings to try, as the text of a JSON object.
    ///
    /// # Errors
    /// When they are no JSON object, or nested too deeply.
    pub fn settings(&self) -> Result<Option<String>, FieldProblem> {
        let checked = self.settings.as_ref().map(|settings| settings.checked("settings", "value.type"));
        Ok(checked.transpose()?.map(str::to_owned))
    }
}

/// A backtest that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedBacktest {
    /// Its id, to ask how far it is.
    pub id: String,
}

/// A backtest, and how far it is.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Backtest {
    /// Its id.
    pub id: String,
    /// Id of the binding.
    pub binding: String,
    /// `sha256:<hex>` of the candidate.
    pub candidate: String,
    /// `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Checks looked at.
    pub done: u64,
    /// Checks to be looked at; 0 as long as they are still being counted.
    pub total: u64,
    /// For `failed`: why.
    pub reason: Option<ReplayGap>,
    /// For `done`: what was found.
    pub report: Option<BacktestReport>,
}

/// The backtests of a host.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Backtests)]
pub struct BacktestsBody {
    /// The one that is running.
    pub running: Option<Backtest>,
    /// Finished ones, newest first, without their tables and cases.
    pub backtests: Vec<BacktestSummary>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    pub next: Option<String>,
}

/// What a backtest was of, and its totals.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestSummary {
    /// Its id.
    pub id: String,
    /// Id of the binding.
    pub binding: String,
    /// The candidate.
    pub candidate: PluginRef,
    /// The complete settings it was tried under.
    pub settings: JsonObject,
    /// Only checks from this day on.
    pub since: Option<Day>,
    /// Only checks up to the end of this day.
    pub until: Option<Day>,
    /// At most so many checks.
    pub sample: Option<u64>,
    /// When it ended.
    pub made_at: Instant,
    /// Key id of who asked for it.
    pub made_by: String,
    /// Checks looked at.
    pub checks: u64,
    /// How those came out that could be run again.
    pub compared: LikenessTally,
    /// Checks that could not be run again.
    pub not_reconstructible: u64,
}

/// What a backtest found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestReport {
    /// What it was of, and the totals.
    pub summary: BacktestSummary,
    /// Checks that could not be run again, by what is missing.
    pub not_reconstructible: Vec<GapCount>,
    /// Checks by outcome, recorded and new.
    pub outcomes: Vec<OutcomeCount>,
    /// Measures by the catalogue's code.
    pub measures: Vec<MeasureCount>,
    /// Checks by the kinds of list on which a party had an effective entry; a
    /// check counts under each of them.
    pub lists: Vec<ListCount>,
    /// Cases that changed or failed, oldest first; at most 10,000.
    pub cases: Vec<ChangedCase>,
    /// Further such cases, which are counted and not kept.
    pub cases_left_off: u64,
}

/// Checks that could not be run again for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapCount {
    /// Stable code, such as `not_called`.
    pub code: String,
    /// How many.
    pub checks: u64,
}

/// Checks with one outcome recorded and one outcome now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeCount {
    /// The recorded outcome.
    pub recorded: Outcome,
    /// The candidate's.
    pub candidate: Outcome,
    /// How many.
    pub checks: u64,
}

/// Checks in which a party was on a list of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListCount {
    /// `red`, `black`, `watch`, `alert`, `other`; or `none` for checks in which no
    /// party had an effective entry.
    pub kind: String,
    /// How they came out.
    pub compared: LikenessTally,
}

/// What a backtest was of, for its report.
#[derive(Debug, Clone)]
pub struct BacktestTerms<'a> {
    /// Its id.
    pub id: &'a str,
    /// What was asked for.
    pub asked: &'a StartBacktest,
    /// The candidate.
    pub candidate: &'a PluginRef,
    /// The complete settings it was tried under: a JSON object in text.
    pub settings: &'a str,
    /// Key id of who asked for it.
    pub made_by: &'a str,
    /// When it ended.
    pub made_at: Instant,
}

impl BacktestReport {
    /// The report of a backtest.
    #[must_use]
    pub fn of(terms: &BacktestTerms<'_>, tally: BacktestTally) -> Self {
        let cases_left_off = tally.cases_left_off();
        let summary = summary(terms, &tally);
        let unlisted = (UNLISTED.to_owned(), tally.unlisted);
        let listed = tally.lists.iter().map(|(kind, tally)| (kind.code().to_owned(), *tally));
        let lists = listed.chain([unlisted]).filter(|(_, tally)| tally.sum() > 0);
        let gaps = tally.not_reconstructible.iter();
        let outcomes = tally.outcomes.iter();
        Self {
            summary,
            not_reconstructible: gaps
                .map(|(code, checks)| GapCount { code: (*code).to_owned(), checks: *checks })
                .collect(),
            outcomes: outcomes
                .map(|((recorded, candidate), checks)| OutcomeCount {
                    recorded: (*recorded),
                    candidate: (*candidate),
                    checks: *checks,
                })
                .collect(),
            lists: lists.map(|(kind, tally)| ListCount { kind, compared: tally }).collect(),
            measures: tally.measures.into_values().collect(),
            cases: tally.cases.into_values().collect(),
            cases_left_off,
        }
    }
}

fn summary(terms: &BacktestTerms<'_>, tally: &BacktestTally) -> BacktestSummary {
    BacktestSummary {
        id: terms.id.to_owned(),
        binding: terms.asked.binding.clone(),
        candidate: terms.candidate.clone(),
        settings: JsonObject::of_object(terms.settings),
        since: terms.asked.since,
        until: terms.asked.until,
        sample: terms.asked.sample,
        made_at: terms.made_at,
        made_by: terms.made_by.to_owned(),
        checks: tally.checks(),
        compared: tally.compared,
        not_reconstructible: tally.not_reconstructible.values().sum(),
    }
}
