//! A candidate on checks of the past: what would have been decided, held against
//! what was.
//!
//! One case is a pure function of its record, so cases are run in any order, on
//! any thread, and nothing of it touches what serves. Each worker adds up for
//! itself; [`BacktestTally::merge`] makes one report of all of them, the same
//! whoever took which case.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use creditgate_credit::check::PluginRef;
use creditgate_credit::entry::ListKind;
use creditgate_credit::instant;
use creditgate_credit::time::Instant;
use creditgate_credit::verdict::Outcome;
use creditgate_sandbox::{Limits, Plugin, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decision::{self, Comparison, Fate, Likeness};
use crate::deploy::{self, DeployError, Deployer};
use crate::recorded::RecordedCheck;
use crate::replay::{Gap, Inputs};
use crate::settle::Settled;
use crate::world::{Binding, World};

/// Most cases of which a report keeps both decisions.
pub const MOST_CASES: usize = 10_000;

/// A release on trial, with everything that stays the same from case to case.
pub struct Candidate {
    plugin: Plugin,
    reference: PluginRef,
    settings: Settings,
    limits: Limits,
    binding: Binding,
    /// Not a snapshot of it: who holds one keeps the releases in it from being let
    /// go. Versions of policy and catalogue never change.
    world: Arc<ArcSwap<World>>,
}

impl Deployer {
    /// Makes a component ready to be tried on the past checks of a binding. It
    /// need not be active. `settings`, the text of a JSON object, take the place
    /// of those of the same name in the binding, as those of a release do.
    ///
    /// # Errors
    /// [`DeployError`] when there is no such binding or component, or the
    /// component could never serve the binding under these settings.
    pub async fn candidate(
        &self,
        binding: &str,
        digest: &str,
        settings: Option<&str>,
    ) -> Result<Candidate, DeployError> {
        let binding = self.bound(binding)?;
        let component = self.find_component(digest)?;
        let plugin = self.load(&component.digest).await?;
        let settings = deploy::fitting_settings(&plugin, &binding, settings.unwrap_or("{}")).await?;
        let reference =
            PluginRef { name: component.name, version: component.version, digest: component.digest };
        let limits = deploy::limits(&plugin, &binding, None);
        Ok(Candidate { plugin, reference, settings, limits, binding, world: self.world() })
    }
}

impl Candidate {
    /// Which release this is.
    #[must_use]
    pub const fn release(&self) -> &PluginRef {
        &self.reference
    }

    /// The settings it is tried under, complete.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The binding whose past it is tried on, with the limits of its calls.
    #[must_use]
    pub const fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Runs one case of the past and adds what came of it.
    pub async fn run(&self, recorded: &RecordedCheck, tally: &mut BacktestTally) {
        match self.decide(recorded).await {
            Ok(settled) => tally.compare(recorded, &settled),
            Err(gap) => tally.lack(gap.code()),
        }
    }

    async fn decide(&self, recorded: &RecordedCheck) -> Result<Settled, Gap> {
        let call = recorded.judged.as_ref().ok_or_else(|| {
            let why = recorded.settled.reasons.first().map(|reason| reason.text.clone());
            Gap::NotCalled(why.unwrap_or_default())
        })?;
        if call.ended_by_time() {
            return Err(Gap::WallClock);
        }
        let world = self.world.load_full();
        let inputs = Inputs::of(recorded, &world)?;
        let rerun = inputs.run(&self.plugin, &self.settings, &self.limits).await?;
        Ok(rerun.settled)
    }
}

/// A case that would be decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedCase {
    /// The check.
    pub check_id: String,
    /// Its case.
    pub case_no: String,
    /// Instant of the check.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub checked_at: Timestamp,
    /// Both decisions.
    pub comparison: Comparison,
}

/// How often a measure met each fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FateCounts {
    /// Applied here and now.
    pub applied: u64,
    /// Applied later.
    pub deferred: u64,
    /// Not applied, as the law allows.
    pub exempted: u64,
    /// It applied, and the plug-in did not say what becomes of it.
    pub undisposed: u64,
    /// It did not apply to the case.
    pub absent: u64,
}

impl FateCounts {
    fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Applied => self.applied += 1,
            Fate::Deferred => self.deferred += 1,
            Fate::Exempted => self.exempted += 1,
            Fate::Undisposed => self.undisposed += 1,
            Fate::Absent => self.absent += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.applied += other.applied;
        self.deferred += other.deferred;
        self.exempted += other.exempted;
        self.undisposed += other.undisposed;
        self.absent += other.absent;
    }
}

/// What becomes of a measure, recorded and now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeasureCount {
    /// Code of the catalogue.
    pub code: String,
    /// By the recorded decisions.
    pub recorded: FateCounts,
    /// By the candidate's.
    pub candidate: FateCounts,
    /// Times the two differ.
    pub changed: u64,
}

impl MeasureCount {
    fn add(&mut self, recorded: Fate, candidate: Fate) {
        self.recorded.add(recorded);
        self.candidate.add(candidate);
        self.changed += u64::from(recorded != candidate);
    }

    fn merge(&mut self, other: &Self) {
        self.recorded.merge(other.recorded);
        self.candidate.merge(other.candidate);
        self.changed += other.changed;
    }
}

/// How checks of one sort came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LikenessCounts)]
pub struct LikenessTally {
    /// The same to the last word.
    pub identical: u64,
    /// The same status, outcome and measures, in other words.
    pub reworded: u64,
    /// Another status or outcome, or another fate of a measure.
    pub changed: u64,
    /// Could not be checked any more.
    pub failed: u64,
}

impl LikenessTally {
    fn add(&mut self, likeness: Likeness) {
        match likeness {
            Likeness::Identical => self.identical += 1,
            Likeness::Reworded => self.reworded += 1,
            Likeness::Changed => self.changed += 1,
            Likeness::Failed => self.failed += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.identical += other.identical;
        self.reworded += other.reworded;
        self.changed += other.changed;
        self.failed += other.failed;
    }

    /// All of them.
    #[must_use]
    pub const fn sum(&self) -> u64 {
        self.identical + self.reworded + self.changed + self.failed
    }
}

/// What a backtest has found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BacktestTally {
    /// Every check that was run again.
    pub compared: LikenessTally,
    /// Checks that could not be run again, by the code of what is missing.
    pub not_reconstructible: BTreeMap<&'static str, u64>,
    /// Checks by recorded outcome and the candidate's.
    pub outcomes: BTreeMap<(Outcome, Outcome), u64>,
    /// Measures by the catalogue's code.
    pub measures: BTreeMap<String, MeasureCount>,
    /// Checks by the kinds of list on which a party had an effective entry; a
    /// check counts under each of them.
    pub lists: BTreeMap<ListKind, LikenessTally>,
    /// Checks in which no party had an effective entry.
    pub unlisted: LikenessTally,
    /// The cases that changed or failed, by id of the check: the earliest
    /// [`MOST_CASES`], as ids are ordered by time.
    pub cases: BTreeMap<String, ChangedCase>,
}

impl BacktestTally {
    /// Every check looked at.
    #[must_use]
    pub fn checks(&self) -> u64 {
        self.compared.sum() + self.not_reconstructible.values().sum::<u64>()
    }

    /// Cases that changed or failed and are not among [`BacktestTally::cases`].
    #[must_use]
    pub fn cases_left_off(&self) -> u64 {
        (self.compared.changed + self.compared.failed).saturating_sub(self.cases.len() as u64)
    }

    /// Adds a check that cannot be run again.
    pub fn lack(&mut self, code: &'static str) {
        *self.not_reconstructible.entry(code).or_default() += 1;
    }

    /// Adds a check with what the candidate makes of it.
    pub fn compare(&mut self, recorded: &RecordedCheck, now: &Settled) {
        let then = &recorded.settled;
        let likeness = decision::likeness(then, now);
        self.compared.add(likeness);
        *self.outcomes.entry((then.outcome, now.outcome)).or_default() += 1;
        for pair in decision::pairs(then, now) {
            // Looked up before it is copied: the same few codes come again and again.
            if !self.measures.contains_key(pair.code) {
                let unseen = MeasureCount { code: pair.code.to_owned(), ..MeasureCount::default() };
                self.measures.insert(pair.code.to_owned(), unseen);
            }
            if let Some(measure) = self.measures.get_mut(pair.code) {
                measure.add(pair.recorded, pair.now);
            }
        }
        let entries = recorded.inputs.dossier.iter().flat_map(|dossier| dossier.entries());
        let kinds: BTreeSet<ListKind> = entries.map(|entry| entry.kind).collect();
        if kinds.is_empty() {
            self.unlisted.add(likeness);
        }
        for kind in kinds {
            self.lists.entry(kind).or_default().add(likeness);
        }
        if matches!(likeness, Likeness::Changed | Likeness::Failed) && self.keeps(&recorded.check_id) {
            let case = ChangedCase {
                check_id: recorded.check_id.clone(),
                case_no: recorded.inputs.application.case_no.clone(),
                checked_at: recorded.inputs.at,
                comparison: Comparison::of(then, now),
            };
            self.keep(case, MOST_CASES);
        }
    }

    /// Adds what another worker found. The order makes no difference.
    pub fn merge(&mut self, other: Self) {
        self.merge_keeping(other, MOST_CASES);
    }

    fn merge_keeping(&mut self, other: Self, most: usize) {
        self.compared.merge(other.compared);
        self.unlisted.merge(other.unlisted);
        add_all(&mut self.not_reconstructible, other.not_reconstructible);
        add_all(&mut self.outcomes, other.outcomes);
        for (code, measure) in other.measures {
            self.measures.entry(code).and_modify(|known| known.merge(&measure)).or_insert(measure);
        }
        for (kind, tally) in other.lists {
            self.lists.entry(kind).or_default().merge(tally);
        }
        for case in other.cases.into_values() {
            self.keep(case, most);
        }
    }

    /// Whether a case of this check would stay among the earliest.
    fn keeps(&self, check_id: &str) -> bool {
        self.cases.len() < MOST_CASES
            || self.cases.last_key_value().is_some_and(|(last, _)| check_id < last.as_str())
    }

    /// The earliest of all stay, so that it does not matter who came first.
    fn keep(&mut self, case: ChangedCase, most: usize) {
        if let Entry::Vacant(place) = self.cases.entry(case.check_id.clone()) {
            place.insert(case);
        }
        if self.cases.len() > most {
            self.cases.pop_last();
        }
    }
}

fn add_all<K: Ord>(sums: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, times) in more {
        *sums.entry(key).or_default() += times;
    }
}

#[cfg(test)]
mod tests;
