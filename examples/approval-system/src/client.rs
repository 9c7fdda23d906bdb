//! creditgate over HTTP.

use std::time::Duration;

use creditgate_api::{
    Answer, CheckRequest, Disposition, Dispositions, DispositionsAccepted, ProblemDocument, ReceiptToVerify,
    ReceiptVerification,
};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, StatusCode, Url};

/// Longer than any check takes; an officer waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

/// Why creditgate did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server's address is not a URL.
    #[error("`{0}` is not the address of a server")]
    Address(String),
    /// The key cannot be sent.
    #[error("the key holds characters that cannot be sent")]
    Key,
    /// The HTTP client cannot be made.
    #[error("no HTTP client can be made")]
    Client(#[source] reqwest::Error),
    /// No answer, or not a whole one.
    #[error("creditgate cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// creditgate refused, and says why.
    #[error("{}", in_words(.0))]
    Refused(Box<ProblemDocument>),
    /// Something answered that is not creditgate.
    #[error("the answer ({0}) is not one of creditgate")]
    Malformed(StatusCode),
}

fn in_words(problem: &ProblemDocument) -> String {
    let mut text =
        format!("creditgate refused with {} ({}): {}", problem.status, problem.code, problem.title);
    if !problem.detail.is_empty() {
        text.push_str(": ");
        text.push_str(&problem.detail);
    }
    for fault in &problem.errors {
        text.push_str(&format!("; {}: {}", fault.field, fault.message));
    }
    text
}

/// Asks one creditgate with one key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    server: Url,
    authorization: HeaderValue,
}

impl Client {
    /// A client of the server at `server`, such as `http://127.0.0.1:8800`.
    ///
    /// # Errors
    /// [`ClientError`] when address or key cannot be used.
    pub fn new(server: &str, key: &str) -> Result<Self, ClientError> {
        // An error means that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Url::parse(server)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| ClientError::Address(server.to_owned()))?;
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {}", key.trim())).map_err(|_| ClientError::Key)?;
        authorization.set_sensitive(true);
        let builder = reqwest::Client::builder().timeout(DEADLINE).no_proxy();
        // A system without certificates can still talk to a gateway on the same
        // machine.
        let builder = if server.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        Ok(Self { http: builder.build().map_err(ClientError::Client)?, server, authorization })
    }

    /// Asks for a check. The same `idempotency_key` with the same request gets
    /// the first answer again.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer or creditgate refuses.
    pub async fn check(
        &self,
        request: &CheckRequest,
        idempotency_key: &str,
    ) -> Result<Answer<'static>, ClientError> {
        let call = self.post("v1/checks").header("idempotency-key", idempotency_key).json(request);
        self.send(call).await
    }

    /// Reports what became of measures of a check. Resolves to the ids of the
    /// feedback that goes to the credit platform.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer or creditgate refuses.
    pub async fn report(
        &self,
        check_id: &str,
        dispositions: Vec<Disposition>,
    ) -> Result<Vec<String>, ClientError> {
        let call =
            self.post(&format!("v1/checks/{check_id}/dispositions")).json(&Dispositions { dispositions });
        Ok(self.send::<DispositionsAccepted>(call).await?.feedback)
    }

    /// Whether creditgate stands behind a receipt.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    pub async fn verify(&self, receipt: &str) -> Result<bool, ClientError> {
        let call = self.post("v1/receipts:verify").json(&ReceiptToVerify { receipt: receipt.to_owned() });
        Ok(self.send::<ReceiptVerification>(call).await?.valid)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let mut url = self.server.clone();
        url.set_path(path);
        self.http.post(url).header(AUTHORIZATION, self.authorization.clone())
    }

    async fn send<T: serde::de::DeserializeOwned>(&self, call: RequestBuilder) -> Result<T, ClientError> {
        let unreachable = |error: reqwest::Error| ClientError::Unreachable(error.without_url());
        let response = call.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| ClientError::Malformed(status));
        }
        match serde_json::from_slice(&body) {
            Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
            Err(_) => Err(ClientError::Malformed(status)),
        }
    }
}
