//! A request to a host and its answer, apart from how they travel.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use creditgate_api::ProblemDocument;
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::payload::Payload;
use crate::cli::error::CliError;

/// Rows asked for at once; the most a host gives.
pub(in crate::cli) const ROWS_AT_ONCE: usize = 1000;

/// A request to a host.
#[derive(Debug)]
pub(in crate::cli) struct Call {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(HeaderName, String)>,
    /// Why there is none, where it could not be written as JSON.
    body: Result<Payload, String>,
    pages: Option<Pages>,
}

/// The pages that a list is asked for in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages {
    /// Where the rows stand in an answer.
    rows: &'static str,
    /// The most rows that are wanted.
    pub(super) most: Option<usize>,
}

impl Pages {
    /// How many rows there are.
    pub(super) fn count(self, document: &Value) -> usize {
        document.get(self.rows).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// The rows of the next page behind those before, and what that page says of the one after it.
    pub(super) fn join(self, mut whole: Value, mut page: Value) -> Value {
        if let (Some(Value::Array(all)), Some(Value::Array(more))) =
            (whole.get_mut(self.rows), page.get_mut(self.rows))
        {
            all.append(more);
        }
        let Value::Object(document) = &mut whole else { return page };
        document.remove("next");
        document.extend(page.get_mut("next").map(|next| ("next".to_owned(), next.take())));
        whole
    }
}

impl Call {
    fn new(method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|segment| (*segment).to_owned()).collect();
        let body = Ok(Payload::Bytes(Vec::new()));
        Self { method, path, query: Vec::new(), headers: Vec::new(), body, pages: None }
    }

    /// A question. The path is given in segments, which may hold any character.
    pub(in crate::cli) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path)
    }

    /// A question for a list, whose rows stand under this name in the answer.
    pub(in crate::cli) fn list(path: &[&str], rows: &'static str) -> Self {
        Self::get(path).rows(rows)
    }

    /// The same, with an answer that is a list.
    pub(in crate::cli) fn rows(self, rows: &'static str) -> Self {
        Self { pages: Some(Pages { rows, most: None }), ..self }
    }

    /// At most so many rows of a list.
    pub(in crate::cli) fn at_most(mut self, most: usize) -> Self {
        if let Some(pages) = &mut self.pages {
            pages.most = Some(most);
        }
        self
    }

    /// The pages it is to be asked for in, if its answer is a list.
    pub(super) const fn pages(&self) -> Option<Pages> {
        self.pages
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
    pub(in crate::cli) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a parameter that is absent where there is no value.
    pub(in crate::cli) fn maybe(self, name: &'static str, value: Option<impl ToString>) -> Self {
        value.into_iter().fold(self, |call, value| call.query(name, value))
    }

    /// The same question for a page of its answer: in the address, or in the body where there is one.
    pub(super) fn page(&self, cursor: Option<&str>, missing: Option<usize>) -> Result<Self, CliError> {
        let limit = missing.map_or(ROWS_AT_ONCE, |missing| missing.min(ROWS_AT_ONCE));
        let (method, path, query) = (self.method.clone(), self.path.clone(), self.query.clone());
        let page = Self { method, path, query, ..Self::get(&[]) };
        match self.body.as_ref().map_err(|problem| unwritten(problem))? {
            Payload::Bytes(body) if !body.is_empty() => {
                let mut asked: Map<String, Value> =
                    serde_json::from_slice(body).map_err(|error| CliError::Output(error.into()))?;
                asked.insert("limit".to_owned(), limit.into());
                asked.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor.into())));
                Ok(page.json(&asked))
            }
            _ => Ok(page.query("limit", limit).maybe("cursor", cursor)),
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
        self.body = Ok(payload);
        self
    }

    /// Sets a JSON body.
    pub(in crate::cli) fn json(self, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(body) => self.body("application/json", body),
            Err(error) => Self { body: Err(error.to_string()), ..self },
        }
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
        request.body(self.body.map_err(|problem| unwritten(&problem))?).map_err(|error| CliError::Usage {
            message: format!("{base} makes no address of a request: {error}"),
            help: "give the server's address as http://host:port",
        })
    }
}

/// A body that could not be written as JSON.
fn unwritten(problem: &str) -> CliError {
    CliError::Output(std::io::Error::other(problem.to_owned()))
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

    /// A document made of such bodies as what is expected of it.
    pub(super) fn understood<T: DeserializeOwned>(&self, document: Value) -> Result<T, CliError> {
        serde_json::from_value(document).map_err(|error| self.not_understood(error))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_asked_for_in_the_address_or_in_the_body() {
        let base = Url::parse("http://localhost/").expect("an address");
        let list = Call::list(&["v1", "tasks"], "tasks").query("state", "open");
        let page = list.page(Some("7"), Some(3)).expect("a page").into_request(&base).expect("a request");
        assert_eq!(page.uri(), "http://localhost/v1/tasks?state=open&limit=3&cursor=7");

        let asked = json!({ "item": "permit" });
        let search = Call::post(&["v1", "checks:search"]).json(&asked).rows("checks");
        let page = search.page(Some("7"), None).expect("a page").into_request(&base).expect("a request");
        assert_eq!((page.uri().query(), page.method()), (None, &Method::POST));
        let Payload::Bytes(body) = page.into_body() else { panic!("a body in memory") };
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body, json!({ "item": "permit", "limit": ROWS_AT_ONCE, "cursor": "7" }));
    }

    #[test]
    fn pages_are_joined_and_the_last_one_says_whether_there_are_more() {
        let pages = Pages { rows: "rows", most: None };
        let first = pages.join(Value::Null, json!({ "rows": [1, 2], "total": 5, "next": "a" }));
        let second = pages.join(first, json!({ "rows": [3], "total": 5, "next": "b" }));
        assert_eq!(second, json!({ "rows": [1, 2, 3], "total": 5, "next": "b" }));
        assert_eq!(pages.join(second, json!({ "rows": [] })), json!({ "rows": [1, 2, 3], "total": 5 }));
    }
}
