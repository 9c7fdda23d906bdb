//! Two decisions on the same case, held against each other: the recorded one,
//! and what would have been decided under another release or on another dossier.

use creditgate_credit::check::{SettledMeasure, Status};
use creditgate_credit::verdict::Outcome;
use creditgate_credit::vocabulary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::settle::Settled;

/// Longest text of a decision that is kept, in characters. A report holds
/// thousands of decisions, and a plug-in may explain at any length.
const LONGEST_TEXT: usize = 500;

/// What a check came to, as far as people compare it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// What was found.
    pub status: Status,
    /// What should happen.
    pub outcome: Outcome,
    /// Why the outcome is not the plug-in's, or why there is none; empty where
    /// it is. At most 500 characters.
    pub reason: String,
    /// What the officer reads; at most 500 characters.
    pub explanation: String,
}

impl Decision {
    /// What the host stood, or would stand behind.
    #[must_use]
    pub fn of(settled: &Settled) -> Self {
        let reasons: Vec<&str> = settled.reasons.iter().map(|reason| reason.text.as_str()).collect();
        Self {
            status: settled.status,
            outcome: settled.outcome,
            reason: shortened(&reasons.join("; ")),
            explanation: shortened(&settled.explanation),
        }
    }
}

vocabulary! {
    /// What becomes of a measure in a decision.
    pub enum Fate {
        /// Applied here and now.
        Applied = "applied",
        /// Applied later.
        Deferred = "deferred",
        /// Not applied, as the law allows.
        Exempted = "exempted",
        /// It applies, and the plug-in did not say what becomes of it.
        Undisposed = "undisposed",
        /// It does not apply to this case.
        Absent = "absent",
    }
}

impl Fate {
    /// What a decision made of a measure.
    #[must_use]
    pub fn of(measure: &SettledMeasure) -> Self {
        use creditgate_credit::verdict::DispositionAction::{Applied, Deferred, Exempted};
        match measure.disposition {
            Some(Applied) => Self::Applied,
            Some(Deferred(_)) => Self::Deferred,
            Some(Exempted(_)) => Self::Exempted,
            None => Self::Undisposed,
        }
    }
}

/// A measure of a case, in both decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MeasurePair<'a> {
    /// Id within the case.
    pub(crate) id: &'a str,
    /// Code of the catalogue.
    pub(crate) code: &'a str,
    /// What the recorded decision made of it.
    pub(crate) recorded: Fate,
    /// What the other decision makes of it.
    pub(crate) now: Fate,
}

/// A measure of which the two decisions make different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeasureChange {
    /// Id within the case.
    pub id: String,
    /// What the recorded decision made of it.
    pub recorded: Fate,
    /// What the other decision makes of it.
    pub now: Fate,
}

vocabulary! {
    /// How two decisions stand to each other.
    pub enum Likeness {
        /// The same to the last word.
        Identical = "identical",
        /// The same status, outcome and measures, in other words or with other
        /// advice, grounds or commitments.
        Reworded = "reworded",
        /// Another status or outcome, or another fate of a measure.
        Changed = "changed",
        /// There was a decision, and now the case could not be checked.
        Failed = "failed",
    }
}

/// A recorded decision and another one on the same case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// `identical`; `reworded`: the same status, outcome and measures in other
    /// words; `changed`; or `failed`: could not be checked any more.
    #[schema(value_type = String)]
    pub likeness: Likeness,
    /// The recorded decision.
    pub recorded: Decision,
    /// The other decision.
    pub now: Decision,
    /// Measures of which they make different things.
    pub measures: Vec<MeasureChange>,
}

impl Comparison {
    /// Holds two decisions against each other.
    #[must_use]
    pub fn of(recorded: &Settled, now: &Settled) -> Self {
        let changes = pairs(recorded, now)
            .filter(|pair| pair.recorded != pair.now)
            .map(|pair| MeasureChange { id: pair.id.to_owned(), recorded: pair.recorded, now: pair.now });
        Self {
            likeness: likeness(recorded, now),
            recorded: Decision::of(recorded),
            now: Decision::of(now),
            measures: changes.collect(),
        }
    }
}

/// How two decisions stand to each other, without their words.
pub(crate) fn likeness(recorded: &Settled, now: &Settled) -> Likeness {
    if recorded == now {
        return Likeness::Identical;
    }
    if now.status == Status::CouldNotCheck && recorded.status != Status::CouldNotCheck {
        return Likeness::Failed;
    }
    let same = recorded.status == now.status
        && recorded.outcome == now.outcome
        && pairs(recorded, now).all(|pair| pair.recorded == pair.now);
    if same { Likeness::Reworded } else { Likeness::Changed }
}

/// Every measure of either decision, once.
pub(crate) fn pairs<'a>(recorded: &'a Settled, now: &'a Settled) -> impl Iterator<Item = MeasurePair<'a>> {
    let then = recorded.measures.iter().map(|measure| MeasurePair {
        id: &measure.measure.id,
        code: &measure.measure.code,
        recorded: Fate::of(measure),
        now: fate_in(now, &measure.measure.id),
    });
    let only_now =
        now.measures.iter().filter(|measure| fate_in(recorded, &measure.measure.id) == Fate::Absent);
    then.chain(only_now.map(|measure| MeasurePair {
        id: &measure.measure.id,
        code: &measure.measure.code,
        recorded: Fate::Absent,
        now: Fate::of(measure),
    }))
}

fn fate_in(settled: &Settled, id: &str) -> Fate {
    settled.measures.iter().find(|measure| measure.measure.id == id).map_or(Fate::Absent, Fate::of)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use creditgate_credit::verdict::{Advice, DispositionAction};

    use super::samples::settled;
    use super::*;

    #[test]
    fn decisions_are_told_apart_by_what_they_do_before_how_they_say_it() {
        let recorded = settled(Status::Hit, Outcome::Proceed, &["m1", "m2"]);
        let mut reworded = recorded.clone();
        reworded.explanation = "another way to put it".to_owned();
        let mut advised = recorded.clone();
        advised.advice.push(Advice::Note("look".to_owned()));
        let mut exempted = recorded.clone();
        exempted.measures[1].disposition = Some(DispositionAction::Exempted("art. 5".to_owned()));
        let mut refused = recorded.clone();
        refused.outcome = Outcome::Refuse;
        let failed = settled(Status::CouldNotCheck, Outcome::ManualReview, &["m1", "m2"]);
        let cases = [
            (recorded.clone(), Likeness::Identical),
            (reworded, Likeness::Reworded),
            (advised, Likeness::Reworded),
            (exempted, Likeness::Changed),
            (refused, Likeness::Changed),
            (failed.clone(), Likeness::Failed),
        ];
        for (now, expected) in cases {
            assert_eq!(likeness(&recorded, &now), expected, "{now:?}");
        }
        assert_eq!(likeness(&failed, &recorded), Likeness::Changed, "from no decision to one");
    }

    #[test]
    fn a_measure_in_one_decision_only_is_absent_in_the_other() {
        let recorded = settled(Status::Hit, Outcome::Proceed, &["m1", "m2"]);
        let now = settled(Status::Hit, Outcome::Proceed, &["m2", "m3"]);
        let changes = Comparison::of(&recorded, &now).measures;
        let change = |id: &str, recorded, now| MeasureChange { id: id.to_owned(), recorded, now };
        let expected = [
            change("m1/e1/p1", Fate::Applied, Fate::Absent),
            change("m3/e1/p1", Fate::Absent, Fate::Applied),
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let mut long = settled(Status::Clear, Outcome::Proceed, &[]);
        long.explanation = "信".repeat(LONGEST_TEXT + 1);
        let kept = Decision::of(&long).explanation;
        assert_eq!(kept, format!("{}…", "信".repeat(LONGEST_TEXT)));
    }

    #[test]
    fn every_fate_is_read_back() {
        for fate in Fate::ALL {
            assert_eq!(Fate::from_code(fate.code()), Some(*fate));
        }
    }
}
