//! One HTTP exchange with a receiver, the same for every kind of message.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, StatusCode, redirect};

use crate::answer;
use crate::carrier::DeliveryError;
use crate::options::{Endpoint, OptionsError};

/// An acknowledgement is short; more than this, in bytes, is something else.
const LONGEST_ANSWER: usize = 64 * 1024;

/// What a receiver answered.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    /// How long it asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// Cut off where it is too long to be an acknowledgement.
    pub(crate) body: Vec<u8>,
}

/// A client for one receiver. `deadline` is for a whole exchange.
///
/// # Errors
/// [`OptionsError::Client`].
pub(crate) fn client(endpoint: &Endpoint, deadline: Duration) -> Result<Client, OptionsError> {
    builder(endpoint, deadline).build().map_err(OptionsError::Client)
}

/// What every client has in common.
pub(crate) fn builder(endpoint: &Endpoint, deadline: Duration) -> ClientBuilder {
    // An error means that the process has a provider already, which serves as
    // well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .timeout(deadline)
        // Messages go where the administrator said, not where an answer or an
        // environment variable points.
        .redirect(redirect::Policy::none())
        .no_proxy();
    // Plain HTTP, as to a gateway on the same machine, must not fail where the
    // system has no certificates.
    if endpoint.is_encrypted() { builder } else { builder.tls_certs_only([]) }
}

/// Sends a request and reads the whole answer.
///
/// # Errors
/// [`DeliveryError::Unreachable`] or [`DeliveryError::TimedOut`].
pub(crate) async fn send(request: RequestBuilder) -> Result<Answered, DeliveryError> {
    let response = request.send().await?;
    let status = response.status();
    let retry_after = asked_wait(&response);
    Ok(Answered { status, retry_after, body: body(response).await? })
}

fn asked_wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    answer::retry_after(value, Timestamp::now())
}

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
