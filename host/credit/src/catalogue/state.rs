//! An edition's way to publication (R65): a draft is reviewed for its norms and
//! for its legality, then published, and superseded by the next.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Catalogue;
#[cfg(feature = "schema")]
use crate::time::Instant;
use crate::{instant, vocabulary};

vocabulary! {
    /// Where an edition is.
    pub enum EditionState {
        /// It was imported, and may be replaced by another import.
        Draft = "draft",
        /// 规范性审核 passed.
        NormativeReviewed = "normative_reviewed",
        /// 合法性审核 passed.
        LegalReviewed = "legal_reviewed",
        /// It serves checks of its days.
        Published = "published",
        /// Another published edition has taken its place. Follows from the day and
        /// is never kept.
        Superseded = "superseded",
    }
}

vocabulary! {
    /// What a review looks at.
    pub enum ReviewKind {
        /// 规范性审核: form, wording and completeness.
        Normative = "normative",
        /// 合法性审核: whether the law carries it.
        Legal = "legal",
    }
}

vocabulary! {
    /// What a review found.
    pub enum ReviewResult {
        /// It may go on.
        Passed = "passed",
        /// It goes back to its maker, as a draft.
        Returned = "returned",
    }
}

vocabulary! {
    /// Which reviews a jurisdiction asks for before publication.
    pub enum ReviewRule {
        /// The normative review, then the legal one.
        Both = "both",
        /// The legal one.
        Legal = "legal",
        /// None.
        None = "none",
    }
}

/// A step on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionStep {
    /// A review by somebody other than who imported the edition.
    Review {
        /// What was looked at.
        kind: ReviewKind,
        /// What was found.
        result: ReviewResult,
    },
    /// The publication.
    Publication,
}

impl EditionStep {
    /// Machine name: that of the review, or `publication`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Review { kind, .. } => kind.code(),
            Self::Publication => "publication",
        }
    }
}

/// Something that was done with an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = EditionStep))]
pub struct TakenStep {
    /// `import`, or the machine name of the step: `normative`, `legal` or `publication`.
    pub step: String,
    /// What a review found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ReviewResult>,
    /// Where the edition was afterwards.
    pub state: EditionState,
    /// When.
    #[serde(with = "instant")]
    #[cfg_attr(feature = "schema", schema(value_type = Instant))]
    pub at: Timestamp,
    /// Key id of who did it.
    pub actor: String,
    /// What they said.
    pub comment: String,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Nobody reviews what they imported.
    #[error("who imported an edition does not review it; somebody else has to")]
    Own,
    /// The edition is somewhere else on its way.
    #[error("the edition is {}; the step `{}` is for an edition that is {}", state.code(), step.code(), needed.code())]
    NotNow {
        /// Where it is.
        state: EditionState,
        /// The step.
        step: EditionStep,
        /// Where it would have to be.
        needed: EditionState,
    },
}

impl StepError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "catalogue.own_review",
            Self::NotNow { .. } => "catalogue.illegal_step",
        }
    }
}

/// Where an edition is after a step; `own` says that who takes it imported the
/// edition.
///
/// # Errors
/// [`StepError`]; the edition stays where it is.
pub fn after(
    state: EditionState,
    step: EditionStep,
    rule: ReviewRule,
    own: bool,
) -> Result<EditionState, StepError> {
    let needed = needed(step, rule);
    let fits = match step {
        // Where no review is asked for, one that was made does no harm.
        EditionStep::Publication => is_as_far_as(state, needed),
        EditionStep::Review { .. } => state == needed,
    };
    if !fits {
        return Err(StepError::NotNow { state, step, needed });
    }
    match step {
        EditionStep::Review { .. } if own => Err(StepError::Own),
        EditionStep::Review { result: ReviewResult::Returned, .. } => Ok(EditionState::Draft),
        EditionStep::Review { kind: ReviewKind::Normative, .. } => Ok(EditionState::NormativeReviewed),
        EditionStep::Review { kind: ReviewKind::Legal, .. } => Ok(EditionState::LegalReviewed),
        EditionStep::Publication => Ok(EditionState::Published),
    }
}

/// Where an edition has to be for a step.
const fn needed(step: EditionStep, rule: ReviewRule) -> EditionState {
    match (step, rule) {
        (EditionStep::Review { kind: ReviewKind::Legal, .. }, ReviewRule::Both) => {
            EditionState::NormativeReviewed
        }
        (EditionStep::Review { .. }, _) | (EditionStep::Publication, ReviewRule::None) => EditionState::Draft,
        (EditionStep::Publication, ReviewRule::Both | ReviewRule::Legal) => EditionState::LegalReviewed,
    }
}

const fn is_as_far_as(state: EditionState, needed: EditionState) -> bool {
    use EditionState::{Draft, LegalReviewed, NormativeReviewed, Published, Superseded};
    match needed {
        Draft => matches!(state, Draft | NormativeReviewed | LegalReviewed),
        NormativeReviewed => matches!(state, NormativeReviewed | LegalReviewed),
        LegalReviewed => matches!(state, LegalReviewed),
        Published | Superseded => false,
    }
}

/// Whether another published edition serves the checks of `day` in the place of
/// one that was published: it is in force and began later.
pub fn is_superseded<'a>(
    edition: &Catalogue,
    mut published: impl Iterator<Item = &'a Catalogue>,
    day: Date,
) -> bool {
    published.any(|other| other.in_force_on(day) && other.effective_from > edition.effective_from)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const STEPS: [EditionStep; 5] = [
        review(ReviewKind::Normative, ReviewResult::Passed),
        review(ReviewKind::Normative, ReviewResult::Returned),
        review(ReviewKind::Legal, ReviewResult::Passed),
        review(ReviewKind::Legal, ReviewResult::Returned),
        EditionStep::Publication,
    ];

    const fn review(kind: ReviewKind, result: ReviewResult) -> EditionStep {
        EditionStep::Review { kind, result }
    }

    #[test]
    fn r065_an_edition_is_reviewed_twice_and_then_published() {
        use EditionState::{Draft, LegalReviewed, NormativeReviewed, Published, Superseded};
        let [normative, returned, legal, legal_returned, publication] = STEPS;
        let both = [
            (Draft, normative, Some(NormativeReviewed)),
            (Draft, returned, Some(Draft)),
            (Draft, legal, None),
            (Draft, publication, None),
            (NormativeReviewed, normative, None),
            (NormativeReviewed, legal, Some(LegalReviewed)),
            (NormativeReviewed, legal_returned, Some(Draft)),
            (NormativeReviewed, publication, None),
            (LegalReviewed, legal, None),
            (LegalReviewed, publication, Some(Published)),
            (Published, normative, None),
            (Published, publication, None),
            (Superseded, publication, None),
        ];
        for (state, step, expected) in both {
            assert_eq!(after(state, step, ReviewRule::Both, false).ok(), expected, "{state:?} {step:?}");
        }
        assert_eq!(after(Draft, legal, ReviewRule::Legal, false), Ok(LegalReviewed));
        assert!(after(NormativeReviewed, publication, ReviewRule::Legal, false).is_err());
        assert_eq!(after(Draft, publication, ReviewRule::None, true), Ok(Published));
    }

    #[test]
    fn r065_nobody_reviews_what_they_imported_but_they_may_publish_it() {
        let [normative, _, legal, _, publication] = STEPS;
        assert_eq!(after(EditionState::Draft, normative, ReviewRule::Both, true), Err(StepError::Own));
        assert_eq!(
            after(EditionState::NormativeReviewed, legal, ReviewRule::Both, true),
            Err(StepError::Own)
        );
        let published = after(EditionState::LegalReviewed, publication, ReviewRule::Both, true);
        assert_eq!(published, Ok(EditionState::Published));
    }

    #[test]
    fn r065_a_newer_edition_in_force_supersedes_the_one_before() {
        let old = Catalogue::empty("2026", date(2026, 1, 1));
        let new = Catalogue::empty("2027", date(2027, 1, 1));
        let superseded = |day| is_superseded(&old, [&old, &new].into_iter(), day);
        assert!(!superseded(date(2026, 12, 31)));
        assert!(superseded(date(2027, 1, 1)));
        assert!(!is_superseded(&new, [&old, &new].into_iter(), date(2027, 1, 1)));
    }

    proptest! {
        /// Whatever is tried, an edition is only published after both reviews
        /// passed since it was last a draft.
        #[test]
        fn r065_no_way_leads_around_the_reviews(tried in prop::collection::vec(0..STEPS.len(), 0..40)) {
            let (mut state, mut passed) = (EditionState::Draft, Vec::new());
            for step in tried.into_iter().map(|index| STEPS[index]) {
                let Ok(next) = after(state, step, ReviewRule::Both, false) else { continue };
                match step {
                    EditionStep::Review { kind, result: ReviewResult::Passed } => passed.push(kind),
                    EditionStep::Review { .. } => passed.clear(),
                    EditionStep::Publication => {
                        prop_assert_eq!(&passed, &[ReviewKind::Normative, ReviewKind::Legal]);
                    }
                }
                state = next;
            }
        }
    }
}
