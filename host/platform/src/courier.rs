//! One attempt: a message goes out, and the answer is read.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};

use crate::answer::{self, Reading};
use crate::options::{OptionsError, PlatformOptions};
use crate::outbox::Message;

/// An acknowledgement is short; more than this, in bytes, is something else.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Why a message was not delivered. None of the texts holds anything of the
/// message or of the platform's answer.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// No answer: no connection, or one that broke.
    #[error("the platform cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No whole answer in time.
    #[error("the platform did not answer in time")]
    TimedOut,
    /// An answer that only looks like success.
    #[error("the platform answered {} without acknowledging this feedback", .0.as_u16())]
    NotAcknowledged(StatusCode),
    /// The platform cannot take it now.
    #[error("the platform answered {}", status.as_u16())]
    Unavailable {
        /// What it answered.
        status: StatusCode,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The platform will never take it.
    #[error("the platform refused it with {}", .0.as_u16())]
    Refused(StatusCode),
}

impl DeliveryError {
    /// Whether sending the same again can never help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// How long the platform asks to be left alone.
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

/// Carries messages to one platform.
pub(crate) struct Courier {
    client: Client,
    options: PlatformOptions,
}

impl Courier {
    pub(crate) fn new(options: PlatformOptions) -> Result<Self, OptionsError> {
        // An error means that the process has a provider already, which serves
        // as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .timeout(options.deadline)
            // Messages name people: they go where the administrator said, not
            // where an answer or an environment variable points.
            .redirect(redirect::Policy::none())
            .no_proxy();
        // Plain HTTP, as to a gateway on the same machine, must not fail where
        // the system has no certificates.
        let builder = if options.endpoint.is_encrypted() { builder } else { builder.tls_certs_only([]) };
        let client = builder.build().map_err(OptionsError::Client)?;
        Ok(Self { client, options })
    }

    pub(crate) fn options(&self) -> &PlatformOptions {
        &self.options
    }

    /// Sends a message and waits until the platform has acknowledged it.
    pub(crate) async fn carry(&self, message: &Message) -> Result<(), DeliveryError> {
        let mut request = self
            .client
            .post(self.options.endpoint.url())
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", &message.id)
            .body(message.body.clone());
        if let Some(token) = &self.options.token {
            request = request.header(AUTHORIZATION, token.header());
        }
        let response = request.send().await?;
        let status = response.status();
        let retry_after = asked_wait(&response);
        let body = body(response).await?;
        match answer::read(&message.id, status, &body) {
            Reading::Accepted => Ok(()),
            Reading::NotAcknowledged => Err(DeliveryError::NotAcknowledged(status)),
            Reading::Refused => Err(DeliveryError::Refused(status)),
            Reading::TryLater => Err(DeliveryError::Unavailable { status, retry_after }),
        }
    }
}

fn asked_wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    answer::retry_after(value, Timestamp::now())
}

/// The body, cut off where it is too long to be an acknowledgement.
async fn body(mut response: Response) -> Result<Vec<u8>, DeliveryError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = LONGEST_ANSWER - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= LONGEST_ANSWER {
            break;
        }
    }
    Ok(body)
}
