//! A host that runs as a server somewhere.

use std::path::Path;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use reqwest::{Url, redirect};

use super::{Answer, Call};
use crate::cli::error::CliError;

/// Where a key is looked for when no file is named.
const KEY_VARIABLE: &str = "CREDITGATE_KEY";
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
/// More than a host takes for the longest request, an import.
const ANSWER_DEADLINE: Duration = Duration::from_secs(600);

/// A server, and the key to show it.
pub(in crate::cli) struct Remote {
    base: Url,
    authorization: Option<HeaderValue>,
    client: reqwest::Client,
}

impl Remote {
    /// Prepares requests to a server; nothing is sent yet. Without a key, the server says whether it needs one.
    pub(in crate::cli) fn new(base: Url, key_file: Option<&Path>) -> Result<Self, CliError> {
        // An error means that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .timeout(ANSWER_DEADLINE)
            // A key goes where the user said, not where an answer or an environment variable points.
            .redirect(redirect::Policy::none())
            .no_proxy();
        // Plain HTTP, as to this machine, must not fail where the system has no certificates.
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let client = builder.build().map_err(|source| unreachable(&base, source))?;
        Ok(Self { base, authorization: authorization(key_file)?, client })
    }

    /// Sends a request whose answer is a success, or else the error.
    pub(in crate::cli) async fn send(&self, call: Call) -> Result<Answer, CliError> {
        let mut request = call.into_request(&self.base)?;
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let failed = |source| unreachable(&self.base, source);
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let response = self.client.execute(request).await.map_err(failed)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(failed)?.into();
        Answer { place: self.base.to_string(), status, body }.accepted()
    }
}

fn unreachable(base: &Url, source: reqwest::Error) -> CliError {
    CliError::Unreachable { url: base.to_string(), source: source.without_url() }
}

fn authorization(key_file: Option<&Path>) -> Result<Option<HeaderValue>, CliError> {
    let (key, place) = match key_file {
        Some(path) => {
            let key = std::fs::read_to_string(path).map_err(CliError::file("read the API key from", path))?;
            (key, path.display().to_string())
        }
        None => match std::env::var(KEY_VARIABLE) {
            Ok(key) => (key, format!("the environment variable {KEY_VARIABLE}")),
            Err(std::env::VarError::NotPresent) => return Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(CliError::Key { place: format!("the environment variable {KEY_VARIABLE}") });
            }
        },
    };
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", key.trim())).map_err(|_| CliError::Key { place })?;
    value.set_sensitive(true);
    Ok(Some(value))
}
