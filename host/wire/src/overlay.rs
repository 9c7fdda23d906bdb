//! What lies over an entry, as the store keeps it and its file shows it.

use creditgate_credit::entry::Severity;
use creditgate_credit::overlay::{Corrections, EntryContent, Overlay, OverlayEffect};
use creditgate_credit::rectification::{Rectification, Talk, TalkKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Day;

/// What is known here of an entry before the lists say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Overlay)]
pub struct OverlayBody {
    /// What it comes from, such as `objection:<id>`.
    pub cause: String,
    /// First day on which it counts.
    #[schema(inline)]
    pub from: Day,
    /// What it does.
    #[serde(flatten)]
    pub effect: OverlayEffectBody,
}

/// What an overlay does to its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[schema(as = OverlayEffect)]
pub enum OverlayEffectBody {
    /// Under verification.
    Suspended,
    /// Measures are lifted for a time.
    Lifted {
        /// Last day.
        #[schema(inline)]
        until: Day,
    },
    /// Found to be wrong.
    Withdrawn,
    /// Repaired.
    Repaired,
    /// Found to be wrong in parts.
    Corrected {
        /// What the entry said.
        was: EntryContentBody,
        /// What it should say.
        now: EntryContentBody,
    },
    /// It was ordered to put things right.
    Ordered {
        /// Last day.
        #[schema(inline)]
        due_on: Day,
        /// Day on which it was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(inline)]
        done_on: Option<Day>,
    },
    /// A regulatory talk was held.
    Talked {
        /// Kind.
        #[schema(inline)]
        kind: TalkKind,
        /// Day.
        #[schema(inline)]
        held_on: Day,
        /// The subject did not come.
        refused: bool,
    },
}

/// What of an entry can be corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EntryContent)]
pub struct EntryContentBody {
    /// Facts found.
    pub facts: String,
    /// Legal basis of the recognition.
    pub basis: String,
    /// Severity, where the list has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub severity: Option<Severity>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub valid_until: Option<Day>,
}

/// What a correction changes; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Corrections)]
pub struct CorrectionsBody {
    /// Facts found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<String>,
    /// Legal basis of the recognition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub severity: Option<Severity>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub valid_until: Option<Day>,
}

impl CorrectionsBody {
    /// Whether nothing is corrected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<CorrectionsBody> for Corrections {
    fn from(body: CorrectionsBody) -> Self {
        Self {
            facts: body.facts,
            basis: body.basis,
            severity: body.severity,
            valid_until: body.valid_until.map(|day| day.0),
        }
    }
}

impl From<EntryContent> for EntryContentBody {
    fn from(content: EntryContent) -> Self {
        Self {
            facts: content.facts,
            basis: content.basis,
            severity: content.severity,
            valid_until: content.valid_until.map(Day),
        }
    }
}

impl From<EntryContentBody> for EntryContent {
    fn from(body: EntryContentBody) -> Self {
        Self {
            facts: body.facts,
            basis: body.basis,
            severity: body.severity,
            valid_until: body.valid_until.map(|day| day.0),
        }
    }
}

impl From<Overlay> for OverlayBody {
    fn from(overlay: Overlay) -> Self {
        let effect = match overlay.effect {
            OverlayEffect::Suspended => OverlayEffectBody::Suspended,
            OverlayEffect::Lifted { until } => OverlayEffectBody::Lifted { until: until.into() },
            OverlayEffect::Withdrawn => OverlayEffectBody::Withdrawn,
            OverlayEffect::Repaired => OverlayEffectBody::Repaired,
            OverlayEffect::Corrected { was, now } => {
                OverlayEffectBody::Corrected { was: was.into(), now: now.into() }
            }
            OverlayEffect::Ordered(Rectification { due_on, done_on }) => {
                OverlayEffectBody::Ordered { due_on: due_on.into(), done_on: done_on.map(Day) }
            }
            OverlayEffect::Talked(Talk { kind, held_on, refused }) => {
                OverlayEffectBody::Talked { kind, held_on: held_on.into(), refused }
            }
        };
        Self { cause: overlay.cause, from: overlay.from.into(), effect }
    }
}

impl From<OverlayBody> for Overlay {
    fn from(body: OverlayBody) -> Self {
        let effect = match body.effect {
            OverlayEffectBody::Suspended => OverlayEffect::Suspended,
            OverlayEffectBody::Lifted { until } => OverlayEffect::Lifted { until: until.0 },
            OverlayEffectBody::Withdrawn => OverlayEffect::Withdrawn,
            OverlayEffectBody::Repaired => OverlayEffect::Repaired,
            OverlayEffectBody::Corrected { was, now } => {
                OverlayEffect::Corrected { was: was.into(), now: now.into() }
            }
            OverlayEffectBody::Ordered { due_on, done_on } => {
                OverlayEffect::Ordered(Rectification { due_on: due_on.0, done_on: done_on.map(|day| day.0) })
            }
            OverlayEffectBody::Talked { kind, held_on, refused } => {
                OverlayEffect::Talked(Talk { kind, held_on: held_on.0, refused })
            }
        };
        Self { cause: body.cause, from: body.from.0, effect }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_overlay_survives_the_way_there_and_back() {
        let day = date(2026, 11, 23);
        let was = EntryContent {
            facts: "示例事实".into(),
            basis: "示例依据".into(),
            severity: Some(Severity::Serious),
            valid_until: None,
        };
        let now = EntryContent { severity: None, valid_until: Some(day), ..was.clone() };
        let effects = [
            OverlayEffect::Suspended,
            OverlayEffect::Lifted { until: day },
            OverlayEffect::Withdrawn,
            OverlayEffect::Repaired,
            OverlayEffect::Corrected { was, now },
            OverlayEffect::Ordered(Rectification { due_on: day, done_on: None }),
            OverlayEffect::Ordered(Rectification { due_on: day, done_on: Some(day) }),
            OverlayEffect::Talked(Talk { kind: TalkKind::Warning, held_on: day, refused: true }),
        ];
        for effect in effects {
            let overlay = Overlay { cause: "objection:o1".into(), from: day, effect };
            let text = serde_json::to_string(&OverlayBody::from(overlay.clone())).unwrap();
            let body: OverlayBody = serde_json::from_str(&text).unwrap();
            assert_eq!(Overlay::from(body), overlay, "{text}");
        }
    }
}
