//! Errors on the wire: problem documents (RFC 9457). Which codes there are, each with
//! its status, is in `code`; what becomes of an error of another crate is in
//! `of_errors`. Errors of the host's own making say nothing of its inside; their
//! whole chain goes to the log, under the id the answer gives as `instance`.

mod code;
mod of_errors;

use std::error::Error;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use creditgate_api::{ImportReport, ProblemDocument};
use creditgate_credit::fault::FieldProblem;
use creditgate_gate::chain;
use uuid::Uuid;

pub(crate) use self::code::Code;

/// The media type of a problem document.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Seconds after which a request the host was too busy for is worth repeating.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// An error on its way to the wire.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    document: Box<ProblemDocument>,
}

impl Problem {
    /// A problem with this code.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let document = ProblemDocument::new(code.code(), code.title(), code.status().as_u16(), detail.into());
        Self { code, document: Box::new(document) }
    }

    /// A problem with the code of an error of another crate. A code that has no row
    /// in the table would be a fault of the host and is answered as one.
    pub(crate) fn of(code: &str, detail: impl Into<String>) -> Self {
        match Code::from_code(code) {
            Some(code) => Self::new(code, detail),
            None => {
                tracing::error!(code, "an error has a code without a status");
                Self::internal(None)
            }
        }
    }

    fn with_faults(mut self, faults: Vec<FieldProblem>) -> Self {
        self.document.errors = faults.into_iter().map(Into::into).collect();
        self
    }

    /// A request with faults, each with its place.
    pub(crate) fn invalid(faults: Vec<FieldProblem>) -> Self {
        let detail = match faults.as_slice() {
            [only] if only.field.is_empty() => only.message.clone(),
            [only] => format!("{} {}", only.field, only.message),
            several => format!("{} faults; see errors", several.len()),
        };
        Self::new(Code::RequestInvalid, detail).with_faults(faults)
    }

    /// A query with faults, each with its parameter.
    pub(crate) fn bad_query(faults: Vec<FieldProblem>) -> Self {
        let told: Vec<String> =
            faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
        Self::new(Code::RequestQuery, told.join("; ")).with_faults(faults)
    }

    /// A query with a fault in one parameter.
    pub(crate) fn bad_parameter(name: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::bad_query(vec![FieldProblem::new(name, code, message)])
    }

    /// A host that cannot make checks and keep them, with every reason.
    pub(crate) fn not_ready(faults: Vec<FieldProblem>) -> Self {
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        Self::new(Code::HostNotReady, format!("see errors: {}", codes.join(", "))).with_faults(faults)
    }

    /// An import of which nothing was applied, and of which good rows could be.
    pub(crate) fn import_refused(report: ImportReport) -> Self {
        let detail = match report.problem_count {
            0 => "there is no row to apply, and none would leave the source empty; where that is meant, say so \
                  with empty=true (--empty)"
                .to_owned(),
            count => format!("{count} faults; correct them, or apply the rest with accept_valid"),
        };
        Self::refused(detail, report)
    }

    /// A file with faults that is taken as a whole or not at all.
    pub(crate) fn whole_refused(report: ImportReport) -> Self {
        let detail =
            format!("{} faults; correct them: the file is taken whole or not at all", report.problem_count);
        Self::refused(detail, report)
    }

    /// A change that a second person has to agree to first, by the number of the
    /// approval.
    pub(crate) fn approval_needed(approval: i64, detail: String) -> Self {
        let mut problem = Self::new(Code::ApprovalNeeded, detail);
        problem.document.approval = Some(approval);
        problem
    }

    fn refused(detail: String, report: ImportReport) -> Self {
        let mut problem = Self::new(Code::ImportRefused, detail);
        problem.document.import = Some(report);
        problem
    }

    /// A fault of the host. The cause goes to the log only.
    pub(crate) fn internal(cause: Option<&dyn Error>) -> Self {
        Self::of_host(Code::HostInternal, "the host could not do this; its log says why", cause)
    }

    /// A fault of the host with this cause.
    pub(crate) fn caused(cause: impl Error) -> Self {
        Self::internal(Some(&cause))
    }

    fn of_host(code: Code, detail: &'static str, cause: Option<&dyn Error>) -> Self {
        let instance = format!("urn:uuid:{}", Uuid::now_v7());
        tracing::error!(%instance, code = code.code(), cause = cause.map(chain), "a request failed");
        let mut problem = Self::new(code, detail);
        problem.document.instance = Some(instance);
        problem
    }

    /// The same problem with the places of its faults as they are elsewhere.
    pub(crate) fn with_places(mut self, place: impl Fn(&str) -> String) -> Self {
        for error in &mut self.document.errors {
            error.field = place(&error.field);
        }
        self
    }

    /// The document, as it may leave the host.
    pub(crate) fn document(&self) -> ProblemDocument {
        let mut document = (*self.document).clone();
        document.without_numbers();
        document
    }

    /// Stable code.
    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// The document.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&*self.document).unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn body(&self) -> &ProblemDocument {
        &self.document
    }
}

impl IntoResponse for Problem {
    /// Whatever a text repeats of what somebody typed, it repeats no number of a
    /// person.
    fn into_response(mut self) -> Response {
        self.document.without_numbers();
        let status = self.code.status();
        let mut response = (status, Json(&*self.document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"creditgate\""),
                );
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            _ => {}
        }
        response.extensions_mut().insert(self.code);
        response
    }
}
