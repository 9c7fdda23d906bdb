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
    RequestMediaType = "request.media_type", UNSUPPORTED_MEDIA_TYPE, "The media type of the body is not accepted";
    RequestContentEncoding = "request.content_encoding", UNSUPPORTED_MEDIA_TYPE, "The body is compressed";
    RequestCharset = "request.charset", UNSUPPORTED_MEDIA_TYPE, "The body has another character encoding than UTF-8";
    RequestNotUtf8 = "request.not_utf8", BAD_REQUEST, "The body is not UTF-8";
    RequestTimeout = "request.timeout", GATEWAY_TIMEOUT, "The request took too long";
    RequestSlow = "request.slow", REQUEST_TIMEOUT, "The request did not arrive in time";
    RequestMalformed = "request.malformed", BAD_REQUEST, "The request is not HTTP";
    RequestMalformedBody = "request.malformed_body", BAD_REQUEST, "The framing of the body is not HTTP";
    RequestTargetTooLong = "request.target_too_long", URI_TOO_LONG, "The target is too long";
    RequestHeaderTooLarge = "request.header_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too large";
    RequestHttpVersion = "request.http_version", HTTP_VERSION_NOT_SUPPORTED, "The version of HTTP is not supported";
    RouteUnknown = "route.unknown", NOT_FOUND, "There is no such call";
    MethodNotAllowed = "method.not_allowed", METHOD_NOT_ALLOWED, "The call does not have this method";
    IdempotencyConflict = "idempotency.conflict", CONFLICT, "The idempotency key was used for another request";
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
    PolicyValueMissing = "policy.value_missing", CONFLICT, "The policy does not set a value that is needed";
    DivisionUnknown = "division.unknown", NOT_FOUND, "There is no such division";
    CatalogueNoneInForce = "catalogue.none_in_force", CONFLICT, "No catalogue is in force";
    DivisionOutside = "division.outside", UNPROCESSABLE_ENTITY, "The division is outside the binding's jurisdiction";
    ReceiptsMissing = "receipts.missing", CONFLICT, "An earlier checkpoint was not passed";
    CheckUnknown = "check.unknown", NOT_FOUND, "There is no such check";
    // What a department did.
    DispositionNone = "disposition.none", UNPROCESSABLE_ENTITY, "The report has no dispositions";
    DispositionDuplicate = "disposition.duplicate", UNPROCESSABLE_ENTITY, "A measure is reported on twice";
    DispositionReasonMissing = "disposition.reason_missing", UNPROCESSABLE_ENTITY, "A disposition needs a reason";
    MeasureUnknown = "measure.unknown", UNPROCESSABLE_ENTITY, "The check has no measure with this id";
    // Commitments and duties.
    CommitmentUnknown = "commitment.unknown", NOT_FOUND, "There is no such commitment";
    CommitmentIllegalStep = "commitment.illegal_step", CONFLICT, "The state of the commitment does not allow this step";
    CommitmentOtherText = "commitment.other_text", CONFLICT, "The signed text is not the text of the commitment";
    PublicationNotOwed = "publication.not_owed", CONFLICT, "No publication is due";
    // Objections, repair, orders and talks.
    CaseUnknown = "case.unknown", NOT_FOUND, "There is no such case";
    CaseMissing = "case.missing", UNPROCESSABLE_ENTITY, "The request names neither a check nor a case";
    CaseOther = "case.other", UNPROCESSABLE_ENTITY, "The check belongs to another case";
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
    ObjectionAlreadyTold = "objection.already_told", CONFLICT, "The notice of the result was recorded already";
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
    OverlayNone = "overlay.none", NOT_FOUND, "No change of this cause applies to the entry";
    OverlayObjectionOpen = "overlay.objection_open", CONFLICT, "An open objection suspends the entry";
    // Components, as the sandbox names their faults.
    ComponentNotWasm = "component.not_wasm", UNPROCESSABLE_ENTITY, "The component is not WebAssembly";
    ComponentCoreModule = "component.core_module", UNPROCESSABLE_ENTITY, "The file is a core module and no component";
    ComponentInvalid = "component.invalid", UNPROCESSABLE_ENTITY, "The component is not valid WebAssembly";
    ComponentForeignImport = "component.foreign_import", UNPROCESSABLE_ENTITY, "The component imports an interface that the host does not provide";
    ComponentWitVersion = "component.wit_version", UNPROCESSABLE_ENTITY, "The component was built for another version of the contract";
    ComponentMistypedImport = "component.mistyped_import", UNPROCESSABLE_ENTITY, "An import of the component has other types than the contract";
    ComponentNoHook = "component.no_hook", UNPROCESSABLE_ENTITY, "The component serves no hook";
    ComponentHookNotExported = "component.hook_not_exported", UNPROCESSABLE_ENTITY, "The component does not export a hook of its manifest";
    ComponentHookNotDeclared = "component.hook_not_declared", UNPROCESSABLE_ENTITY, "The component exports a hook that its manifest does not list";
    ComponentMistypedExport = "component.mistyped_export", UNPROCESSABLE_ENTITY, "An export of the component has other types than the contract";
    ManifestMissing = "manifest.missing", UNPROCESSABLE_ENTITY, "The component has no manifest";
    ManifestRepeated = "manifest.repeated", UNPROCESSABLE_ENTITY, "The component has more than one manifest";
    ManifestInvalid = "manifest.invalid", UNPROCESSABLE_ENTITY, "The manifest has faults";
    ManifestNotText = "manifest.not_text", UNPROCESSABLE_ENTITY, "The manifest is not UTF-8 text";
    ComponentExceedsPool = "component.exceeds_pool", UNPROCESSABLE_ENTITY, "The component needs more than a slot of the host holds";
    ComponentNotCompiled = "component.not_compiled", UNPROCESSABLE_ENTITY, "The component could not be compiled";
    ComponentTooComplex = "component.too_complex", UNPROCESSABLE_ENTITY, "The component is too complex to compile";
    ComponentNotStarted = "component.not_started", UNPROCESSABLE_ENTITY, "The component could not be instantiated";
    // Their signatures.
    SignatureMissing = "signature.missing", UNPROCESSABLE_ENTITY, "The component is not signed";
    SignatureMalformed = "signature.malformed", UNPROCESSABLE_ENTITY, "The signature document cannot be read";
    SignatureOtherDigest = "signature.other_digest", UNPROCESSABLE_ENTITY, "The signature is for another component";
    SignatureUnknownKey = "signature.unknown_key", UNPROCESSABLE_ENTITY, "The key of the signature is not registered";
    SignatureBadSignature = "signature.bad_signature", UNPROCESSABLE_ENTITY, "The signature does not verify";
    SignatureNotYetValid = "signature.not_yet_valid", UNPROCESSABLE_ENTITY, "The key of the signature is not valid yet";
    SignatureExpired = "signature.expired", UNPROCESSABLE_ENTITY, "The key of the signature has expired";
    SignatureRevoked = "signature.revoked", UNPROCESSABLE_ENTITY, "The key of the signature was revoked";
    SignatureOtherDepartment = "signature.other_department", UNPROCESSABLE_ENTITY, "The key of the signature is registered for another department";
    // Deployments.
    PluginSettingsRefused = "plugin.settings_refused", UNPROCESSABLE_ENTITY, "The settings do not fit the plug-in's schema";
    PluginHookMissing = "plugin.hook_missing", UNPROCESSABLE_ENTITY, "The component does not serve the checkpoint";
    PluginProbeFailed = "plugin.probe_failed", UNPROCESSABLE_ENTITY, "The probe call failed";
    PluginExamplesMalformed = "plugin.examples_malformed", UNPROCESSABLE_ENTITY, "The component's examples cannot be read";
    PluginExampleFailed = "plugin.example_failed", UNPROCESSABLE_ENTITY, "An example of the component does not give the result it states";
    PluginUnknownDigest = "plugin.unknown_digest", NOT_FOUND, "There is no such component";
    PluginAltered = "plugin.altered", CONFLICT, "The stored component is not the component that was pushed";
    PluginAmbiguousDigest = "plugin.ambiguous_digest", CONFLICT, "The digest is too short to name one component";
    PluginNameTaken = "plugin.name_taken", CONFLICT, "The name of the plug-in belongs to another department";
    BindingOtherDepartment = "binding.other_department", CONFLICT, "The plug-in belongs to another department than the binding";
    PluginNotBound = "plugin.not_bound", CONFLICT, "No binding names the plug-in";
    BindingUnknown = "binding.unknown", NOT_FOUND, "There is no such binding";
    BindingOtherPlugin = "binding.other_plugin", CONFLICT, "The binding names another plug-in";
    ReleaseNothingToRollBack = "release.nothing_to_roll_back", CONFLICT, "There is no earlier release";
    ReleaseUnknown = "release.unknown", NOT_FOUND, "There is no such release";
    ReleaseIllegalTransition = "release.illegal_transition", CONFLICT, "The state of the release does not allow this step";
    ReleaseNotApproved = "release.not_approved", CONFLICT, "The release was not approved";
    ReleaseNotBacktested = "release.not_backtested", CONFLICT, "The release was not backtested";
    ReleaseOwn = "release.own", FORBIDDEN, "A second person has to approve the release";
    ReleaseTrialRuns = "release.trial_runs", CONFLICT, "A shadow or canary is running";
    ReleaseNothingInForce = "release.nothing_in_force", CONFLICT, "No release is in force to compare with";
    ReleaseNotOnTrial = "release.not_on_trial", CONFLICT, "The release runs neither as shadow nor as canary";
    ReleaseChangedMeanwhile = "release.changed_meanwhile", CONFLICT, "Another change of the releases came first";
    ReleaseBeingChanged = "release.being_changed", CONFLICT, "Another change of the releases is in progress";
    ReleaseInThePast = "release.in_the_past", UNPROCESSABLE_ENTITY, "The instant is in the past";
    // Administration.
    ImportRefused = "import.refused", UNPROCESSABLE_ENTITY, "The file has faults, and nothing was imported";
    ImportSourceReserved = "import.source_reserved", CONFLICT, "The source is reserved for lists kept on this host";
    ImportSourceChanged = "import.source_changed", CONFLICT, "Another change of the source came first";
    FileEmpty = "file.empty", UNPROCESSABLE_ENTITY, "The file is empty";
    FileTooManyRows = "file.too_many_rows", UNPROCESSABLE_ENTITY, "The file has too many rows";
    ImportVersionChanged = "import.version_changed", CONFLICT, "The version exists with other contents";
    CatalogueUnknownEdition = "catalogue.unknown_edition", NOT_FOUND, "There is no such edition";
    CatalogueOwnReview = "catalogue.own_review", FORBIDDEN, "A second person has to review the edition";
    CatalogueIllegalStep = "catalogue.illegal_step", CONFLICT, "The state of the edition does not allow this step";
    CalendarMalformed = "calendar.malformed", UNPROCESSABLE_ENTITY, "The text is not a table of working days";
    CalendarYearTaken = "calendar.year_taken", CONFLICT, "The year has another official table already";
    BindingCheckpointTaken = "binding.checkpoint_taken", CONFLICT, "Another binding serves the checkpoint";
    // Entries of lists kept here.
    EntryNotLocal = "entry.not_local", CONFLICT, "The entry is not kept on this host";
    EntryNotApproved = "entry.not_approved", CONFLICT, "The entry is not approved yet";
    EntryDecided = "entry.decided", CONFLICT, "The proposal was decided already";
    EntryOwn = "entry.own", FORBIDDEN, "A second person has to agree to the entry";
    EntryConflict = "entry.conflict", CONFLICT, "The subject stands on a list that excludes this list";
    EntryFinal = "entry.final", CONFLICT, "The entry has left its list for good";
    EntryNotPreliminary = "entry.not_preliminary", CONFLICT, "The entry is not preliminary";
    EntryStillPreliminary = "entry.still_preliminary", CONFLICT, "The entry is still preliminary";
    EntryOtherKind = "entry.other_kind", CONFLICT, "The step is for another kind of list";
    EntryNoPriorNotice = "entry.no_prior_notice", CONFLICT, "No prior notice to the subject is recorded";
    EntryWatchTooShort = "entry.watch_too_short", UNPROCESSABLE_ENTITY, "The watch period does not outlast the exit";
    RepairNotPossible = "repair.not_possible", CONFLICT, "The entry cannot be repaired";
    RepairTooEarly = "repair.too_early", CONFLICT, "The minimum publicity period has not ended";
    RepairTooLate = "repair.too_late", CONFLICT, "The period for repair has ended";
    RepairNoCommitment = "repair.no_commitment", CONFLICT, "No public credit commitment is recorded";
    RepairDutiesOpen = "repair.duties_open", CONFLICT, "The subject has not performed its duties";
    BindingUnknownSource = "binding.unknown_source", UNPROCESSABLE_ENTITY, "The binding needs a source that is not configured";
    PullUnknown = "pull.unknown", NOT_FOUND, "There is no such pull";
    PullFailed = "pull.failed", BAD_GATEWAY, "The platform did not answer";
    ApprovalNeeded = "approval.needed", CONFLICT, "The change needs the approval of a second person";
    ApprovalOwn = "approval.own", FORBIDDEN, "The person who asked for the change cannot approve it";
    ApprovalUnnamed = "approval.unnamed", FORBIDDEN, "The API key of an approval must name a person";
    ApprovalNotAPerson = "approval.not_a_person", FORBIDDEN, "The API key of an approval must belong to a person";
    ApprovalUnknown = "approval.unknown", NOT_FOUND, "There is no such approval";
    ApprovalGiven = "approval.given", CONFLICT, "The approval was given already";
    ApprovalSpent = "approval.spent", CONFLICT, "The approval was used already";
    KeyLastAdmin = "key.last_admin", CONFLICT, "The last API key of an administrator cannot be revoked";
    KeyUnknown = "key.unknown", NOT_FOUND, "There is no such API key";
    SignerUnknown = "signer.unknown", NOT_FOUND, "There is no such vendor key";
    SignerKnown = "signer.known", CONFLICT, "The vendor's key is registered already";
    FeedbackUnknown = "feedback.unknown", NOT_FOUND, "There is no such feedback";
    FeedbackUnknownLevel = "feedback.unknown_level", UNPROCESSABLE_ENTITY, "There is no such level of platforms";
    FeedbackFirstLevel = "feedback.first_level", CONFLICT, "The first level acknowledges by accepting the delivery";
    FeedbackLevelOutOfOrder = "feedback.level_out_of_order", CONFLICT, "A lower level has not acknowledged yet";
    FeedbackOtherReference = "feedback.other_reference", CONFLICT, "The level acknowledged under another reference";
    ReportUnknown = "report.unknown", NOT_FOUND, "There is no such report";
    FeedbackNotDead = "feedback.not_dead", CONFLICT, "The delivery of the feedback was not given up";
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
