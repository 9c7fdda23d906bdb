//! Speaking HTTP as somebody with a key.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::document;

/// Longest one call may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// Somebody who calls a host.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub media: String,
    /// `Retry-After`, where there is one.
    pub retry_after: Option<String>,
    /// The body, word for word.
    pub text: String,
}

impl Client {
    /// Somebody with this key, or without any.
    #[must_use]
    pub fn new(base: &str, key: Option<&str>) -> Self {
        Self { http: http(), base: base.to_owned(), key: key.map(str::to_owned) }
    }

    /// Somebody else at the same host.
    #[must_use]
    pub fn with_key(&self, key: Option<&str>) -> Self {
        Self { key: key.map(str::to_owned), ..self.clone() }
    }

    /// The same somebody, with connections nobody else has.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { http: http(), ..self.clone() }
    }

    /// Host and port, for who speaks HTTP by hand.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// Reads a list, which the answer has under this name.
    pub async fn list(&self, name: &str, path: &str) -> Vec<Value> {
        document::list(&self.get(path).await.ok()[name]).to_vec()
    }

    /// Sends a JSON document.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, "application/json", body.to_string()).await
    }

    /// Sends bytes of a media type.
    pub async fn post_text(&self, path: &str, media: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.send(Method::POST, path, &[("content-type", media)], body.into()).await
    }

    /// Sends a JSON document under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, body.to_string().into_bytes()).await
    }

    /// Deletes, with a JSON document that says why.
    pub async fn delete(&self, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.send(Method::DELETE, path, &json, body.to_string().into_bytes()).await
    }

    /// Any request that has to be answered.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        self.try_send(method.clone(), path, headers, body)
            .await
            .unwrap_or_else(|error| panic!("{method} {path} was not answered: {error:?}"))
    }

    /// Any request, which may go unanswered.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> reqwest::Result<Reply> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        Ok(Reply {
            status: response.status().as_u16(),
            media: header("content-type").unwrap_or_default(),
            retry_after: header("retry-after"),
            text: response.text().await?,
        })
    }
}

impl Reply {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of a success.
    #[must_use]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "not a success: {self:?}");
        self.json()
    }

    /// The detail of a problem document with this status and code, followed by
    /// `field: message` of each of its faults.
    #[must_use]
    pub fn problem(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.media, "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert_eq!(body["type"], format!("urn:creditgate:problem:{code}"), "{body}");
        let mut words = body["detail"].as_str().expect("a detail").to_owned();
        for fault in body["errors"].as_array().into_iter().flatten() {
            let part = |name: &str| fault[name].as_str().expect("text").to_owned();
            words.push_str(&format!("; {}: {} ({})", part("field"), part("message"), part("code")));
        }
        words
    }
}

/// A client without proxies and certificates. Its connections belong to the
/// runtime of the test that makes it.
fn http() -> reqwest::Client {
    // An error says that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(DEADLINE)
        // Some hosts of the tests close a kept connection after two seconds; a request
        // on a connection that is closing has no answer.
        .pool_idle_timeout(Duration::from_millis(500))
        .build()
        .expect("an HTTP client")
}
