//! Paths, queries and headers: read, and refused with a word on what would be
//! right.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use creditgate_credit::case_number::one_form;
use creditgate_credit::fault::FieldProblem;
use creditgate_gate::request::Idempotency;
use sha2::{Digest, Sha256};
use utoipa::PartialSchema as _;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::Type;
use uuid::Uuid;

use super::openapi::{Described, Description, UuidText};
use super::problem::{Code, Problem};

/// The header with the caller's promise, as faults name it.
pub(crate) const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// Longest name of a file, in characters.
const LONGEST_FILE_NAME: usize = 255;

/// Longest case number in a path, in characters.
pub(crate) const LONGEST_CASE_NO: usize = 64;

/// The one parameter of a path, percent-decoded.
pub(crate) struct PathText(String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::new(Code::RequestPath, "the path is not percent-encoded UTF-8"))
    }
}

impl Described for PathText {
    fn describe(description: &mut Description<'_>) {
        let named = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        description.names(named.into());
    }
}

/// The one parameter of a path, which is an id, in its usual form.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        PathText::from_request_parts(parts, state).await?.uuid().map(Self)
    }
}

impl Described for Id {
    fn describe(description: &mut Description<'_>) {
        description.names(UuidText::schema());
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
            Err(Problem::new(Code::RequestPath, "this cannot be a case number"))
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
            .map_err(|_| Problem::new(Code::RequestPath, "the path is not percent-encoded UTF-8"))
    }
}

impl Described for PathPair {}

/// An id in its usual form.
///
/// # Errors
/// A problem with status 400 when it is none.
pub(crate) fn uuid(text: &str) -> Result<String, Problem> {
    Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| Problem::new(Code::RequestPath, "an id is a UUID, such as 0198c3f2-…"))
}

/// The name of a file fits in a report.
///
/// # Errors
/// A problem with status 400 where it does not.
pub(crate) fn file_name(name: &str) -> Result<(), Problem> {
    let (code, message) = if name.chars().count() > LONGEST_FILE_NAME {
        ("field.length", "may have 255 characters")
    } else if name.chars().any(char::is_control) {
        ("field.control_character", "must not hold control characters")
    } else {
        return Ok(());
    };
    Err(Problem::bad_parameter("file", code, message))
}

/// The caller's promise that a repetition is the same request.
///
/// # Errors
/// A problem with status 422 when the header is no text; the gate judges the
/// rest.
pub(crate) fn idempotency(headers: &HeaderMap, body: &[u8]) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_HEADER) else { return Ok(None) };
    let key = value.to_str().map_err(|_| {
        Problem::invalid(vec![FieldProblem::new(
            IDEMPOTENCY_HEADER,
            "idempotency.malformed",
            "must be 1 to 128 printable ASCII characters without spaces",
        )])
    })?;
    Ok(Some(idempotency_of(key.to_owned(), body)))
}

/// The same of a key and the text of the request.
pub(crate) fn idempotency_of(key: String, request: &[u8]) -> Idempotency {
    Idempotency { key, body_hash: Sha256::digest(request).into() }
}
