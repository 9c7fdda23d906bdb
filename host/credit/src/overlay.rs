//! Overlays: what this host knows of an entry before the lists say it.
//!
//! The lists are the platform's. An objection, a repair that was granted, a
//! temporary lifting or a talk is known here first, and lies over the entry
//! when it is read for a decision (R98, R99, R102). The entry itself stays as
//! the recogniser sent it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::entry::{EntryStatus, ExitGround, ListEntry, Severity};
use crate::rectification::{Rectification, Talk, TalkKind};
use crate::time::Day;

/// What is known here of an entry before the lists say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Overlay {
    /// What it comes from, such as `objection:<id>`.
    pub cause: String,
    /// First day on which it counts.
    #[cfg_attr(feature = "schema", schema(value_type = Day))]
    pub from: Date,
    /// What it does.
    #[serde(flatten)]
    pub effect: OverlayEffect,
}

/// What an overlay does to its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum OverlayEffect {
    /// Under verification: punish measures rest as far as the policy says (R98).
    Suspended,
    /// Measures are lifted for a time, as for a company in reorganisation.
    Lifted {
        /// Last day.
        #[cfg_attr(feature = "schema", schema(value_type = Day))]
        until: Date,
    },
    /// Found to be wrong: not used any more (R99).
    Withdrawn,
    /// Repaired: not used any more (R102).
    Repaired,
    /// Found to be wrong in parts (R99).
    Corrected {
        /// What the entry said.
        was: EntryContent,
        /// What it should say.
        now: EntryContent,
    },
    /// It was ordered to put things right (R53).
    Ordered {
        /// Last day.
        #[cfg_attr(feature = "schema", schema(value_type = Day))]
        due_on: Date,
        /// Day on which it was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
        done_on: Option<Date>,
    },
    /// A regulatory talk was held (R54).
    Talked {
        /// Kind.
        kind: TalkKind,
        /// Day.
        #[cfg_attr(feature = "schema", schema(value_type = Day))]
        held_on: Date,
        /// The subject did not come.
        refused: bool,
    },
}

/// What of an entry can be corrected.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EntryContent {
    /// Facts found.
    pub facts: String,
    /// Legal basis of the recognition.
    pub basis: String,
    /// Severity, where the list has one.
    pub severity: Option<Severity>,
    /// Last day of validity.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Day>))]
    pub valid_until: Option<Date>,
}

/// What a correction changes; what is absent stays.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    /// Facts found.
    pub facts: Option<String>,
    /// Legal basis of the recognition.
    pub basis: Option<String>,
    /// Severity.
    pub severity: Option<Severity>,
    /// Last day of validity.
    pub valid_until: Option<Day>,
}

impl Corrections {
    /// Whether nothing is corrected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl EntryContent {
    /// What an entry says.
    #[must_use]
    pub fn of(entry: &ListEntry) -> Self {
        Self {
            facts: entry.facts.clone(),
            basis: entry.basis.clone(),
            severity: entry.severity,
            valid_until: entry.valid_until,
        }
    }

    /// The content with these corrections.
    #[must_use]
    pub fn corrected(&self, corrections: Corrections) -> Self {
        Self {
            facts: corrections.facts.unwrap_or_else(|| self.facts.clone()),
            basis: corrections.basis.unwrap_or_else(|| self.basis.clone()),
            severity: corrections.severity.or(self.severity),
            valid_until: corrections.valid_until.map(|day| day.0).or(self.valid_until),
        }
    }
}

impl Overlay {
    /// Lays it over its entry, as of `day`.
    ///
    /// An end that is known here holds until the recogniser lists anew, that is
    /// with a later day of recognition; a correction holds field by field until
    /// the recogniser says something else than it did.
    pub fn lay(&self, entry: &mut ListEntry, day: Date) {
        if day < self.from {
            return;
        }
        match &self.effect {
            OverlayEffect::Suspended => {
                entry.suspended = true;
                note(entry, SUSPENDED_BY, &self.cause);
            }
            OverlayEffect::Lifted { until } if day <= *until => {
                entry.particulars.lifted_until = entry.particulars.lifted_until.max(Some(*until));
                note(entry, "lifted_by", &self.cause);
            }
            OverlayEffect::Lifted { .. } => {}
            OverlayEffect::Withdrawn => self.end(entry, EntryStatus::Withdrawn, ExitGround::Error),
            OverlayEffect::Repaired => self.end(entry, EntryStatus::Repaired, ExitGround::Repaired),
            OverlayEffect::Corrected { was, now } => {
                replace(&mut entry.facts, &was.facts, &now.facts);
                replace(&mut entry.basis, &was.basis, &now.basis);
                replace(&mut entry.severity, &was.severity, &now.severity);
                replace(&mut entry.valid_until, &was.valid_until, &now.valid_until);
                note(entry, "corrected_by", &self.cause);
            }
            &OverlayEffect::Ordered { due_on, done_on } => {
                let order = Rectification { due_on, done_on };
                note(entry, "rectification_state", order.state_on(day).code());
            }
            &OverlayEffect::Talked { kind, held_on, refused } => {
                note(entry, "talk", Talk { kind, held_on, refused }.word());
            }
        }
    }

    fn end(&self, entry: &mut ListEntry, status: EntryStatus, ground: ExitGround) {
        let ended = matches!(entry.status, EntryStatus::Withdrawn | EntryStatus::Repaired);
        if ended || entry.recognised_on > self.from {
            return;
        }
        entry.status = status;
        entry.ended_on = Some(self.from);
        entry.particulars.exit_ground = Some(ground);
        note(entry, "ended_by", &self.cause);
    }
}

/// What an overlay that takes something from its entry notes on it.
const TAKEN: [&str; 4] = [SUSPENDED_BY, "lifted_by", "ended_by", "corrected_by"];
const SUSPENDED_BY: &str = "suspended_by";

/// The cause where the source of an entry itself says that it rests.
pub const BY_SOURCE: &str = "source";

/// Why an entry, as it was read for a check, did not count as its source has it:
/// the causes of what lay over it, or [`BY_SOURCE`]. Nothing where it did. A check
/// that passed over it comes back when the cause turns out to be none.
#[must_use]
pub fn passed_over_by(suspended: bool, attributes: &[(String, String)]) -> Vec<&str> {
    let mut causes: Vec<&str> = attributes
        .iter()
        .filter(|(name, _)| TAKEN.contains(&kind_of(name)))
        .map(|(_, cause)| cause.as_str())
        .collect();
    if suspended && !attributes.iter().any(|(name, _)| kind_of(name) == SUSPENDED_BY) {
        causes.push(BY_SOURCE);
    }
    causes
}

/// The name of a note without its number.
fn kind_of(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((kind, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => kind,
        _ => name,
    }
}

fn replace<T: Clone + PartialEq>(value: &mut T, was: &T, now: &T) {
    if value == was {
        value.clone_from(now);
    }
}

/// Notes something under a name of its own: the second of a kind is `<name>_2`. A
/// record in which an attribute stands twice could not be read again.
fn note(entry: &mut ListEntry, name: &str, value: &str) {
    let taken = |wanted: &str| entry.attributes.iter().any(|(known, _)| known == wanted);
    let mut unique = name.to_owned();
    for number in 2_u32.. {
        if !taken(&unique) {
            break;
        }
        unique = format!("{name}_{number}");
    }
    entry.attributes.push((unique, value.to_owned()));
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::entry::EntryState;
    use crate::samples;

    const TODAY: Date = date(2026, 11, 23);

    fn laid(entry: &ListEntry, effect: OverlayEffect, day: Date) -> ListEntry {
        let mut entry = entry.clone();
        Overlay { cause: "objection:o1".into(), from: TODAY, effect }.lay(&mut entry, day);
        entry
    }

    fn attribute<'a>(entry: &'a ListEntry, name: &str) -> Option<&'a str> {
        entry.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn r098_a_suspension_says_where_it_comes_from() {
        let entry = laid(&samples::entry("e1", "black"), OverlayEffect::Suspended, TODAY);
        assert!(entry.suspended);
        assert_eq!(attribute(&entry, "suspended_by"), Some("objection:o1"));
        assert_eq!(entry.state_on(TODAY), EntryState::Effective, "an overlay, not a state");
    }

    #[test]
    fn r099_what_was_withdrawn_is_not_used_until_it_is_listed_anew() {
        let entry = samples::entry("e1", "black");
        let yesterday = date(2026, 11, 22);
        assert_eq!(laid(&entry, OverlayEffect::Withdrawn, yesterday), entry, "it counts from its day");
        assert_eq!(laid(&entry, OverlayEffect::Withdrawn, TODAY).state_on(TODAY), EntryState::Withdrawn);
        let mut anew = entry;
        anew.recognised_on = date(2026, 11, 24);
        assert_eq!(laid(&anew, OverlayEffect::Withdrawn, date(2026, 11, 25)), anew);
    }

    #[test]
    fn r102_what_was_repaired_is_not_used_and_what_had_ended_stays_as_it_ended() {
        let mut entry = samples::entry("e1", "black");
        let repaired = laid(&entry, OverlayEffect::Repaired, TODAY);
        assert_eq!(repaired.state_on(TODAY), EntryState::Repaired);
        assert_eq!(repaired.particulars.exit_ground, Some(ExitGround::Repaired));
        entry.status = EntryStatus::Withdrawn;
        assert_eq!(laid(&entry, OverlayEffect::Repaired, TODAY), entry);
    }

    #[test]
    fn r099_a_correction_holds_field_by_field_until_the_recogniser_says_otherwise() {
        let mut entry = samples::entry("e1", "black");
        let was = EntryContent::of(&entry);
        let corrections = Corrections {
            facts: Some("更正后的事实".into()),
            severity: Some(Severity::Slight),
            ..Corrections::default()
        };
        let effect = OverlayEffect::Corrected { now: was.corrected(corrections), was };
        let corrected = laid(&entry, effect.clone(), TODAY);
        assert_eq!((corrected.facts.as_str(), corrected.severity), ("更正后的事实", Some(Severity::Slight)));
        assert_eq!(corrected.valid_until, entry.valid_until, "what was not corrected stays");
        entry.facts = "认定部门自己的更正".into();
        let corrected = laid(&entry, effect, TODAY);
        assert_eq!(corrected.facts, "认定部门自己的更正");
        assert_eq!(corrected.severity, Some(Severity::Slight));
    }

    #[test]
    fn r100_what_an_entry_was_passed_over_for_is_known_by_its_cause() {
        let causes = |entry: &ListEntry| passed_over_by(entry.suspended, &entry.attributes).join(" ");
        let entry = samples::entry("e1", "black");
        assert_eq!(causes(&entry), "", "it counted");
        let was = EntryContent::of(&entry);
        for effect in [
            OverlayEffect::Suspended,
            OverlayEffect::Lifted { until: TODAY },
            OverlayEffect::Withdrawn,
            OverlayEffect::Repaired,
            OverlayEffect::Corrected { now: was.clone(), was },
        ] {
            assert_eq!(causes(&laid(&entry, effect, TODAY)), "objection:o1");
        }
        let mut twice = laid(&entry, OverlayEffect::Suspended, TODAY);
        let effect = OverlayEffect::Suspended;
        Overlay { cause: "objection:o2".into(), from: TODAY, effect }.lay(&mut twice, TODAY);
        assert_eq!(causes(&twice), "objection:o1 objection:o2");
        assert_eq!(attribute(&twice, "suspended_by_2"), Some("objection:o2"), "no name stands twice");
        let mut entry = entry;
        entry.suspended = true;
        assert_eq!(causes(&entry), BY_SOURCE);
        let ordered = OverlayEffect::Ordered { due_on: TODAY, done_on: None };
        entry.suspended = false;
        assert_eq!(causes(&laid(&entry, ordered, TODAY)), "", "an order takes nothing away");
    }

    #[test]
    fn r102_a_lifting_has_a_last_day() {
        let entry = samples::entry("e1", "black");
        let effect = OverlayEffect::Lifted { until: date(2027, 1, 31) };
        let lifted = laid(&entry, effect.clone(), date(2027, 1, 31));
        assert!(lifted.lifted_on(date(2027, 1, 31)) && !lifted.lifted_on(date(2027, 2, 1)));
        assert_eq!(laid(&entry, effect, date(2027, 2, 1)), entry);
    }

    #[test]
    fn r053_r054_a_plug_in_sees_whether_things_were_put_right_and_whether_there_was_a_talk() {
        let entry = samples::entry("e1", "black");
        let order = OverlayEffect::Ordered { due_on: date(2026, 11, 24), done_on: None };
        let late = date(2026, 11, 25);
        for (day, state) in [(TODAY, "open"), (late, "late")] {
            let ordered = laid(&entry, order.clone(), day);
            assert_eq!(attribute(&ordered, "rectification_state"), Some(state));
        }
        let talked = OverlayEffect::Talked { kind: TalkKind::Warning, held_on: TODAY, refused: true };
        assert_eq!(attribute(&laid(&entry, talked, late), "talk"), Some("warning_refused"));
    }

    #[test]
    fn an_overlay_survives_the_way_there_and_back() {
        let was = EntryContent {
            facts: "示例事实".into(),
            basis: "示例依据".into(),
            severity: Some(Severity::Serious),
            valid_until: None,
        };
        let now = EntryContent { severity: None, valid_until: Some(TODAY), ..was.clone() };
        let effects = [
            (OverlayEffect::Suspended, r#""effect":"suspended""#),
            (OverlayEffect::Lifted { until: TODAY }, r#""effect":"lifted","until":"2026-11-23""#),
            (OverlayEffect::Withdrawn, r#""effect":"withdrawn""#),
            (OverlayEffect::Repaired, r#""effect":"repaired""#),
            (OverlayEffect::Corrected { was, now }, r#""effect":"corrected","was":{"facts":"示例事实""#),
            (
                OverlayEffect::Ordered { due_on: TODAY, done_on: None },
                r#""effect":"ordered","due_on":"2026-11-23"}"#,
            ),
            (OverlayEffect::Ordered { due_on: TODAY, done_on: Some(TODAY) }, r#""done_on":"2026-11-23""#),
            (
                OverlayEffect::Talked { kind: TalkKind::Warning, held_on: TODAY, refused: true },
                r#""effect":"talked","kind":"warning","held_on":"2026-11-23","refused":true"#,
            ),
        ];
        for (effect, written) in effects {
            let overlay = Overlay { cause: "objection:o1".into(), from: TODAY, effect };
            let text = serde_json::to_string(&overlay).unwrap();
            assert!(text.starts_with(r#"{"cause":"objection:o1","from":"2026-11-23","effect":"#), "{text}");
            assert!(text.contains(written), "{text}");
            assert_eq!(serde_json::from_str::<Overlay>(&text).unwrap(), overlay, "{text}");
        }
    }
}
