//! Why a platform's answer to a query is not one. No text holds anything of the
//! party, of the answer or of the address.

use creditgate_gate::SourceFault;

use super::pull::RefusedRecord;

/// Why a query gave nothing that can be relied on.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// No answer: no connection, or one that broke.
    #[error("the platform cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No whole answer in time.
    #[error("the platform did not answer in time")]
    TimedOut,
    /// It failed too often of late and is left alone for a while.
    #[error("the platform failed too often; it is left alone for {0} s more")]
    LeftAlone(u64),
    /// It cannot answer now.
    #[error("the platform answered {0}")]
    Status(u16),
    /// It will not answer this host.
    #[error("the platform refused with {0}; look at its key, its signature and its profile")]
    Refused(u16),
    /// Its own code says that it did not answer.
    #[error("the platform answered with the code `{0}`, which means no success")]
    NoSuccess(String),
    /// More than the profile allows.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// Not in the characters of the profile.
    #[error("the answer is not in the characters of the profile")]
    NotText,
    /// Not JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// No code where the profile says.
    #[error("the answer has no code where the profile says")]
    NoCode,
    /// No rows where the profile says.
    #[error("the answer has no list where the profile says")]
    NoRows,
    /// The platform does not say how many rows there are.
    #[error("the answer does not say how many rows there are where the profile says")]
    NoTotal,
    /// The pages have no end.
    #[error("the answer has more than {0} pages")]
    TooManyPages(u32),
    /// A record that cannot be read.
    #[error("record {}: {} {}", .0.record, .0.field, .0.problem)]
    Record(RefusedRecord),
    /// A record of somebody else.
    #[error("record {0} is about another subject than was asked for")]
    OtherSubject(usize),
    /// The request cannot be made.
    #[error("the request cannot be made: {field} {problem}")]
    Request {
        /// Field of the request.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// The party has no number the platform takes.
    #[error("the party has no number that the platform takes")]
    NotAskable,
    /// The profile does not know such a call.
    #[error("the profile has no [{0}]")]
    NoSuchCall(&'static str),
}

impl QueryError {
    /// A request that cannot be made for one of its fields.
    pub(crate) fn request(field: &str, problem: impl Into<String>) -> Self {
        Self::Request { field: field.to_owned(), problem: problem.into() }
    }

    /// What the check says of it.
    #[must_use]
    pub const fn fault(&self) -> SourceFault {
        match self {
            Self::TimedOut => SourceFault::Late,
            Self::Unreachable(_)
            | Self::LeftAlone(_)
            | Self::Status(_)
            | Self::Refused(_)
            | Self::NoSuccess(_)
            | Self::Request { .. }
            | Self::NoSuchCall(_) => SourceFault::Unavailable,
            Self::TooLong(_)
            | Self::NotText
            | Self::NotJson
            | Self::NoCode
            | Self::NoRows
            | Self::NoTotal
            | Self::TooManyPages(_)
            | Self::Record(_) => SourceFault::Malformed,
            Self::OtherSubject(_) => SourceFault::OtherSubject,
            Self::NotAskable => SourceFault::NotAskable,
        }
    }

    /// Whether the platform is in trouble, rather than the question: this counts
    /// towards leaving it alone, and an older answer may stand in.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TimedOut | Self::LeftAlone(_) | Self::Status(_))
    }

    /// Whether asking again at once may help.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Status(_))
    }
}

impl From<reqwest::Error> for QueryError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable(error.without_url()) }
    }
}
