//! What the contract's types can do beyond holding data. The types themselves
//! are generated.

use std::fmt;

use crate::rules::{KEY_SUPERVISION, PREFERENTIAL_TREATMENT, STRICT_REVIEW};
use crate::{
    Attributes, CalendarDate, Direction, Dossier, Failure, Ground, ListEntry, ListKind, Measure, Nature,
    OutOfRange, Outcome, PartyRole, Refusal, Severity, Verdict,
};

impl CalendarDate {
    /// A day. Whether it exists is not checked.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// As officers write it: `2026年9月1日`.
    #[must_use]
    pub fn chinese(self) -> String {
        format!("{}年{}月{}日", self.year, self.month, self.day)
    }
}

/// `2026-09-01`.
impl fmt::Display for CalendarDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl PartyRole {
    /// The role's name for officers.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Applicant => "申请人",
            Self::LegalRepresentative => "法定代表人",
            Self::Principal => "主要负责人",
            Self::ResponsiblePerson => "直接责任人员",
            Self::Director => "董事",
            Self::Shareholder => "股东",
            Self::Bidder => "投标人（供应商）",
            Self::Agent => "代理人",
            Self::Other => "相关方",
        }
    }
}

impl Dossier {
    /// The dossier of a party of which nothing is recorded.
    #[must_use]
    pub fn blank(party: &str) -> Self {
        Self {
            party: party.to_owned(),
            entries: Vec::new(),
            measures: Vec::new(),
            commitments: Vec::new(),
            reports: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

impl ListEntry {
    /// Whether it speaks against the party: every kind but the honour roll,
    /// and of the other records those that have a severity.
    #[must_use]
    pub fn is_adverse(&self) -> bool {
        match self.kind {
            ListKind::Red => false,
            ListKind::Black | ListKind::Watch | ListKind::Alert => true,
            ListKind::Other => self.severity.is_some(),
        }
    }

    /// Whether it is serious dishonesty: a black list, or so classified
    /// (NDRC Order 36).
    #[must_use]
    pub fn is_serious(&self) -> bool {
        self.kind == ListKind::Black || self.severity == Some(Severity::Serious)
    }

    /// Number of the judicial or administrative document it rests on.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        attribute(&self.attributes, "document")
    }

    /// Whether credit can be repaired, where the recogniser said so (R51).
    #[must_use]
    pub fn repairable(&self) -> Option<bool> {
        attribute(&self.attributes, "repairable").map(|value| value == "true")
    }

    /// Codes of the ways of repair (R103).
    pub fn repair_modes(&self) -> impl Iterator<Item = &str> {
        let modes = self.attributes.iter().filter(|(name, _)| name == "repair_mode");
        modes.map(|(_, mode)| mode.as_str())
    }

    /// A day the recogniser said, such as `repair_until`, `rectification_due_on` or
    /// `decided_on`; the contract's `list-entry` lists them.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<CalendarDate> {
        let mut parts = attribute(&self.attributes, name)?.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        Some(CalendarDate::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
    }
}

impl Measure {
    /// Whether it must be taken (R59).
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.nature == Nature::Mandatory
    }

    /// Whether it burdens.
    #[must_use]
    pub fn punishes(&self) -> bool {
        self.direction == Direction::Punish
    }

    /// Whether it can bar what is applied for: it burdens, must be taken, and asks
    /// for more than to look closely, to supervise or to grant no favour.
    #[must_use]
    pub fn bars(&self) -> bool {
        self.is_mandatory()
            && self.punishes()
            && ![KEY_SUPERVISION, STRICT_REVIEW, PREFERENTIAL_TREATMENT].contains(&self.category.as_str())
    }
}

impl Ground {
    /// A ground in the law of `basis`, a code of the catalogue.
    #[must_use]
    pub fn new(basis: impl Into<String>, text: impl Into<String>) -> Self {
        Self { basis: basis.into(), entry: None, text: text.into() }
    }
}

impl Verdict {
    fn bare(outcome: Outcome, explanation: impl Into<String>) -> Self {
        Self {
            outcome,
            dispositions: Vec::new(),
            grounds: Vec::new(),
            advice: Vec::new(),
            commitment: None,
            explanation: explanation.into(),
        }
    }

    /// Go on.
    #[must_use]
    pub fn proceed(explanation: impl Into<String>) -> Self {
        Self::bare(Outcome::Proceed, explanation)
    }

    /// An officer has to look.
    #[must_use]
    pub fn manual_review(explanation: impl Into<String>) -> Self {
        Self::bare(Outcome::ManualReview, explanation)
    }

    /// Refuse on these grounds; the host passes no refusal without one.
    #[must_use]
    pub fn refuse(grounds: Vec<Ground>, explanation: impl Into<String>) -> Self {
        Self { grounds, ..Self::bare(Outcome::Refuse, explanation) }
    }
}

impl Failure {
    /// Why no verdict was reached: a short machine name, and words for people.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAParty(party) => Self::new("not-a-party", format!("the case has no party `{party}`")),
            Refusal::WindowTooLong(years) => {
                Self::new("window-too-long", format!("the host answers no window of {years} years"))
            }
        }
    }
}

impl From<OutOfRange> for Failure {
    fn from(reason: OutOfRange) -> Self {
        match reason {
            OutOfRange::NoSuchDate => Self::new("no-such-date", "the calendar has no such day"),
            OutOfRange::TooFar => Self::new("too-far", "the host counts no more than 10000 working days"),
        }
    }
}

/// The first value of a name among attributes.
#[must_use]
pub fn attribute<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r051_what_the_recogniser_said_is_read_from_the_attributes() {
        let mut entry = ListEntry {
            id: "e1".into(),
            party: "p1".into(),
            list: "food.serious".into(),
            list_name: "示例名单".into(),
            kind: ListKind::Black,
            field: String::new(),
            severity: None,
            facts: String::new(),
            authority: String::new(),
            basis: String::new(),
            recognised_on: CalendarDate::new(2025, 3, 1),
            valid_until: None,
            suspended: false,
            attributes: Vec::new(),
        };
        assert_eq!((entry.document(), entry.repairable(), entry.day("repair_until")), (None, None, None));
        let said = [
            ("document", "示市监处〔2026〕12号"),
            ("repairable", "true"),
            ("repair_mode", "public_commitment"),
            ("repair_mode", "training"),
            ("repair_until", "2027-03-01"),
            ("decided_on", "soon"),
        ];
        entry.attributes = said.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(entry.document(), Some("示市监处〔2026〕12号"));
        assert_eq!(entry.repairable(), Some(true));
        assert_eq!(entry.repair_modes().collect::<Vec<_>>(), ["public_commitment", "training"]);
        assert_eq!(entry.day("repair_until"), Some(CalendarDate::new(2027, 3, 1)));
        assert_eq!(entry.day("decided_on"), None, "no day");
    }
}
