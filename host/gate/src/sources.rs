//! What a source is asked at check time, what it answers, and why one gives nothing
//! (R13). A binding names the sources its checks need beside the lists on this host.

use std::borrow::Cow;
use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::dossier::Evidence;
use jiff::Timestamp;

/// Name of the lists on this host, which every check uses.
pub const LISTS: &str = "lists";

/// Why a source gave nothing that can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceFault {
    /// It did not answer in time.
    Late,
    /// It could not be reached, or said that it cannot answer.
    Unavailable,
    /// Its answer cannot be read.
    Malformed,
    /// Its answer is about somebody else.
    OtherSubject,
    /// It takes no number that the party has.
    NotAskable,
    /// The host knows no source of this name.
    Unknown,
}

impl SourceFault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::Late,
        Self::Unavailable,
        Self::Malformed,
        Self::OtherSubject,
        Self::NotAskable,
        Self::Unknown,
    ];

    /// Stable code of the reason a check gives.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Late | Self::Unavailable => "source.unavailable",
            Self::Malformed => "source.malformed",
            Self::OtherSubject => "source.other_subject",
            Self::NotAskable => "source.not_askable",
            Self::Unknown => "source.unknown",
        }
    }

    /// What it did, after its name.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Late => "did not answer in time",
            Self::Unavailable => "failed",
            Self::Malformed => "gave an answer that cannot be read",
            Self::OtherSubject => "answered with the data of another subject",
            Self::NotAskable => "takes no number that a party has",
            Self::Unknown => "is not configured on this host",
        }
    }
}

/// A source that did not answer, as the check says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceGap {
    /// Name of the source.
    pub source: String,
    /// Why there is nothing.
    pub fault: SourceFault,
}

/// What a source is asked: on whose behalf, in which case, about whom.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The case with its parties.
    pub application: &'a Arc<Application>,
    /// The officer on whose behalf it is asked.
    pub operator: &'a str,
    /// Instant of the check.
    pub now: Timestamp,
}

/// Something remarkable about an answer that counts all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRemark {
    /// Stable code, such as `source.stale`.
    pub code: &'static str,
    /// For the officer.
    pub message: Cow<'static, str>,
}

/// What a source holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// On each party, in the order of the application.
    pub evidence: Vec<Evidence>,
    /// What the officer should know of the answer.
    pub remarks: Vec<SourceRemark>,
}
