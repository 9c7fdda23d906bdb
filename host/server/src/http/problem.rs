//! Errors on the wire: problem documents (RFC 9457) with a stable code.
//!
//! This is the one place that decides with which status an error is answered:
//! [`CODES`]. Errors of the host's own making say nothing of its inside; their
//! whole chain goes to the log, under the id the answer gives as `instance`.

use std::error::Error;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use creditgate_credit::repair::UnmetCondition;
use creditgate_gate::ports::LedgerError;
use creditgate_gate::{CheckError, DeployError, DispositionError, FieldProblem, chain};
use creditgate_sandbox::CallError;
use creditgate_store::{DisputeError, StoreError};
use creditgate_wire::admin::ImportReportBody;
use creditgate_wire::problem::{FieldProblemBody, ProblemBody};
use uuid::Uuid;

use crate::disk::NoRoom;
use crate::local_lists::LocalListError;

/// The media type of a problem document.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Seconds after which a request the host was too busy for is worth repeating.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Every code with its status and its title.
pub(crate) const CODES: &[(&str, u16, &str)] = &[
    // What was asked.
    ("request.invalid", 422, "The request has faults"),
    ("request.malformed_json", 400, "The body is not JSON"),
    ("request.incomplete", 400, "The body ended early"),
    ("request.path", 400, "The path holds something that cannot be"),
    ("request.query", 400, "The query holds something that cannot be"),
    ("request.too_large", 413, "The body is too large"),
    ("request.media_type", 415, "The body has another media type"),
    ("request.content_encoding", 415, "The body is packed"),
    ("request.charset", 415, "The body is in other characters than UTF-8"),
    ("request.not_utf8", 400, "The body is in other characters than UTF-8"),
    ("request.timeout", 504, "The request took too long"),
    ("request.slow", 408, "The request did not come in time"),
    ("request.malformed", 400, "This is no HTTP request"),
    ("request.malformed_body", 400, "The body is not framed as HTTP says"),
    ("request.target_too_long", 414, "The target is too long"),
    ("request.header_too_large", 431, "The header is too large"),
    ("request.http_version", 505, "The version of HTTP is not spoken here"),
    ("route.unknown", 404, "There is no such call"),
    ("method.not_allowed", 405, "The call has another method"),
    ("idempotency.conflict", 409, "The idempotency key belongs to another request"),
    // Who asked.
    ("auth.missing", 401, "No API key was given"),
    ("auth.invalid", 401, "The API key is not known"),
    ("auth.revoked", 401, "The API key was revoked"),
    ("auth.role", 403, "The API key has another role"),
    ("department.not_allowed", 403, "The API key is for other departments"),
    // What a check needs.
    ("department.unknown", 422, "The department is not bound"),
    ("item.unknown", 422, "The item is not bound"),
    ("checkpoint.unknown", 422, "The checkpoint is not bound"),
    ("policy.none_in_force", 409, "No policy is in force"),
    ("policy.value_missing", 409, "The policy leaves a value open"),
    ("division.unknown", 404, "There is no such division"),
    ("catalogue.none_in_force", 409, "No catalogue is in force"),
    ("division.outside", 422, "The division is not the binding's"),
    ("receipts.missing", 409, "An earlier checkpoint was not passed"),
    ("check.unknown", 404, "There is no such check"),
    // What a department did.
    ("disposition.none", 422, "The report is empty"),
    ("disposition.duplicate", 422, "A measure is reported on twice"),
    ("disposition.reason_missing", 422, "A reason is missing"),
    ("measure.unknown", 422, "The check has no such measure"),
    // Commitments and duties.
    ("commitment.unknown", 404, "There is no such commitment"),
    ("commitment.illegal_step", 409, "The commitment is somewhere else on its way"),
    ("commitment.other_text", 409, "Another text was signed"),
    ("publication.not_owed", 409, "No publicity is owed"),
    // Objections, repair, orders and talks.
    ("case.unknown", 404, "Nothing is known of the case"),
    ("case.missing", 422, "A check or a case is missing"),
    ("case.other", 422, "The check is of another case"),
    ("entry.unknown", 404, "There is no such entry"),
    ("objection.unknown", 404, "There is no such objection"),
    ("entry.not_in_evidence", 403, "The entry is none of the check's"),
    ("objection.open", 409, "The entry is under verification already"),
    ("objection.too_many", 409, "The key has too many open objections"),
    ("objection.suspend_reserved", 403, "Others say whether the entry rests"),
    ("objection.already_notified", 409, "The provider was notified already"),
    ("objection.not_notified", 409, "The provider was not notified yet"),
    ("objection.already_decided", 409, "The objection has a result already"),
    ("objection.not_decided", 409, "The objection has no result yet"),
    ("objection.already_told", 409, "The result was told already"),
    ("objection.no_reporter", 409, "There is nobody to tell"),
    ("repair.unknown", 404, "There is no such application for repair"),
    ("repair.open", 409, "Repair is applied for already"),
    ("repair.conditions", 422, "Conditions of repair are not fulfilled"),
    ("repair.illegal_step", 409, "The application is somewhere else on its way"),
    ("rectification.open", 409, "An order is open"),
    ("rectification.none", 409, "There is no order to carry out"),
    ("talk.other_list", 409, "The list has no such talk"),
    ("talk.twice", 409, "The talk was held already"),
    ("talk.nothing_ordered", 409, "There is no ground for a talk"),
    ("talk.not_late", 409, "There is no ground for a talk"),
    ("overlay.none", 404, "Nothing of that cause lies over the entry"),
    ("overlay.objection_open", 409, "An objection ends by its result"),
    // Components, as the sandbox names their faults.
    ("component.not_wasm", 422, "The component cannot be loaded"),
    ("component.core_module", 422, "The component cannot be loaded"),
    ("component.invalid", 422, "The component cannot be loaded"),
    ("component.foreign_import", 422, "The component cannot be loaded"),
    ("component.wit_version", 422, "The component cannot be loaded"),
    ("component.mistyped_import", 422, "The component cannot be loaded"),
    ("component.no_hook", 422, "The component cannot be loaded"),
    ("component.hook_not_exported", 422, "The component cannot be loaded"),
    ("component.hook_not_declared", 422, "The component cannot be loaded"),
    ("component.mistyped_export", 422, "The component cannot be loaded"),
    ("manifest.missing", 422, "The component cannot be loaded"),
    ("manifest.repeated", 422, "The component cannot be loaded"),
    ("manifest.invalid", 422, "The component cannot be loaded"),
    ("manifest.not_text", 422, "The component cannot be loaded"),
    ("component.exceeds_pool", 422, "The component cannot be loaded"),
    ("component.not_compiled", 422, "The component cannot be loaded"),
    ("component.too_complex", 422, "The component cannot be loaded"),
    ("component.not_started", 422, "The component cannot be loaded"),
    // Their signatures.
    ("signature.missing", 422, "The component is not signed"),
    ("signature.malformed", 422, "The signature is not accepted"),
    ("signature.other_digest", 422, "The signature is not accepted"),
    ("signature.unknown_key", 422, "The signature is not accepted"),
    ("signature.bad_signature", 422, "The signature is not accepted"),
    ("signature.not_yet_valid", 422, "The signature is not accepted"),
    ("signature.expired", 422, "The signature is not accepted"),
    ("signature.revoked", 422, "The signature is not accepted"),
    ("signature.other_department", 422, "The signature is not accepted"),
    // Deployments.
    ("plugin.settings_refused", 422, "The settings are refused"),
    ("plugin.hook_missing", 422, "The component does not serve the checkpoint"),
    ("plugin.probe_failed", 422, "The probe call failed"),
    ("plugin.examples_malformed", 422, "The component's examples cannot be read"),
    ("plugin.example_failed", 422, "An example of the component does not come out as it says"),
    ("plugin.unknown_digest", 404, "There is no such component"),
    ("plugin.altered", 409, "The component is not what was pushed"),
    ("plugin.ambiguous_digest", 409, "The digest is too short"),
    ("plugin.name_taken", 409, "The name is another department's"),
    ("binding.other_department", 409, "The plug-in is another department's"),
    ("plugin.not_bound", 409, "No binding names the plug-in"),
    ("binding.unknown", 404, "There is no such binding"),
    ("binding.other_plugin", 409, "The binding names another plug-in"),
    ("release.nothing_to_roll_back", 409, "There is no earlier release"),
    ("release.unknown", 404, "There is no such release"),
    ("release.illegal_transition", 409, "The release is somewhere else on its way"),
    ("release.not_approved", 409, "The release was not approved"),
    ("release.not_backtested", 409, "The release was not backtested"),
    ("release.own", 403, "Somebody else has to approve the release"),
    ("release.trial_runs", 409, "A trial runs"),
    ("release.nothing_in_force", 409, "There is nothing to compare with"),
    ("release.not_on_trial", 409, "The release is not on trial"),
    ("release.changed_meanwhile", 409, "Releases were changed meanwhile"),
    ("release.being_changed", 409, "Releases are being changed"),
    ("release.in_the_past", 422, "The instant is past"),
    // Administration.
    ("import.refused", 422, "The file has faults; nothing was applied"),
    ("import.source_reserved", 409, "The source is that of the lists kept here"),
    ("import.source_changed", 409, "The source was changed meanwhile"),
    ("file.empty", 422, "The file is empty"),
    ("file.too_many_rows", 422, "The file has too many rows"),
    ("import.version_changed", 409, "The version has other contents already"),
    ("catalogue.unknown_edition", 404, "There is no such edition"),
    ("catalogue.own_review", 403, "Somebody else has to review the edition"),
    ("catalogue.illegal_step", 409, "The edition is somewhere else on its way"),
    ("calendar.malformed", 422, "The text is no table of working days"),
    ("calendar.year_taken", 409, "The year has another official table"),
    ("binding.checkpoint_taken", 409, "Another binding is for the checkpoint"),
    // Entries of lists kept here.
    ("entry.not_local", 409, "The entry is another's"),
    ("entry.not_approved", 409, "The entry is only proposed"),
    ("entry.decided", 409, "The proposal was decided on"),
    ("entry.own", 403, "Somebody else has to agree to the entry"),
    ("entry.conflict", 409, "The subject stands on a list that outranks this one"),
    ("entry.final", 409, "The entry has left its list"),
    ("entry.not_preliminary", 409, "The entry is not only announced"),
    ("entry.still_preliminary", 409, "The entry is only announced"),
    ("entry.other_kind", 409, "The step is for another family of lists"),
    ("entry.no_prior_notice", 409, "The subject had no prior notice"),
    ("entry.watch_too_short", 422, "The watch would end with the exit"),
    ("repair.not_possible", 409, "The credit cannot be repaired"),
    ("repair.too_early", 409, "The minimum publicity is not over"),
    ("repair.too_late", 409, "The term of repair is over"),
    ("repair.no_commitment", 409, "There is no public commitment"),
    ("repair.duties_open", 409, "The duties are not performed"),
    ("binding.unknown_source", 422, "The binding needs a source that is not there"),
    ("pull.unknown", 404, "There is no such pull"),
    ("pull.failed", 502, "The platform could not be asked"),
    ("approval.needed", 409, "A second person has to agree"),
    ("approval.own", 403, "Somebody else has to agree"),
    ("approval.unnamed", 403, "Who agrees has to have a name"),
    ("approval.not_a_person", 403, "A person has to agree"),
    ("approval.unknown", 404, "Nothing waits for approval under this number"),
    ("approval.given", 409, "Somebody has agreed already"),
    ("approval.spent", 409, "The approval was used"),
    ("key.last_admin", 409, "Nobody could administer the host any more"),
    ("key.unknown", 404, "There is no such key"),
    ("signer.unknown", 404, "There is no such key of a vendor"),
    ("signer.known", 409, "The vendor's key is registered already"),
    ("feedback.unknown", 404, "There is no such feedback"),
    ("feedback.unknown_level", 422, "There is no such level"),
    ("feedback.first_level", 409, "The level acknowledges by taking the delivery"),
    ("feedback.level_out_of_order", 409, "A level below has not acknowledged"),
    ("feedback.other_reference", 409, "The level has acknowledged under another reference"),
    ("report.unknown", 404, "There is no such report"),
    ("feedback.not_dead", 409, "The feedback is not set aside"),
    ("backtest.unknown", 404, "There is no such backtest"),
    ("backtest.running", 409, "Another backtest is running"),
    ("backtest.ended", 409, "The backtest has ended"),
    // The host.
    ("host.busy", 503, "The host is busy"),
    ("department.busy", 503, "The department has its share already"),
    ("key.busy", 503, "The API key has its share already"),
    ("host.not_ready", 503, "The host is not ready"),
    ("host.stopping", 503, "The host is stopping"),
    ("disk.low", 507, "The disk has too little room left"),
    ("host.engine", 503, "The host cannot run such plug-ins"),
    ("ledger.unavailable", 503, "The ledger is not available"),
    ("host.internal", 500, "The host made a mistake"),
];

/// An error on its way to the wire.
#[derive(Debug)]
pub(crate) struct Problem(Box<ProblemBody>);

impl Problem {
    /// A problem with a code of [`CODES`]. A code that is not there would be a
    /// fault of the host and is answered as one.
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        let found = CODES.iter().find(|(known, ..)| *known == code);
        let Some((code, status, title)) = found else {
            tracing::error!(code, "an error has a code without a status");
            return Self::internal(None);
        };
        Self(Box::new(ProblemBody::new(code, title, *status, detail.into())))
    }

    /// A request with faults, each with its place.
    pub(crate) fn invalid(faults: Vec<FieldProblem>) -> Self {
        let detail = match faults.as_slice() {
            [only] if only.field.is_empty() => only.message.clone(),
            [only] => format!("{} {}", only.field, only.message),
            several => format!("{} faults; see errors", several.len()),
        };
        let mut problem = Self::new("request.invalid", detail);
        problem.0.errors = faults.into_iter().map(Into::into).collect();
        problem
    }

    /// A query with faults, each with its parameter.
    pub(crate) fn bad_query(faults: Vec<FieldProblem>) -> Self {
        let told: Vec<String> =
            faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
        let mut problem = Self::new("request.query", told.join("; "));
        problem.0.errors = faults.into_iter().map(Into::into).collect();
        problem
    }

    /// A host that cannot make checks and keep them, with every reason.
    pub(crate) fn not_ready(faults: Vec<FieldProblem>) -> Self {
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        let mut problem = Self::new("host.not_ready", format!("see errors: {}", codes.join(", ")));
        problem.0.errors = faults.into_iter().map(Into::into).collect();
        problem
    }

    /// An import of which nothing was applied, and of which good rows could be.
    pub(crate) fn import_refused(report: ImportReportBody) -> Self {
        let detail = match report.problem_count {
            0 => "there is no row to apply, and none would leave the source empty; where that is meant, say so \
                  with empty=true (--empty)"
                .to_owned(),
            count => format!("{count} faults; correct them, or apply the rest with accept_valid"),
        };
        Self::refused(detail, report)
    }

    /// A file with faults that is taken as a whole or not at all.
    pub(crate) fn whole_refused(report: ImportReportBody) -> Self {
        let detail =
            format!("{} faults; correct them: the file is taken whole or not at all", report.problem_count);
        Self::refused(detail, report)
    }

    /// A change that a second person has to agree to first, by the number of the
    /// approval.
    pub(crate) fn approval_needed(approval: i64, detail: String) -> Self {
        let mut problem = Self::new("approval.needed", detail);
        problem.0.approval = Some(approval);
        problem
    }

    fn refused(detail: String, report: ImportReportBody) -> Self {
        let mut problem = Self::new("import.refused", detail);
        problem.0.import = Some(report);
        problem
    }

    /// A fault of the host. The cause goes to the log only.
    pub(crate) fn internal(cause: Option<&dyn Error>) -> Self {
        Self::of_host("host.internal", "the host could not do this; its log says why", cause)
    }

    fn of_host(code: &str, detail: &'static str, cause: Option<&dyn Error>) -> Self {
        let instance = format!("urn:uuid:{}", Uuid::now_v7());
        tracing::error!(%instance, code, cause = cause.map(chain), "a request failed");
        let mut problem = Self::new(code, detail);
        problem.0.instance = Some(instance);
        problem
    }

    /// The same problem with the places of its faults as they are elsewhere.
    pub(crate) fn with_places(mut self, place: impl Fn(&str) -> String) -> Self {
        for error in &mut self.0.errors {
            error.field = place(&error.field);
        }
        self
    }

    /// The document, as it may leave the host.
    pub(crate) fn document(&self) -> ProblemBody {
        let mut document = (*self.0).clone();
        document.without_numbers();
        document
    }

    /// HTTP status.
    pub(crate) const fn status(&self) -> u16 {
        self.0.status
    }

    /// Stable code.
    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    /// The document.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&*self.0).unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn body(&self) -> &ProblemBody {
        &self.0
    }
}

impl IntoResponse for Problem {
    /// Whatever a text repeats of what somebody typed, it repeats no number of a
    /// person.
    fn into_response(mut self) -> Response {
        self.0.without_numbers();
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&*self.0)).into_response();
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
        response.extensions_mut().insert(ProblemCode(self.0.code));
        response
    }
}

/// Marks a response with the code of its problem, for the request log.
#[derive(Debug, Clone)]
pub(crate) struct ProblemCode(pub(crate) String);

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        if let Some(StoreError::Overloaded) = error.source.downcast_ref() {
            return StoreError::Overloaded.into();
        }
        Self::of_host(
            "ledger.unavailable",
            "nothing was recorded, and nothing is answered unrecorded; try again",
            Some(&error),
        )
    }
}

impl From<NoRoom> for Problem {
    fn from(error: NoRoom) -> Self {
        match error {
            NoRoom::BelowFloor { .. } => Self::new("disk.low", error.to_string()),
            NoRoom::Unknown(_) => Self::internal(Some(&error)),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                Self::new("host.busy", "too many changes wait to be recorded; try again shortly")
            }
            StoreError::VersionChanged { .. }
            | StoreError::CheckpointTaken { .. }
            | StoreError::UnknownEdition(_)
            | StoreError::EditionStep(_)
            | StoreError::SourceChanged(_)
            | StoreError::ApprovalSpent(_)
            | StoreError::NotSecond(_)
            | StoreError::TooManyEntries => Self::new(error.code(), error.to_string()),
            error => LedgerError { doing: "administration", source: Box::new(error) }.into(),
        }
    }
}

impl From<DisputeError> for Problem {
    fn from(error: DisputeError) -> Self {
        match error {
            DisputeError::Store(error) => error.into(),
            DisputeError::RepairConditions(ref unmet) => {
                let mut problem = Self::new(error.code(), error.to_string());
                let fault = |condition: &UnmetCondition| FieldProblem {
                    field: condition.field().to_owned(),
                    code: condition.code(),
                    message: condition.to_string(),
                };
                problem.0.errors = unmet.iter().map(fault).map(Into::into).collect();
                problem
            }
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<LocalListError> for Problem {
    fn from(error: LocalListError) -> Self {
        match error {
            LocalListError::Invalid(faults) => Self::invalid(faults),
            LocalListError::Store(error) => error.into(),
            LocalListError::Source(error) => {
                LedgerError { doing: "reading the lists", source: Box::new(error) }.into()
            }
            error => Self::new(error.code(), chain(&error)),
        }
    }
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Invalid(faults) => Self::invalid(faults),
            CheckError::Ledger(error) => error.into(),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<DispositionError> for Problem {
    fn from(error: DispositionError) -> Self {
        match error {
            DispositionError::Ledger(error) => error.into(),
            DispositionError::Invalid(faults) => Self::invalid(faults),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<DeployError> for Problem {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::Registry(error) => error.into(),
            // What is wrong with a component is for its vendor, with every cause.
            error => {
                let mut problem = Self::new(error.code(), chain(&error));
                problem.0.errors = error.call().map(failed_call).into_iter().collect();
                problem
            }
        }
    }
}

/// What stopped the call of a plug-in that was tried.
fn failed_call(call: &CallError) -> FieldProblemBody {
    let field = call.site().checkpoint.clone();
    FieldProblem { field, code: call.code(), message: call.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use creditgate_credit::entry::{EntryState, ListKind};
    use creditgate_credit::lifecycle::{ProposalState, StepError};
    use creditgate_credit::policy::MissingValue;
    use creditgate_gate::{DispositionResult, ExampleError, NotSecond, SignatureError, StagingProblem};
    use creditgate_sandbox::{CallSite, GuestClass, LimitKind, LoadError, SandboxError};

    use super::*;

    fn ledger() -> LedgerError {
        LedgerError { doing: "testing", source: "secret inside of the host".into() }
    }

    #[test]
    fn a_code_has_one_status_and_titles_and_names_are_whole() {
        let codes: HashSet<_> = CODES.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes.len(), CODES.len(), "a code is listed twice");
        for (code, status, title) in CODES {
            assert!((400..600).contains(status), "{code}");
            assert!(!title.is_empty(), "{code}");
        }
    }

    #[tokio::test]
    async fn no_problem_repeats_an_identity_number_that_was_typed_for_something_else() {
        let numbers = ["110101199001010015", "110101900101001", "91110000600037341L", "110101 19900101 0015"];
        for number in numbers.map(str::to_owned) {
            let fault = FieldProblem {
                field: format!("form.{number}"),
                code: "value.unknown",
                message: format!("must not be `{number}`"),
            };
            let errors = [
                CheckError::DepartmentNotAllowed(number.clone()).into(),
                CheckError::UnknownItem { department: number.clone(), item: number.clone() }.into(),
                Problem::invalid(vec![fault.clone()]),
                Problem::invalid(vec![fault.clone(), fault]),
            ];
            for error in errors {
                let response: Response = Problem::into_response(error);
                let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
                let body = String::from_utf8_lossy(&body);
                assert!(!body.contains(&number) && body.contains('*'), "{body}");
            }
        }
    }

    #[test]
    fn every_error_of_a_check_has_a_status() {
        let text = String::new;
        let errors = [
            (CheckError::Invalid(Vec::new()), 422),
            (CheckError::DepartmentNotAllowed(text()), 403),
            (CheckError::UnknownDepartment(text()), 422),
            (CheckError::UnknownItem { department: text(), item: text() }, 422),
            (CheckError::UnknownCheckpoint { item: text(), checkpoint: text(), known: Vec::new() }, 422),
            (CheckError::NoPolicy(text()), 409),
            (
                CheckError::PolicyIncomplete(MissingValue {
                    value: "records_since",
                    division: text(),
                    day: jiff::civil::date(2026, 1, 1),
                }),
                409,
            ),
            (CheckError::NoCatalogue, 409),
            (CheckError::DivisionOutside { division: text(), jurisdiction: text() }, 422),
            (CheckError::ReceiptsMissing { case_no: text(), missing: Vec::new() }, 409),
            (CheckError::IdempotencyConflict, 409),
            (CheckError::Busy, 503),
            (CheckError::DepartmentFull(text()), 503),
            (CheckError::ShareTaken(text()), 503),
            (CheckError::Ledger(ledger()), 503),
        ];
        for (error, status) in errors {
            let code = error.code();
            let problem = Problem::from(error);
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[test]
    fn every_refusal_to_change_an_entry_has_a_status() {
        let (text, day) = (String::new, jiff::civil::date(2026, 11, 23));
        let steps = [
            (StepError::Final { state: EntryState::Expired, since: day }, 409),
            (StepError::NotPreliminary("confirmed"), 409),
            (StepError::StillPreliminary, 409),
            (StepError::OtherKind { found: ListKind::Red, wanted: ListKind::Watch }, 409),
            (StepError::NoPriorNotice, 409),
            (StepError::NotRepairable, 409),
            (StepError::TooEarly { from: day }, 409),
            (StepError::TooLate { last: day }, 409),
            (StepError::NoCommitment, 409),
            (StepError::DutiesOpen, 409),
            (StepError::WatchTooShort, 422),
        ];
        let steps = steps.map(|(source, status)| (LocalListError::Step { id: text(), source }, status));
        let others = [
            (LocalListError::Invalid(Vec::new()), 422),
            (LocalListError::Unknown(text()), 404),
            (LocalListError::NotLocal(text()), 409),
            (LocalListError::NotApproved(text()), 409),
            (LocalListError::Decided { id: text(), state: ProposalState::Refused }, 409),
            (LocalListError::Own { id: text(), proposer: text() }, 403),
            (LocalListError::NotSecond(NotSecond::Unnamed), 403),
            (LocalListError::NotSecond(NotSecond::System), 403),
            (LocalListError::Conflict { entry: text(), list: text() }, 409),
            (LocalListError::NoPolicy(text()), 409),
        ];
        for (error, status) in steps.into_iter().chain(others) {
            let code = error.code();
            let problem = Problem::from(error);
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[test]
    fn every_error_of_a_report_has_a_status() {
        let text = String::new;
        let errors = [
            (DispositionError::UnknownCheck(text()), 404),
            (DispositionError::DepartmentNotAllowed(text()), 403),
            (DispositionError::Empty, 422),
            (DispositionError::UnknownMeasure(text()), 422),
            (DispositionError::Twice(text()), 422),
            (DispositionError::ReasonMissing { measure: text(), result: DispositionResult::Partly }, 422),
            (DispositionError::Invalid(Vec::new()), 422),
            (DispositionError::Ledger(ledger()), 503),
        ];
        for (error, status) in errors {
            let code = error.code();
            let problem = Problem::from(error);
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[test]
    fn every_error_of_a_deployment_has_a_status() {
        let text = String::new;
        let (detail, export) = (text, text);
        let load = [
            LoadError::NotWasm,
            LoadError::CoreModule,
            LoadError::Invalid { offset: 1, detail: detail() },
            LoadError::ForeignImports { names: Vec::new() },
            LoadError::WitVersion { found: text(), served: "1" },
            LoadError::MistypedImport { detail: detail() },
            LoadError::NoHook,
            LoadError::HookNotExported { hook: text(), export: export() },
            LoadError::HookNotDeclared { export: export() },
            LoadError::MistypedExport { export: export(), detail: detail() },
            LoadError::ManifestMissing,
            LoadError::ManifestRepeated,
            LoadError::ManifestNotText,
            LoadError::ExceedsPool { resource: "memory", needed: 2, available: 1 },
            LoadError::Compile { detail: detail() },
        ];
        let engine = SandboxError::Engine { class: GuestClass::Large, detail: detail() };
        let other = [
            (DeployError::Load(LoadError::Engine(engine)), 503),
            (DeployError::UnknownDigest(text()), 404),
            (DeployError::AmbiguousDigest(text()), 409),
            (DeployError::UnknownBinding(text()), 404),
            (DeployError::NoBinding(text()), 409),
            (DeployError::OtherPlugin { binding: text(), expected: text(), found: text() }, 409),
            (DeployError::NothingToRollBack(text()), 409),
            (DeployError::Registry(ledger()), 503),
        ];
        let load = load.map(|error| (DeployError::Load(error), 422));
        for (error, status) in load.into_iter().chain(other) {
            let code = error.code();
            let problem = Problem::from(error);
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[test]
    fn what_stopped_a_trial_is_told_by_its_code_and_want_of_room_says_nothing_about_the_component() {
        let text = String::new;
        let site = || {
            Box::new(CallSite {
                plugin: text(),
                version: text(),
                checkpoint: "review".to_owned(),
                binding: text(),
            })
        };
        let staging = |problem| DeployError::Staging {
            plugin: text(),
            version: text(),
            place: text(),
            problem: Box::new(problem),
        };
        let limit = || CallError::Limit { site: site(), limit: LimitKind::Fuel, allowed: 1 };
        let share = || CallError::ShareTaken { site: site(), department: text(), waited_ms: 1 };
        let busy = || CallError::Busy { site: site(), waited_ms: 1 };
        let no_room = ExampleError::NoRoom(Box::new(busy()));
        let example = DeployError::Example { plugin: text(), version: text(), problem: no_room };
        let (validate, probe) = (StagingProblem::Validate, StagingProblem::Probe);
        for (error, status, code, call) in [
            (staging(probe(limit())), 422, "plugin.probe_failed", "limit.fuel"),
            (staging(validate(limit().into())), 422, "plugin.settings_refused", "limit.fuel"),
            (staging(probe(share())), 503, "department.busy", "department.busy"),
            (staging(validate(share().into())), 503, "department.busy", "department.busy"),
            (staging(probe(busy())), 503, "host.busy", "host.busy"),
            (example, 503, "host.busy", "host.busy"),
        ] {
            assert_eq!(error.is_for_want_of_room(), status == 503);
            let problem = Problem::from(error);
            let body = problem.body();
            assert_eq!((body.status, body.code.as_str()), (status, code));
            let told: Vec<_> = body.errors.iter().map(|it| (it.field.as_str(), it.code.as_str())).collect();
            assert_eq!(told, [("review", call)]);
        }
    }

    #[test]
    fn every_error_of_an_example_has_a_status() {
        let text = String::new;
        let errors = [
            ExampleError::Section(creditgate_sandbox::ExamplesError::Repeated),
            ExampleError::Malformed(Vec::new()),
            ExampleError::TooMany { found: 65 },
            ExampleError::NoReader,
            ExampleError::Unusable { example: text(), problem: text() },
            ExampleError::Failed { example: text(), differences: Vec::new() },
        ];
        for problem in errors {
            let code = problem.code();
            let problem = Problem::from(DeployError::Example { plugin: text(), version: text(), problem });
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, 422));
        }
    }

    #[test]
    fn every_error_of_a_signature_has_a_status() {
        let (key, day) = (String::new, jiff::civil::date(2026, 1, 1));
        let errors = [
            SignatureError::Missing,
            SignatureError::Malformed("it is no document"),
            SignatureError::OtherDigest { signed: key(), found: key() },
            SignatureError::UnknownKey(key()),
            SignatureError::BadSignature { key: key() },
            SignatureError::NotYetValid { key: key(), from: day },
            SignatureError::Expired { key: key(), until: day },
            SignatureError::Revoked { key: key() },
            SignatureError::OtherDepartment { key: key(), registered: key(), component: key() },
        ];
        for error in errors {
            let code = error.code();
            let problem = Problem::from(DeployError::Signature(error));
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, 422));
        }
    }

    #[test]
    fn every_error_of_an_edition_has_a_status() {
        use creditgate_credit::catalogue::state::{EditionState, EditionStep, StepError};
        let step = EditionStep::Publication;
        let not_now =
            StepError::NotNow { state: EditionState::Draft, step, needed: EditionState::LegalReviewed };
        let errors = [
            (StoreError::UnknownEdition("2027".to_owned()), 404),
            (StoreError::EditionStep(StepError::Own), 403),
            (StoreError::EditionStep(not_now), 409),
            (StoreError::VersionChanged { kind: "catalogue", version: "2026".to_owned() }, 409),
        ];
        for (error, status) in errors {
            let code = error.code();
            let problem = Problem::from(error);
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[test]
    fn a_fault_of_the_host_says_nothing_of_its_inside() {
        let problem = Problem::from(ledger());
        let said = serde_json::to_string(problem.body()).unwrap();
        assert!(!said.contains("secret inside") && !said.contains("testing"), "{said}");
        assert!(problem.body().instance.as_deref().is_some_and(|id| id.starts_with("urn:uuid:")));
        let full = Problem::from(LedgerError { doing: "testing", source: Box::new(StoreError::Overloaded) });
        assert_eq!(full.body().code, "host.busy");
    }
}
