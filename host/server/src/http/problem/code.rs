//! The codes of problems: each with its text, its HTTP status and its title, in one
//! table. A new problem begins with a row here. No detail of a case belongs here.

use axum::http::StatusCode;
use creditgate_credit::vocabulary;

/// Declares the codes from the table.
macro_rules! codes {
    ($($case:ident = $code:literal, $status:ident, $title:literal;)+) => {
        vocabulary! {
            /// Stable code of a problem.
            pub(crate) enum Code { $($case = $code,)+ }
        }

        impl Code {
            /// The HTTP status of an answer with the code.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$case => StatusCode::$status,)+ }
            }

            /// What kind of problem it is, in a few words.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$case => $title,)+ }
            }
        }
    };
}

codes! {
    // What was asked.
    RequestInvalid = "request.invalid", UNPROCESSABLE_ENTITY, "The request has faults";
    RequestMalformedJson = "request.malformed_json", BAD_REQUEST, "The body is not JSON";
    RequestIncomplete = "request.incomplete", BAD_REQUEST, "The body ended early";
    RequestPath = "request.path", BAD_REQUEST, "A part of the path has a value that it cannot have";
    RequestQuery = "request.query", BAD_REQUEST, "The query has faults";
    RequestTooLarge = "request.too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    RequestMediaType = "request.media_type", UNSUPPORTED_MEDIA_TYPE, "The body has another media type";
    RequestContentEncoding = "request.content_encoding", UNSUPPORTED_MEDIA_TYPE, "The body is compressed";
    RequestCharset = "request.charset", UNSUPPORTED_MEDIA_TYPE, "The body has another character encoding than UTF-8";
    RequestNotUtf8 = "request.not_utf8", BAD_REQUEST, "The body is not UTF-8";
    RequestTimeout = "request.timeout", GATEWAY_TIMEOUT, "The request took too long";
    RequestSlow = "request.slow", REQUEST_TIMEOUT, "The request did not come in time";
    RequestMalformed = "request.malformed", BAD_REQUEST, "The request is not HTTP";
    RequestMalformedBody = "request.malformed_body", BAD_REQUEST, "The framing of the body is not HTTP";
    RequestTargetTooLong = "request.target_too_long", URI_TOO_LONG, "The target is too long";
    RequestHeaderTooLarge = "request.header_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too large";
    RequestHttpVersion = "request.http_version", HTTP_VERSION_NOT_SUPPORTED, "The version of HTTP is not supported";
    RouteUnknown = "route.unknown", NOT_FOUND, "There is no such call";
    MethodNotAllowed = "method.not_allowed", METHOD_NOT_ALLOWED, "The call does not have this method";
    IdempotencyConflict = "idempotency.conflict", CONFLICT, "The idempotency key belongs to another request";
    // Who asked.
    AuthMissing = "auth.missing", UNAUTHORIZED, "No API key was given";
    AuthInvalid = "auth.invalid", UNAUTHORIZED, "The API key is not known";
    AuthRevoked = "auth.revoked", UNAUTHORIZED, "The API key was revoked";
    AuthRole = "auth.role", FORBIDDEN, "The role of the API key does not allow this call";
    DepartmentNotAllowed = "department.not_allowed", FORBIDDEN, "The API key is for other departments";
    // What a check needs.
    DepartmentUnknown = "department.unknown", UNPROCESSABLE_ENTITY, "No binding names the department";
    ItemUnknown = "item.unknown", UNPROCESSABLE_ENTITY, "No binding names the item";
    CheckpointUnknown = "checkpoint.unknown", UNPROCESSABLE_ENTITY, "No binding names the checkpoint";
    PolicyNoneInForce = "policy.none_in_force", CONFLICT, "No policy is in force";
    PolicyValueMissing = "policy.value_missing", CONFLICT, "The policy has no value that the check needs";
    DivisionUnknown = "division.unknown", NOT_FOUND, "There is no such division";
    CatalogueNoneInForce = "catalogue.none_in_force", CONFLICT, "No catalogue is in force";
    DivisionOutside = "division.outside", UNPROCESSABLE_ENTITY, "The division is outside the binding's jurisdiction";
    ReceiptsMissing = "receipts.missing", CONFLICT, "An earlier checkpoint was not passed";
    CheckUnknown = "check.unknown", NOT_FOUND, "There is no such check";
    // What a department did.
    DispositionNone = "disposition.none", UNPROCESSABLE_ENTITY, "The report is empty";
    DispositionDuplicate = "disposition.duplicate", UNPROCESSABLE_ENTITY, "A measure is reported on twice";
    DispositionReasonMissing = "disposition.reason_missing", UNPROCESSABLE_ENTITY, "A reason is missing";
    MeasureUnknown = "measure.unknown", UNPROCESSABLE_ENTITY, "The check has no such measure";
    // Commitments and duties.
    CommitmentUnknown = "commitment.unknown", NOT_FOUND, "There is no such commitment";
    CommitmentIllegalStep = "commitment.illegal_step", CONFLICT, "The state of the commitment does not allow this step";
    CommitmentOtherText = "commitment.other_text", CONFLICT, "Another text was signed";
    PublicationNotOwed = "publication.not_owed", CONFLICT, "No publicity is owed";
    // Objections, repair, orders and talks.
    CaseUnknown = "case.unknown", NOT_FOUND, "Nothing is known of the case";
    CaseMissing = "case.missing", UNPROCESSABLE_ENTITY, "A check or a case is missing";
    CaseOther = "case.other", UNPROCESSABLE_ENTITY, "The check is of another case";
    EntryUnknown = "entry.unknown", NOT_FOUND, "There is no such entry";
    ObjectionUnknown = "objection.unknown", NOT_FOUND, "There is no such objection";
    EntryNotInEvidence = "entry.not_in_evidence", FORBIDDEN, "The entry is not among the check's evidence";
    ObjectionOpen = "objection.open", CONFLICT, "The entry is under verification already";
    ObjectionTooMany = "objection.too_many", CONFLICT, "The key has too many open objections";
    ObjectionSuspendReserved = "objection.suspend_reserved", FORBIDDEN, "The API key may not suspend the entry";
    ObjectionAlreadyNotified = "objection.already_notified", CONFLICT, "The provider was notified already";
    ObjectionNotNotified = "objection.not_notified", CONFLICT, "The provider was not notified yet";
    ObjectionAlreadyDecided = "objection.already_decided", CONFLICT, "The objection has a result already";
    ObjectionNotDecided = "objection.not_decided", CONFLICT, "The objection has no result yet";
    ObjectionAlreadyTold = "objection.already_told", CONFLICT, "The result was told already";
    ObjectionNoReporter = "objection.no_reporter", CONFLICT, "The objection names no reporter";
    RepairUnknown = "repair.unknown", NOT_FOUND, "There is no such application for repair";
    RepairOpen = "repair.open", CONFLICT, "An application for repair is open";
    RepairConditions = "repair.conditions", UNPROCESSABLE_ENTITY, "Conditions of repair are not fulfilled";
    RepairIllegalStep = "repair.illegal_step", CONFLICT, "The state of the application for repair does not allow this step";
    RectificationOpen = "rectification.open", CONFLICT, "An order for rectification is open";
    RectificationNone = "rectification.none", CONFLICT, "No order for rectification is open";
    TalkOtherList = "talk.other_list", CONFLICT, "The list has no such talk";
    TalkTwice = "talk.twice", CONFLICT, "The talk was held already";
    TalkNothingOrdered = "talk.nothing_ordered", CONFLICT, "No order for rectification is a ground for a talk";
    TalkNotLate = "talk.not_late", CONFLICT, "No late rectification is a ground for a talk";
    OverlayNone = "overlay.none", NOT_FOUND, "No such cause changes the entry here";
    OverlayObjectionOpen = "overlay.objection_open", CONFLICT, "An open objection suspends the entry";
    // Components, as the sandbox names their faults.
    ComponentNotWasm = "component.not_wasm", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentCoreModule = "component.core_module", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentInvalid = "component.invalid", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentForeignImport = "component.foreign_import", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentWitVersion = "component.wit_version", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentMistypedImport = "component.mistyped_import", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentNoHook = "component.no_hook", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentHookNotExported = "component.hook_not_exported", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentHookNotDeclared = "component.hook_not_declared", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentMistypedExport = "component.mistyped_export", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ManifestMissing = "manifest.missing", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ManifestRepeated = "manifest.repeated", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ManifestInvalid = "manifest.invalid", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ManifestNotText = "manifest.not_text", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentExceedsPool = "component.exceeds_pool", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentNotCompiled = "component.not_compiled", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentTooComplex = "component.too_complex", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    ComponentNotStarted = "component.not_started", UNPROCESSABLE_ENTITY, "The component cannot be loaded";
    // Their signatures.
    SignatureMissing = "signature.missing", UNPROCESSABLE_ENTITY, "The component is not signed";
    SignatureMalformed = "signature.malformed", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureOtherDigest = "signature.other_digest", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureUnknownKey = "signature.unknown_key", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureBadSignature = "signature.bad_signature", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureNotYetValid = "signature.not_yet_valid", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureExpired = "signature.expired", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureRevoked = "signature.revoked", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    SignatureOtherDepartment = "signature.other_department", UNPROCESSABLE_ENTITY, "The signature is not accepted";
    // Deployments.
    PluginSettingsRefused = "plugin.settings_refused", UNPROCESSABLE_ENTITY, "The settings are refused";
    PluginHookMissing = "plugin.hook_missing", UNPROCESSABLE_ENTITY, "The component does not serve the checkpoint";
    PluginProbeFailed = "plugin.probe_failed", UNPROCESSABLE_ENTITY, "The probe call failed";
    PluginExamplesMalformed = "plugin.examples_malformed", UNPROCESSABLE_ENTITY, "The component's examples cannot be read";
    PluginExampleFailed = "plugin.example_failed", UNPROCESSABLE_ENTITY, "An example of the component does not come out as it says";
    PluginUnknownDigest = "plugin.unknown_digest", NOT_FOUND, "There is no such component";
    PluginAltered = "plugin.altered", CONFLICT, "The component is not what was pushed";
    PluginAmbiguousDigest = "plugin.ambiguous_digest", CONFLICT, "The digest is too short";
    PluginNameTaken = "plugin.name_taken", CONFLICT, "The name is another department's";
    BindingOtherDepartment = "binding.other_department", CONFLICT, "The plug-in is another department's";
    PluginNotBound = "plugin.not_bound", CONFLICT, "No binding names the plug-in";
    BindingUnknown = "binding.unknown", NOT_FOUND, "There is no such binding";
    BindingOtherPlugin = "binding.other_plugin", CONFLICT, "The binding names another plug-in";
    ReleaseNothingToRollBack = "release.nothing_to_roll_back", CONFLICT, "There is no earlier release";
    ReleaseUnknown = "release.unknown", NOT_FOUND, "There is no such release";
    ReleaseIllegalTransition = "release.illegal_transition", CONFLICT, "The state of the release does not allow this step";
    ReleaseNotApproved = "release.not_approved", CONFLICT, "The release was not approved";
    ReleaseNotBacktested = "release.not_backtested", CONFLICT, "The release was not backtested";
    ReleaseOwn = "release.own", FORBIDDEN, "A second person has to approve the release";
    ReleaseTrialRuns = "release.trial_runs", CONFLICT, "A trial is running";
    ReleaseNothingInForce = "release.nothing_in_force", CONFLICT, "No release is in force to compare with";
    ReleaseNotOnTrial = "release.not_on_trial", CONFLICT, "The release is not on trial";
    ReleaseChangedMeanwhile = "release.changed_meanwhile", CONFLICT, "Releases were changed meanwhile";
    ReleaseBeingChanged = "release.being_changed", CONFLICT, "Releases are being changed";
    ReleaseInThePast = "release.in_the_past", UNPROCESSABLE_ENTITY, "The instant is in the past";
    // Administration.
    ImportRefused = "import.refused", UNPROCESSABLE_ENTITY, "The file has faults; nothing was applied";
    ImportSourceReserved = "import.source_reserved", CONFLICT, "The source is reserved for lists kept on this host";
    ImportSourceChanged = "import.source_changed", CONFLICT, "The source was changed meanwhile";
    FileEmpty = "file.empty", UNPROCESSABLE_ENTITY, "The file is empty";
    FileTooManyRows = "file.too_many_rows", UNPROCESSABLE_ENTITY, "The file has too many rows";
    ImportVersionChanged = "import.version_changed", CONFLICT, "The version exists with other contents";
    CatalogueUnknownEdition = "catalogue.unknown_edition", NOT_FOUND, "There is no such edition";
    CatalogueOwnReview = "catalogue.own_review", FORBIDDEN, "A second person has to review the edition";
    CatalogueIllegalStep = "catalogue.illegal_step", CONFLICT, "The state of the edition does not allow this step";
    CalendarMalformed = "calendar.malformed", UNPROCESSABLE_ENTITY, "The text is no table of working days";
    CalendarYearTaken = "calendar.year_taken", CONFLICT, "The year has another official table";
    BindingCheckpointTaken = "binding.checkpoint_taken", CONFLICT, "Another binding has the checkpoint";
    // Entries of lists kept here.
    EntryNotLocal = "entry.not_local", CONFLICT, "The entry is not kept on this host";
    EntryNotApproved = "entry.not_approved", CONFLICT, "The entry is only proposed";
    EntryDecided = "entry.decided", CONFLICT, "The proposal was decided on";
    EntryOwn = "entry.own", FORBIDDEN, "A second person has to agree to the entry";
    EntryConflict = "entry.conflict", CONFLICT, "The subject stands on a list that outranks this one";
    EntryFinal = "entry.final", CONFLICT, "The entry has left its list";
    EntryNotPreliminary = "entry.not_preliminary", CONFLICT, "The entry is not preliminary";
    EntryStillPreliminary = "entry.still_preliminary", CONFLICT, "The entry is preliminary";
    EntryOtherKind = "entry.other_kind", CONFLICT, "The step is for another kind of list";
    EntryNoPriorNotice = "entry.no_prior_notice", CONFLICT, "The subject had no prior notice";
    EntryWatchTooShort = "entry.watch_too_short", UNPROCESSABLE_ENTITY, "The watch would end with the exit";
    RepairNotPossible = "repair.not_possible", CONFLICT, "The credit cannot be repaired";
    RepairTooEarly = "repair.too_early", CONFLICT, "The minimum publicity is not over";
    RepairTooLate = "repair.too_late", CONFLICT, "The term of repair is over";
    RepairNoCommitment = "repair.no_commitment", CONFLICT, "There is no public commitment";
    RepairDutiesOpen = "repair.duties_open", CONFLICT, "The duties are not performed";
    BindingUnknownSource = "binding.unknown_source", UNPROCESSABLE_ENTITY, "The binding needs a source that is not configured";
    PullUnknown = "pull.unknown", NOT_FOUND, "There is no such pull";
    PullFailed = "pull.failed", BAD_GATEWAY, "The platform could not be asked";
    ApprovalNeeded = "approval.needed", CONFLICT, "A second person has to agree";
    ApprovalOwn = "approval.own", FORBIDDEN, "A second person has to agree";
    ApprovalUnnamed = "approval.unnamed", FORBIDDEN, "The person who agrees needs a name";
    ApprovalNotAPerson = "approval.not_a_person", FORBIDDEN, "A person has to agree";
    ApprovalUnknown = "approval.unknown", NOT_FOUND, "There is no such approval";
    ApprovalGiven = "approval.given", CONFLICT, "The approval was given already";
    ApprovalSpent = "approval.spent", CONFLICT, "The approval was used";
    KeyLastAdmin = "key.last_admin", CONFLICT, "The last API key of an administrator cannot be revoked";
    KeyUnknown = "key.unknown", NOT_FOUND, "There is no such key";
    SignerUnknown = "signer.unknown", NOT_FOUND, "There is no such vendor's key";
    SignerKnown = "signer.known", CONFLICT, "The vendor's key is registered already";
    FeedbackUnknown = "feedback.unknown", NOT_FOUND, "There is no such feedback";
    FeedbackUnknownLevel = "feedback.unknown_level", UNPROCESSABLE_ENTITY, "There is no such level";
    FeedbackFirstLevel = "feedback.first_level", CONFLICT, "The level acknowledges by taking the delivery";
    FeedbackLevelOutOfOrder = "feedback.level_out_of_order", CONFLICT, "A level below has not acknowledged";
    FeedbackOtherReference = "feedback.other_reference", CONFLICT, "The level has acknowledged under another reference";
    ReportUnknown = "report.unknown", NOT_FOUND, "There is no such report";
    FeedbackNotDead = "feedback.not_dead", CONFLICT, "The feedback is not set aside";
    BacktestUnknown = "backtest.unknown", NOT_FOUND, "There is no such backtest";
    BacktestRunning = "backtest.running", CONFLICT, "Another backtest is running";
    BacktestEnded = "backtest.ended", CONFLICT, "The backtest has ended";
    // The host.
    HostBusy = "host.busy", SERVICE_UNAVAILABLE, "The host is busy";
    DepartmentBusy = "department.busy", SERVICE_UNAVAILABLE, "The department uses its whole share of the host";
    KeyBusy = "key.busy", SERVICE_UNAVAILABLE, "The API key uses its whole share of the host";
    HostNotReady = "host.not_ready", SERVICE_UNAVAILABLE, "The host is not ready";
    HostStopping = "host.stopping", SERVICE_UNAVAILABLE, "The host is shutting down";
    DiskLow = "disk.low", INSUFFICIENT_STORAGE, "The disk has too little free space";
    HostEngine = "host.engine", SERVICE_UNAVAILABLE, "The host cannot run plug-ins of this class";
    LedgerUnavailable = "ledger.unavailable", SERVICE_UNAVAILABLE, "The ledger is not available";
    HostInternal = "host.internal", INTERNAL_SERVER_ERROR, "The host failed";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_code_is_an_error_has_a_title_and_stands_in_the_table_once() {
        let texts: HashSet<_> = Code::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(texts.len(), Code::ALL.len(), "a code is listed twice");
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(!code.title().is_empty(), "{code:?}");
        }
    }
}
