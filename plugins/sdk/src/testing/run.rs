//! What came of running a rule, and whether the host would take it.

use super::fixture::Fixture;
use crate::plugin::Answer;
use crate::{DispositionAction, Fact, Failure, Level, Measure, Outcome, Verdict};

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Run {
    /// What the hook answered.
    pub answer: Answer,
    /// What it reported to the credit platform, in order.
    pub reports: Vec<Fact>,
    /// What it logged, in order.
    pub log: Vec<(Level, String)>,
    measures: Vec<Measure>,
}

impl Run {
    pub(super) fn new(answer: Answer, host: &Fixture) -> Self {
        Self {
            answer,
            reports: host.reports.borrow().clone(),
            log: host.log.borrow().clone(),
            measures: host.dossiers.iter().flat_map(|dossier| dossier.measures.clone()).collect(),
        }
    }

    /// The verdict.
    ///
    /// # Panics
    /// When the hook failed, or when the host would not pass its verdict on.
    #[track_caller]
    #[must_use]
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub fn verdict(&self) -> &Verdict {
        let faults = self.faults();
        match &self.answer {
            Ok(verdict) if faults.is_empty() => verdict,
            Ok(verdict) => panic!("the host would not pass this verdict on: {faults:?}\n{verdict:#?}"),
            Err(failure) => panic!("the hook failed: {failure:?}"),
        }
    }

    /// The failure.
    ///
    /// # Panics
    /// When the hook came to a verdict.
    #[track_caller]
    #[must_use]
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub fn failure(&self) -> &Failure {
        match &self.answer {
            Ok(verdict) => panic!("the hook did not fail: {verdict:#?}"),
            Err(failure) => failure,
        }
    }

    /// What becomes of the first measure with this code, if the verdict says.
    #[must_use]
    pub fn action_on(&self, code: &str) -> Option<&DispositionAction> {
        let measure = self.measures.iter().find(|measure| measure.code == code)?;
        let verdict = self.answer.as_ref().ok()?;
        let disposition =
            verdict.dispositions.iter().find(|disposition| disposition.measure == measure.id)?;
        Some(&disposition.action)
    }

    /// Why the host would not pass the verdict on as it is. Whether a basis is
    /// in force only the host's catalogue knows.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let Ok(verdict) = &self.answer else { return Vec::new() };
        let mut faults = Vec::new();
        for measure in self.measures.iter().filter(|measure| measure.is_mandatory()) {
            if !verdict.dispositions.iter().any(|disposition| disposition.measure == measure.id) {
                faults.push(format!("mandatory measure `{}` has no disposition", measure.id));
            }
        }
        for disposition in &verdict.dispositions {
            if !self.measures.iter().any(|measure| measure.id == disposition.measure) {
                faults.push(format!("measure `{}` does not apply here", disposition.measure));
            }
            if let DispositionAction::Deferred(reason) | DispositionAction::Exempted(reason) =
                &disposition.action
                && reason.trim().is_empty()
            {
                faults.push(format!("the disposition of `{}` gives no reason", disposition.measure));
            }
        }
        if verdict.outcome == Outcome::Refuse && verdict.grounds.is_empty() {
            faults.push("a refusal without a ground".into());
        }
        let refuses = verdict.outcome == Outcome::Refuse;
        for ground in verdict.grounds.iter().filter(|_| refuses) {
            // Which materials law requires only the host's catalogue knows.
            let Some(entry) = &ground.entry else { continue };
            let bears = |measure: &&Measure| measure.entry == *entry && measure.basis == ground.basis;
            if !self.measures.iter().filter(bears).any(Measure::punishes) {
                faults.push(format!("`{}` is the basis of no measure of entry `{entry}`", ground.basis));
            }
        }
        if (verdict.outcome == Outcome::ProceedWithCommitment) != verdict.commitment.is_some() {
            faults.push("a commitment belongs to `proceed-with-commitment`, and only there".into());
        }
        if verdict.explanation.trim().is_empty() {
            faults.push("no explanation for the officer".into());
        }
        faults
    }
}
