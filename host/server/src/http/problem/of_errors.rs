//! What becomes of the errors of other crates: each has a code of its own, and a test
//! holds every one of them to a row of the table.

use creditgate_affairs::Refusal;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::repair::UnmetCondition;
use creditgate_gate::{CheckError, DeployError, DispositionError, LedgerError, chain};
use creditgate_sandbox::CallError;
use creditgate_store::{AffairError, StoreError};

use super::{Code, Problem};
use crate::disk::NoRoom;

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        if let Some(StoreError::Overloaded) = error.source.downcast_ref() {
            return StoreError::Overloaded.into();
        }
        Self::of_host(
            Code::LedgerUnavailable,
            "nothing was recorded, and nothing is answered unrecorded; try again",
            Some(&error),
        )
    }
}

impl From<NoRoom> for Problem {
    fn from(error: NoRoom) -> Self {
        match error {
            NoRoom::BelowFloor { .. } => Self::new(Code::DiskLow, error.to_string()),
            NoRoom::Unknown(_) => Self::internal(Some(&error)),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                Self::new(Code::HostBusy, "too many changes wait to be recorded; try again shortly")
            }
            StoreError::VersionChanged { .. }
            | StoreError::CheckpointTaken { .. }
            | StoreError::UnknownEdition(_)
            | StoreError::EditionStep(_)
            | StoreError::SourceChanged(_)
            | StoreError::ApprovalSpent(_)
            | StoreError::NotSecond(_)
            | StoreError::TooManyEntries => Self::of(error.code(), error.to_string()),
            error => LedgerError { doing: "administration", source: Box::new(error) }.into(),
        }
    }
}

impl From<AffairError> for Problem {
    fn from(error: AffairError) -> Self {
        match error {
            AffairError::Store(error) => error.into(),
            AffairError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(faults) => Self::invalid(faults),
            Refusal::RepairConditions(ref unmet) => {
                let fault = |condition: &UnmetCondition| {
                    FieldProblem::new(condition.field(), condition.code(), condition.to_string())
                };
                Self::of(refusal.code(), refusal.to_string()).with_faults(unmet.iter().map(fault).collect())
            }
            refusal => Self::of(refusal.code(), chain(&refusal)),
        }
    }
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Invalid(faults) => Self::invalid(faults),
            CheckError::Ledger(error) => error.into(),
            error => Self::of(error.code(), error.to_string()),
        }
    }
}

impl From<DispositionError> for Problem {
    fn from(error: DispositionError) -> Self {
        match error {
            DispositionError::Ledger(error) => error.into(),
            DispositionError::Invalid(faults) => Self::invalid(faults),
            error => Self::of(error.code(), error.to_string()),
        }
    }
}

impl From<DeployError> for Problem {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::Registry(error) => error.into(),
            // What is wrong with a component is for its vendor, with every cause.
            error => {
                let calls = error.call().map(failed_call).into_iter().collect();
                Self::of(error.code(), chain(&error)).with_faults(calls)
            }
        }
    }
}

/// What stopped the call of a plug-in that was tried.
fn failed_call(call: &CallError) -> FieldProblem {
    let field = call.site().checkpoint.clone();
    FieldProblem::new(field, call.code(), call.to_string())
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use creditgate_credit::entry::{EntryState, ListKind};
    use creditgate_credit::lifecycle::{ProposalState, StepError};
    use creditgate_credit::policy::MissingValue;
    use creditgate_gate::{
        DispositionResult, ExampleError, NotSecond, SignatureError, SignerError, StagingProblem,
    };
    use creditgate_sandbox::{CallSite, GuestClass, LimitKind, LoadError, SandboxError};

    use super::*;

    fn ledger() -> LedgerError {
        LedgerError { doing: "testing", source: "secret inside of the host".into() }
    }

    /// Holds each error to a problem with its own code and this status.
    fn have_statuses<E: Into<Problem>>(
        errors: impl IntoIterator<Item = (E, u16)>,
        code: impl Fn(&E) -> &'static str,
    ) {
        for (error, status) in errors {
            let code = code(&error);
            let problem = error.into();
            assert_eq!((problem.body().code.as_str(), problem.body().status), (code, status));
        }
    }

    #[tokio::test]
    async fn no_problem_repeats_an_identity_number_that_was_typed_for_something_else() {
        let numbers = ["110101199001010015", "110101900101001", "91110000600037341L", "110101 19900101 0015"];
        for number in numbers.map(str::to_owned) {
            let fault = FieldProblem::new(
                format!("form.{number}"),
                "value.unknown",
                format!("must not be `{number}`"),
            );
            let errors: [Problem; 4] = [
                CheckError::DepartmentNotAllowed(number.clone()).into(),
                CheckError::UnknownItem { department: number.clone(), item: number.clone() }.into(),
                Problem::invalid(vec![fault.clone()]),
                Problem::invalid(vec![fault.clone(), fault]),
            ];
            for error in errors {
                let response = error.into_response();
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
        have_statuses(errors, CheckError::code);
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
        let steps = steps.map(|(source, status)| (Refusal::EntryStep { id: text(), source }, status));
        let others = [
            (Refusal::Invalid(Vec::new()), 422),
            (Refusal::NotListed(text()), 404),
            (Refusal::NotLocal(text()), 409),
            (Refusal::NotApproved(text()), 409),
            (Refusal::Decided { id: text(), state: ProposalState::Refused }, 409),
            (Refusal::Own { id: text(), proposer: text() }, 403),
            (Refusal::NotSecond(NotSecond::Unnamed), 403),
            (Refusal::NotSecond(NotSecond::System), 403),
            (Refusal::Outranked { entry: text(), list: text() }, 409),
            (Refusal::NoPolicy(text()), 409),
        ];
        have_statuses(steps.into_iter().chain(others), Refusal::code);
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
        have_statuses(errors, DispositionError::code);
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
        have_statuses(load.into_iter().chain(other), DeployError::code);
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
            SignerError::NotYetValid { key: key(), from: day }.into(),
            SignerError::Expired { key: key(), until: day }.into(),
            SignerError::Revoked { key: key() }.into(),
            SignerError::OtherDepartment { key: key(), registered: key(), component: key() }.into(),
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
        have_statuses(errors, StoreError::code);
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
