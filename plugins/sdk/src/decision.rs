//! Collects what several rules find into one verdict. No rule stops at the
//! first finding: an applicant deserves every reason, and the most severe
//! outcome wins.

use crate::{
    Advice, Commitment, Disposition, DispositionAction, Dossier, Ground, ListEntry, Measure, Outcome,
    Subject, Verdict,
};

/// A verdict in the making. It starts as "proceed" and only ever gets stricter.
#[derive(Debug)]
pub struct Decision {
    outcome: Outcome,
    dispositions: Vec<Disposition>,
    grounds: Vec<Ground>,
    advice: Vec<Advice>,
    commitment: Option<Commitment>,
    explanation: Vec<String>,
}

impl Default for Decision {
    fn default() -> Self {
        Self::new()
    }
}

impl Decision {
    /// Nothing found yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            outcome: Outcome::Proceed,
            dispositions: Vec::new(),
            grounds: Vec::new(),
            advice: Vec::new(),
            commitment: None,
            explanation: Vec::new(),
        }
    }

    /// The strictest outcome found so far.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Adds a sentence to what the officer reads.
    pub fn explain(&mut self, sentence: impl Into<String>) {
        self.explanation.push(sentence.into());
    }

    /// Adds advice to the officer.
    pub fn advise(&mut self, advice: Advice) {
        self.advice.push(advice);
    }

    /// An officer has to look, for this reason.
    pub fn require_review(&mut self, reason: impl Into<String>) {
        self.escalate(Outcome::ManualReview);
        self.explain(reason);
    }

    /// Refuses on this ground, whose text the officer reads too.
    pub fn refuse(&mut self, ground: Ground) {
        self.escalate(Outcome::Refuse);
        self.explain(ground.text.clone());
        self.grounds.push(ground);
    }

    /// Refuses because of an entry and applies the measures of it that burden. Where
    /// the catalogue attaches none that bars, an officer has to look: nothing outside
    /// the catalogue may punish (R59). `text` is what the applicant is told.
    pub fn refuse_for(&mut self, subject: Subject<'_>, entry: &ListEntry, text: impl Into<String>) {
        let text = text.into();
        match subject.ground(entry, &text) {
            Some(ground) => self.refuse(ground),
            None => {
                self.require_review(format!(
                    "{text}但措施清单未对该记录规定相应的强制性措施，请经办人依法处理。"
                ));
            }
        }
        self.apply_for(subject, entry);
    }

    /// Applies the measures of an entry that burden.
    pub fn apply_for(&mut self, subject: Subject<'_>, entry: &ListEntry) {
        for measure in subject.burdens_of(entry) {
            self.apply(measure);
        }
    }

    /// Puts off the measures of an entry that burden; the reason says when or after
    /// what they are applied.
    pub fn defer_for(&mut self, subject: Subject<'_>, entry: &ListEntry, reason: &str) {
        for measure in subject.burdens_of(entry) {
            self.defer(measure, reason);
        }
    }

    /// Goes on against a commitment, unless something stricter is found.
    pub fn accept_commitment(&mut self, commitment: Commitment, reason: impl Into<String>) {
        self.escalate(Outcome::ProceedWithCommitment);
        self.explain(reason);
        self.commitment = Some(commitment);
    }

    /// Says what becomes of a measure; a later word replaces an earlier one.
    pub fn dispose(&mut self, measure: &Measure, action: DispositionAction) {
        self.dispositions.retain(|disposition| disposition.measure != measure.id);
        self.dispositions.push(Disposition { measure: measure.id.clone(), action });
    }

    /// Whether it is said what becomes of a measure.
    #[must_use]
    pub fn disposes(&self, measure: &Measure) -> bool {
        self.dispositions.iter().any(|disposition| disposition.measure == measure.id)
    }

    /// The measure is applied here and now.
    pub fn apply(&mut self, measure: &Measure) {
        self.dispose(measure, DispositionAction::Applied);
    }

    /// The measure is applied later; the reason says when or after what.
    pub fn defer(&mut self, measure: &Measure, reason: impl Into<String>) {
        self.dispose(measure, DispositionAction::Deferred(reason.into()));
    }

    /// The measure is not applied; the reason says why the law allows that.
    pub fn exempt(&mut self, measure: &Measure, reason: impl Into<String>) {
        self.dispose(measure, DispositionAction::Exempted(reason.into()));
    }

    /// Applies every mandatory measure of a party that no rule has spoken of.
    pub fn apply_all_mandatory(&mut self, dossier: &Dossier) {
        for measure in dossier.measures.iter().filter(|measure| measure.is_mandatory()) {
            if !self.disposes(measure) {
                self.apply(measure);
            }
        }
    }

    /// The verdict. `clear` is what the officer reads when nothing was found. A
    /// favour never stands beside a refusal or an officer's review, and neither
    /// does a commitment.
    #[must_use]
    pub fn finish(mut self, clear: &str) -> Verdict {
        if self.outcome > Outcome::ProceedWithCommitment {
            self.commitment = None;
            self.advice
                .retain(|advice| !matches!(advice, Advice::FastTrack(_) | Advice::DeferredMaterials(_)));
        }
        if self.explanation.is_empty() {
            self.explain(clear);
        }
        Verdict {
            outcome: self.outcome,
            dispositions: self.dispositions,
            grounds: self.grounds,
            advice: self.advice,
            commitment: self.commitment,
            explanation: self.explanation.join("\n"),
        }
    }

    fn escalate(&mut self, outcome: Outcome) {
        self.outcome = self.outcome.max(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CalendarDate, CommitmentEffect};

    fn commitment() -> Commitment {
        Commitment {
            party: "p1".into(),
            effect: CommitmentEffect::AcceptFirst,
            text: "承诺".into(),
            missing: vec!["lease".into()],
            due_on: CalendarDate::new(2026, 9, 1),
        }
    }

    #[test]
    fn nothing_found_proceeds_with_the_clear_text() {
        let verdict = Decision::new().finish("未见异常");
        assert_eq!(verdict, Verdict::proceed("未见异常"));
    }

    #[test]
    fn the_strictest_outcome_wins_and_every_reason_stays() {
        let mut decision = Decision::new();
        decision.refuse(Ground::new("basis.a", "第一项理由"));
        decision.require_review("第二项理由");
        decision.refuse(Ground::new("basis.b", "第三项理由"));
        let verdict = decision.finish("");
        assert_eq!(verdict.outcome, Outcome::Refuse);
        assert_eq!(verdict.grounds.len(), 2);
        assert_eq!(verdict.explanation, "第一项理由\n第二项理由\n第三项理由");
    }

    #[test]
    fn no_favour_stands_beside_a_review() {
        let mut decision = Decision::new();
        decision.advise(Advice::FastTrack("绿色通道".into()));
        decision.advise(Advice::Note("提示".into()));
        decision.accept_commitment(commitment(), "容缺受理");
        decision.require_review("须人工核实");
        let verdict = decision.finish("");
        assert_eq!(verdict.outcome, Outcome::ManualReview);
        assert_eq!(verdict.commitment, None);
        assert_eq!(verdict.advice, [Advice::Note("提示".into())]);
    }
}
