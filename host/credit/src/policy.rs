//! Jurisdiction policy: the parameters on which localities differ and which
//! later rules changed, as dated data.

use jiff::civil::Date;

use crate::application::RequiredBy;
use crate::entry::ListKind;
use crate::identifier::Strictness;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Which punish measures rest while an entry is under verification (R98).
    pub enum SuspensionScope {
        /// All of them.
        AllPunish = "all_punish",
        /// Only those of black lists.
        BlackOnly = "black_only",
    }
}

impl SuspensionScope {
    /// Whether a suspended entry of this kind triggers no punish measure.
    #[must_use]
    pub const fn covers(self, kind: ListKind) -> bool {
        match self {
            Self::AllPunish => true,
            Self::BlackOnly => matches!(kind, ListKind::Black),
        }
    }
}

vocabulary! {
    /// What a commitment brings before the missing materials arrive.
    pub enum CommitmentEffect {
        /// Accept first (R80).
        AcceptFirst = "accept_first",
        /// Decide first (R81).
        DecideFirst = "decide_first",
    }
}

/// An agency whose credit reports are taken (R88).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportIssuer {
    /// The agency's registered name.
    pub name: String,
    /// First day of its qualification.
    pub qualified_from: Date,
    /// Last day of its qualification.
    pub qualified_until: Option<Date>,
}

/// The policy of one jurisdiction over one span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Administrative division it holds for (GB/T 2260, six digits).
    pub division: String,
    /// The jurisdiction's own name of this version, such as `2026-04`.
    pub version: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
    pub effective_until: Option<Date>,
    /// How wrong check digits of identifiers are treated.
    pub identifier_strictness: Strictness,
    /// Years without a bad record that count as clean (R75).
    pub clean_window_years: u8,
    /// Repaired entries do not spoil the window.
    pub clean_window_ignores_repaired: bool,
    /// Slight entries do not spoil the window.
    pub clean_window_ignores_slight: bool,
    /// The sources hold records from this day on; a window that starts earlier
    /// is not covered.
    pub records_since: Date,
    /// What suspension covers.
    pub suspension_scope: SuspensionScope,
    /// What a commitment brings.
    pub commitment_effect: CommitmentEffect,
    /// Working days until a commitment is due.
    pub commitment_working_days: u16,
    /// Materials required on these levels may never be supplied later.
    pub non_deferrable: Vec<RequiredBy>,
    /// Agencies whose reports are taken.
    pub report_issuers: Vec<ReportIssuer>,
    /// Where a report must have been published to be taken.
    pub report_publication: Vec<String>,
}

impl Policy {
    /// Whether this version is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }

    /// Names this version in records and answers.
    #[must_use]
    pub fn snapshot(&self) -> String {
        [self.division.as_str(), "@", &self.version].concat()
    }
}
