//! Paths, queries and headers: read, and refused with a word on what would be
//! right.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use creditgate_credit::case_number::one_form;
use creditgate_gate::FieldProblem;
use creditgate_gate::request::Idempotency;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::problem::Problem;

/// Longest text of a report, in characters.
const LONGEST_TEXT: usize = 2000;

/// Longest case number in a path, in characters.
const LONGEST_CASE_NO: usize = 64;

/// The one parameter of a path, percent-decoded.
pub(crate) struct PathText(String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::new("request.path", "the path is not percent-encoded UTF-8"))
    }
}

impl PathText {
    /// The id of a check or of feedback.
    ///
    /// # Errors
    /// A problem with status 400 when it cannot be one.
    pub(crate) fn uuid(&self) -> Result<String, Problem> {
        uuid(&self.0)
    }

    /// A case number, in its one form.
    ///
    /// # Errors
    /// A problem with status 400 when it cannot be one.
    pub(crate) fn case_no(&self) -> Result<String, Problem> {
        let number = one_form(&self.0);
        let fits = !number.is_empty() && number.chars().count() <= LONGEST_CASE_NO;
        if fits {
            Ok(number.into_owned())
        } else {
            Err(Problem::new("request.path", "this cannot be a case number"))
        }
    }

    /// As it is.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// The two parameters of a path, percent-decoded.
pub(crate) struct PathPair(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathPair {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0.0, path.0.1))
            .map_err(|_| Problem::new("request.path", "the path is not percent-encoded UTF-8"))
    }
}

/// An id in its usual form.
///
/// # Errors
/// A problem with status 400 when it is none.
pub(crate) fn uuid(text: &str) -> Result<String, Problem> {
    Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| Problem::new("request.path", "an id is a UUID, such as 0198c3f2-…"))
}

/// The parameters of a query, each known by name.
///
/// # Errors
/// A problem with status 400.
pub(crate) fn query<T: DeserializeOwned>(uri: &Uri, known: &str) -> Result<T, Problem> {
    axum::extract::Query::<T>::try_from_uri(uri)
        .map(|query| query.0)
        .map_err(|_| Problem::new("request.query", format!("the query may hold: {known}")))
}

/// What is wrong with a text for people, if anything: it is empty, too long, or
/// holds control characters other than line ends.
pub(crate) fn prose_fault(field: &str, text: &str, longest: usize) -> Option<FieldProblem> {
    if text.trim().is_empty() || text.chars().count() > longest {
        return Some(fault(field, "field.length", &format!("must have 1 to {longest} characters")));
    }
    let control = text.chars().any(|character| character.is_control() && character != '\n');
    control.then(|| fault(field, "field.control_character", "must not hold control characters"))
}

/// Refuses a day to come for what has happened.
///
/// # Errors
/// A problem with status 422.
pub(crate) fn not_later(field: &str, day: Date, today: Date) -> Result<(), Problem> {
    if day <= today {
        return Ok(());
    }
    Err(Problem::invalid(vec![fault(field, "date.in_the_future", "must not be a day to come")]))
}

/// A fault of a field.
pub(crate) fn fault(field: &str, code: &'static str, message: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code, message: message.to_owned() }
}

/// The caller's promise that a repetition is the same request.
///
/// # Errors
/// A problem with status 422 when the header is no text; the gate judges the
/// rest.
pub(crate) fn idempotency(headers: &HeaderMap, body: &[u8]) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().map_err(|_| {
        Problem::invalid(vec![FieldProblem {
            field: "Idempotency-Key".to_owned(),
            code: "idempotency.malformed",
            message: "must be 1 to 128 printable ASCII characters without spaces".to_owned(),
        }])
    })?;
    Ok(Some(Idempotency { key: key.to_owned(), body_hash: Sha256::digest(body).into() }))
}

/// The value a query names by its code.
///
/// # Errors
/// A problem with status 400 when there is no such value.
pub(crate) fn code<T>(
    text: Option<&str>,
    from_code: impl FnOnce(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>, Problem> {
    let unknown = || Problem::new("request.query", format!("the query may hold: {known}"));
    text.map(|text| from_code(text).ok_or_else(unknown)).transpose()
}

/// Faults of a body that was read, each with its place.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldProblem>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), code, message: message.into() });
    }

    /// A text must say something, and no more than fits in a record.
    pub(crate) fn filled(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT {
            self.refuse(field, "field.length", format!("must have 1 to {LONGEST_TEXT} characters"));
        }
    }

    /// A day must not be after another one, which is called `what`.
    pub(crate) fn not_after(&mut self, field: &str, day: Date, last: Date, what: &str) {
        if day > last {
            self.refuse(field, "value.range", format!("must not be after {what}"));
        }
    }

    /// The value, if there was no fault.
    ///
    /// # Errors
    /// The faults.
    pub(crate) fn passed<T>(self, value: Option<T>) -> Result<T, Vec<FieldProblem>> {
        value.filter(|_| self.0.is_empty()).ok_or(self.0)
    }
}
