//! The host's HTTP interface, for what a task watches or measures itself.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::RequestBuilder;
use serde_json::Value;

/// More than the host takes for any call that is made here.
const DEADLINE: Duration = Duration::from_secs(120);
/// How long to wait for something the host does by itself.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often to look for it.
const INTERVAL: Duration = Duration::from_millis(20);

/// The host's interface under one key, over connections that are kept. Cheap to
/// clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    server: String,
    key: String,
}

impl Api {
    /// The host at `server`, such as `http://127.0.0.1:8480`, for who holds `key`.
    pub(crate) fn new(server: String, key: String) -> Result<Self> {
        // An error means that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(DEADLINE).tls_certs_only([]).no_proxy().build()?;
        Ok(Self { http, server, key })
    }

    /// Asks for `path`.
    ///
    /// # Errors
    /// When the host cannot be reached or answers with a problem.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.send(self.http.get(format!("{}{path}", self.server)), path).await
    }

    /// Sends `body` to `path`. Errors as of [`Self::get`].
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(self.http.post(format!("{}{path}", self.server)).json(body), path).await
    }

    /// Sends a component with its signature document; gives back the push report.
    /// Errors as of [`Self::get`].
    pub(crate) async fn push(&self, component: Vec<u8>, signature: &str) -> Result<Value> {
        let path = "/v1/admin/plugins";
        let call = self.http.post(format!("{}{path}", self.server)).body(component);
        let call = call.header("content-type", "application/wasm").header("creditgate-signature", signature);
        self.send(call, path).await
    }

    async fn send(&self, call: RequestBuilder, path: &str) -> Result<Value> {
        let response = call.bearer_auth(&self.key).send().await.context("the host cannot be reached")?;
        let status = response.status();
        let answer: Value =
            response.json().await.with_context(|| format!("the answer of {path} is not JSON"))?;
        if !status.is_success() {
            bail!("{path} was answered {status}: {answer}");
        }
        Ok(answer)
    }
}

/// Waits until `look` finds something, which `what` names.
///
/// # Errors
/// What `look` says, or that it found nothing for a minute.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if tokio::time::Instant::now() >= deadline {
            bail!("waited {} s in vain until {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
