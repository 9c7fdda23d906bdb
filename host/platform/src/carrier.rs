//! What carries a message to its receiver, and how hard it is tried.

use std::future::Future;
use std::time::Duration;

use reqwest::StatusCode;

use crate::backoff::Backoff;
use crate::outbox::Message;

/// Why a message was not delivered. None of the texts holds anything of the
/// message, of the receiver's answer or of its address.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// No answer: no connection, or one that broke.
    #[error("the receiver cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No whole answer in time.
    #[error("the receiver did not answer in time")]
    TimedOut,
    /// An answer that only looks like success.
    #[error("the receiver answered {} without acknowledging this message", .0.as_u16())]
    NotAcknowledged(StatusCode),
    /// The receiver cannot take it now.
    #[error("the receiver answered {}", status.as_u16())]
    Unavailable {
        /// What it answered.
        status: StatusCode,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The receiver will never take it.
    #[error("the receiver refused it with {}", .0.as_u16())]
    Refused(StatusCode),
    /// The receiver's own code says that it has not taken it.
    #[error("the receiver answered with the code `{code}`")]
    Code {
        /// The code; `*` for what does not look like one.
        code: String,
        /// It never will.
        refused: bool,
    },
    /// The profile of the receiver cannot say what the message says.
    #[error("the profile cannot say the message: {field} {problem}")]
    NotSayable {
        /// Field of the request.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// The receiver has no call for messages of this kind.
    #[error("the receiver has no call for messages of this kind")]
    NoCallForKind,
}

impl DeliveryError {
    /// Whether sending the same again can never help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Code { refused: true, .. } | Self::NoCallForKind)
    }

    /// How long the receiver asks to be left alone.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<reqwest::Error> for DeliveryError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable(error.without_url()) }
    }
}

/// How many deliveries at once, how long at the end, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Deliveries under way at the same time; at least 1.
    pub concurrency: usize,
    /// Time that deliveries under way get to finish at shutdown.
    pub drain: Duration,
    /// Waits between attempts.
    pub backoff: Backoff,
}

impl Default for Pace {
    /// Four at a time, ten seconds to finish at shutdown.
    fn default() -> Self {
        Self { concurrency: 4, drain: Duration::from_secs(10), backoff: Backoff::default() }
    }
}

/// Carries messages to one receiver and knows what its answers mean.
pub trait Carrier: Send + Sync {
    /// How hard it is tried.
    fn pace(&self) -> &Pace;

    /// One attempt: sends a message and resolves when the receiver has taken it.
    ///
    /// # Errors
    /// [`DeliveryError`]; whether to try again is its [`DeliveryError::is_final`].
    fn carry(&self, message: &Message) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}
