//! A request to a host and its answer, apart from how they travel.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use creditgate_api::ProblemDocument;
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::payload::Payload;
use crate::cli::error::CliError;

/// A request to a host.
#[derive(Debug)]
pub(in crate::cli) struct Call {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(HeaderName, String)>,
    body: Payload,
}

impl Call {
    fn new(method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|segment| (*segment).to_owned()).collect();
        Self { method, path, query: Vec::new(), headers: Vec::new(), body: Payload::Bytes(Vec::new()) }
    }

    /// A question. The path is given in segments, which may hold any character.
    pub(in crate::cli) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path)
    }

    /// A request that changes something.
    pub(in crate::cli) fn post(path: &[&str]) -> Self {
        Self::new(Method::POST, path)
    }

    /// A request that takes something away.
    pub(in crate::cli) fn delete(path: &[&str]) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a parameter to the address. Never a number that identifies a person.
    pub(in crate::cli) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The same question for a page of what it asks for.
    pub(in crate::cli) fn page(&self, cursor: Option<&str>, limit: usize) -> Self {
        let query = self.query.clone();
        let page = Self { method: self.method.clone(), path: self.path.clone(), query, ..Self::get(&[]) };
        let page = page.query("limit", limit.to_string());
        match cursor {
            Some(cursor) => page.query("cursor", cursor),
            None => page,
        }
    }

    /// Adds a header.
    pub(in crate::cli) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((HeaderName::from_static(name), value.to_owned()));
        self
    }

    /// Sets the body and its media type.
    pub(in crate::cli) fn body(self, media_type: &str, body: Vec<u8>) -> Self {
        self.payload(media_type, Payload::Bytes(body))
    }

    /// Sets what it carries and its media type.
    pub(in crate::cli) fn payload(mut self, media_type: &str, payload: Payload) -> Self {
        self.headers.push((CONTENT_TYPE, media_type.to_owned()));
        self.body = payload;
        self
    }

    /// Sets a JSON body.
    pub(in crate::cli) fn json(self, document: &impl Serialize) -> Result<Self, CliError> {
        let body = serde_json::to_vec(document).map_err(|error| CliError::Output(error.into()))?;
        Ok(self.body("application/json", body))
    }

    /// The request below the address of a host.
    pub(super) fn into_request(self, base: &Url) -> Result<Request<Payload>, CliError> {
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut request = Request::builder().method(self.method).uri(url.as_str());
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).map_err(|_| CliError::Usage {
                message: format!("the value for the header {name} has characters that no header may have"),
                help: "use letters, digits and punctuation",
            })?;
            request = request.header(name, value);
        }
        request.body(self.body).map_err(|error| CliError::Usage {
            message: format!("{base} makes no address of a request: {error}"),
            help: "give the server's address as http://host:port",
        })
    }
}

/// A host's answer.
#[derive(Debug)]
pub(in crate::cli) struct Answer {
    /// Who answered, for errors.
    pub(super) place: String,
    /// HTTP status.
    pub(super) status: u16,
    /// The body, in full.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as what is expected of it.
    pub(in crate::cli) fn read<T: DeserializeOwned>(&self) -> Result<T, CliError> {
        serde_json::from_slice(&self.body).map_err(|error| self.not_understood(error))
    }

    /// The body as it came, to be passed on.
    pub(in crate::cli) fn document(&self) -> Result<Value, CliError> {
        self.read()
    }

    /// The body as it came, to be kept in a file.
    pub(in crate::cli) fn bytes(self) -> Vec<u8> {
        self.body
    }

    /// The answer itself if it is a success, else the error it is.
    pub(super) fn accepted(self) -> Result<Self, CliError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        match serde_json::from_slice::<ProblemDocument>(&self.body) {
            Ok(problem) => Err(CliError::Refused(Box::new(problem))),
            Err(error) => Err(self.not_understood(error)),
        }
    }

    fn not_understood(&self, source: serde_json::Error) -> CliError {
        CliError::Answer { place: self.place.clone(), status: self.status, source }
    }
}
