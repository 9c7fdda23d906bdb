//! What goes to the credit platform: one JSON document for each message, with
//! the particulars the platform needs to know whom and what it is about.
//!
//! It holds identity numbers: it is for the platform, and never logged.

use creditgate_affairs::Message;
use creditgate_affairs::commitments::Commitment;
use creditgate_affairs::objections::Objection;
use creditgate_affairs::repairs::Repair;
use creditgate_credit::application::{Application, Party, SubjectKind};
use creditgate_credit::attributes;
use creditgate_credit::catalogue::Nature;
use creditgate_credit::disposition_details::DispositionDetails;
use creditgate_credit::dossier::{CommitmentState, Dossier, Measure};
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::{Identifier, clear};
use creditgate_credit::objection::{ObjectionResult, RaisedBy};
use creditgate_credit::overlay::Corrections;
use creditgate_credit::repair::{RepairMaterial, RepairState};
use creditgate_gate::{DispositionResult, FeedbackBody, OutgoingFeedback};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_with::skip_serializing_none;

use crate::json;
use crate::time::{Day, Instant};

/// Bytes one message usually needs.
const USUAL_SIZE: usize = 1024;

/// Whom, which entry and which measure feedback on a measure is about.
#[derive(Serialize)]
struct ParticularsView<'a> {
    division: &'a str,
    subject: Option<SubjectView<'a>>,
    entry: EntryRefView<'a>,
    measure: MeasureRefView<'a>,
}

#[derive(Serialize)]
struct SubjectView<'a> {
    party: &'a str,
    kind: SubjectKind,
    name: &'a str,
    #[serde(serialize_with = "in_clear")]
    identifiers: &'a Vec<Identifier>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct EntryRefView<'a> {
    id: &'a str,
    list: Option<&'a str>,
    authority: Option<&'a str>,
}

#[derive(Serialize)]
struct MeasureRefView<'a> {
    id: &'a str,
    code: &'a str,
    nature: Nature,
    basis: &'a str,
}

impl<'a> From<&'a Party> for SubjectView<'a> {
    fn from(party: &'a Party) -> Self {
        Self { party: &party.id, kind: party.kind, name: &party.name, identifiers: &party.identifiers }
    }
}

/// The platform knows whom a message is about by the numbers.
fn in_clear<S: Serializer>(numbers: &&Vec<Identifier>, serializer: S) -> Result<S::Ok, S::Error> {
    clear::serialize(*numbers, serializer)
}

/// Subject, entry and measure as feedback on this measure will need them; kept
/// with the check, so that a disposition reported later finds them.
#[must_use]
pub fn particulars_json(application: &Application, dossier: &Dossier, measure: &Measure) -> String {
    let entry = dossier
        .party(&measure.party)
        .and_then(|party| party.entries.iter().find(|entry| entry.id == measure.entry));
    let view = ParticularsView {
        division: &application.division,
        subject: application.party(&measure.party).map(SubjectView::from),
        entry: EntryRefView {
            id: &measure.entry,
            list: entry.map(|entry| entry.list.as_str()),
            authority: entry.map(|entry| entry.authority.as_str()),
        },
        measure: MeasureRefView {
            id: &measure.id,
            code: &measure.code,
            nature: measure.nature,
            basis: &measure.basis,
        },
    };
    json::text(&view, USUAL_SIZE)
}

/// The parts of particulars, carried over as they were written.
#[derive(Default, Deserialize)]
struct Particulars<'a> {
    #[serde(borrow)]
    division: Option<&'a RawValue>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    entry: Option<&'a RawValue>,
    #[serde(borrow)]
    measure: Option<&'a RawValue>,
}

/// One message.
#[derive(Serialize)]
struct MessageView<'a> {
    feedback_id: &'a str,
    kind: &'static str,
    check_id: &'a str,
    case_no: &'a str,
    department: &'a str,
    item: &'a str,
    checkpoint: &'a str,
    reported_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Subject<'a>>,
    #[serde(flatten)]
    said: SaidView<'a>,
}

/// The subject as it was kept, or as the application has it.
#[derive(Serialize)]
#[serde(untagged)]
enum Subject<'a> {
    Kept(&'a RawValue),
    Party(SubjectView<'a>),
}

/// What a message says, by its kind.
#[derive(Serialize)]
#[serde(untagged)]
enum SaidView<'a> {
    Disposition(Box<DispositionView<'a>>),
    DishonestAct {
        act: &'a str,
        facts: &'a str,
    },
    TypicalCase {
        case_kind: &'a str,
        title: &'a str,
        summary: &'a str,
    },
    Commitment {
        commitment: CommitmentView<'a>,
        #[serde(skip_serializing_if = "str::is_empty")]
        reason: &'a str,
        #[serde(skip_serializing_if = "str::is_empty")]
        facts: &'a str,
    },
}

#[skip_serializing_none]
#[derive(Serialize)]
struct DispositionView<'a> {
    /// Of the check; none in particulars from before it was kept.
    division: Option<&'a RawValue>,
    entry: Option<&'a RawValue>,
    measure: Option<&'a RawValue>,
    result: DispositionResult,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    action: &'a str,
    officer: &'a str,
    executed_at: Instant,
    #[serde(flatten)]
    details: &'a DispositionDetails,
    #[serde(serialize_with = "attributes::serialize", skip_serializing_if = "<[_]>::is_empty")]
    attributes: &'a [(String, String)],
}

/// A message on what a department did about a measure, in the minimum form of a
/// feedback record: `feedback_id`, `kind`, `check_id`, `case_no`, `department`,
/// `item`, `checkpoint`, `reported_at`, `division`, `subject`, `entry`, `measure`,
/// `result`, `reason`, `action`, `officer`, `executed_at`, and where the department
/// said so `amount`, `executing_department`, `executing_division`, `valid_from`,
/// `valid_until`, `effect`, `remark`, `attachments`.
///
/// What a plug-in reports names its party by handle, which means nothing without
/// the application: for that there is [`fact_json`], and here the subject would
/// be missing.
#[must_use]
pub fn feedback_json(message: &OutgoingFeedback) -> String {
    write(message, None)
}

/// A message on what a plug-in met in this application: a dishonest act (R55) or
/// a typical case (R107), with its subject. Other messages come out as from
/// [`feedback_json`].
#[must_use]
pub fn fact_json(message: &OutgoingFeedback, application: &Application) -> String {
    write(message, Some(application))
}

/// The subject of feedback, kept with what may be reported on the party later.
#[must_use]
pub fn subject_json(party: &Party) -> String {
    json::text(&SubjectView::from(party), USUAL_SIZE)
}

#[derive(Serialize)]
struct CommitmentView<'a> {
    id: &'a str,
    state: CommitmentState,
    made_on: Day,
    due_on: Day,
    missing: &'a [String],
}

fn commitment_json(
    commitment: &Commitment,
    (reason, facts): (&str, &str),
    id: &str,
    at: Timestamp,
) -> String {
    let view = MessageView {
        feedback_id: id,
        kind: "commitment",
        check_id: &commitment.id,
        case_no: &commitment.case_no,
        department: &commitment.department,
        item: &commitment.item,
        checkpoint: &commitment.checkpoint,
        reported_at: at.into(),
        subject: serde_json::from_str(&commitment.subject).ok().map(Subject::Kept),
        said: SaidView::Commitment {
            commitment: CommitmentView {
                id: &commitment.id,
                state: commitment.state,
                made_on: commitment.made_on,
                due_on: commitment.due_on,
                missing: &commitment.missing,
            },
            reason,
            facts,
        },
    };
    json::text(&view, USUAL_SIZE)
}

fn write(message: &OutgoingFeedback, application: Option<&Application>) -> String {
    let about = |party: &str| application?.party(party).map(|party| Subject::Party(party.into()));
    let (kind, subject, said) = match &message.body {
        FeedbackBody::Disposition { reported, particulars } => {
            // Written by `particulars_json`. What cannot be read is left out: a
            // platform refuses such a message, and the refusal is seen.
            let kept: Particulars<'_> = serde_json::from_str(particulars).unwrap_or_default();
            let said = DispositionView {
                division: kept.division,
                entry: kept.entry,
                measure: kept.measure,
                result: reported.result,
                reason: &reported.reason,
                action: &reported.action,
                officer: &reported.officer,
                executed_at: reported.executed_at.unwrap_or(message.reported_at).into(),
                details: &reported.details,
                attributes: &reported.attributes,
            };
            ("disposition", kept.subject.map(Subject::Kept), SaidView::Disposition(Box::new(said)))
        }
        FeedbackBody::DishonestAct { party, kind, facts } => {
            ("dishonest_act", about(party), SaidView::DishonestAct { act: kind, facts })
        }
        FeedbackBody::TypicalCase { party, kind, title, summary } => {
            let said = SaidView::TypicalCase { case_kind: kind.code(), title, summary };
            ("typical_case", about(party), said)
        }
    };
    let view = MessageView {
        feedback_id: &message.id,
        kind,
        check_id: &message.check_id,
        case_no: &message.case_no,
        department: &message.department,
        item: &message.item,
        checkpoint: &message.checkpoint,
        reported_at: message.reported_at.into(),
        subject,
        said,
    };
    json::text(&view, USUAL_SIZE)
}

/// A message on an entry and not on a check: an objection, a repair, or what became
/// of an entry that is kept here.
#[skip_serializing_none]
#[derive(Serialize)]
struct EntryMessageView<'a, S> {
    feedback_id: &'a str,
    kind: &'static str,
    check_id: Option<&'a str>,
    case_no: Option<&'a str>,
    department: Option<&'a str>,
    reported_at: Instant,
    entry: EntryRefView<'a>,
    #[serde(flatten)]
    said: S,
}

#[derive(Serialize)]
struct ObjectionRaisedView<'a> {
    objection: &'a str,
    raised_by: RaisedBy,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Day>,
}

#[derive(Serialize)]
struct ObjectionDecidedView<'a> {
    objection: &'a str,
    #[serde(flatten)]
    decision: Option<DecisionView<'a>>,
}

#[derive(Serialize)]
struct DecisionView<'a> {
    result: ObjectionResult,
    #[serde(skip_serializing_if = "Corrections::is_empty")]
    corrections: &'a Corrections,
    text: &'a str,
}

#[derive(Serialize)]
struct RepairView<'a> {
    repair: &'a str,
    state: RepairState,
    applied_on: Day,
    materials: &'a [RepairMaterial],
    modes: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
}

/// A message on an affair: on a commitment that is overdue or was breached (R83), in
/// the form of other feedback; the notice of an objection (R96), which does not say
/// who raised it (R120), its result (R99); where an application for repair stands
/// (R102); or an entry of a list kept here as it stands after a step, in the form of
/// an import (R37).
#[must_use]
pub fn message_json(message: &Message, id: &str, at: Timestamp) -> String {
    match message {
        Message::ObjectionRaised(objection) => {
            let said = ObjectionRaisedView {
                objection: &objection.id,
                raised_by: objection.raised_by,
                reason: &objection.reason,
                due_on: objection.due_on,
            };
            json::text(&about_objection(objection, "objection_raised", id, at, said), USUAL_SIZE)
        }
        Message::ObjectionDecided(objection) => {
            let decision = objection.decision.as_ref().map(|decision| DecisionView {
                result: decision.result,
                corrections: &decision.corrections,
                text: &decision.text,
            });
            let said = ObjectionDecidedView { objection: &objection.id, decision };
            json::text(&about_objection(objection, "objection_decided", id, at, said), USUAL_SIZE)
        }
        Message::Commitment { commitment, reason, facts } => {
            commitment_json(commitment, (reason, facts), id, at)
        }
        Message::Entry { entry, division, step } => list_entry_json(entry, division, step, id, at),
        Message::Repair(repair, text) => repair_json(repair, text, id, at),
    }
}

fn about_objection<'a, S>(
    objection: &'a Objection,
    kind: &'static str,
    id: &'a str,
    at: Timestamp,
    said: S,
) -> EntryMessageView<'a, S> {
    EntryMessageView {
        feedback_id: id,
        kind,
        check_id: objection.check_id.as_deref(),
        case_no: objection.case_no.as_deref(),
        department: objection.department.as_deref(),
        reported_at: at.into(),
        entry: EntryRefView {
            id: &objection.entry,
            list: objection.list.as_deref(),
            authority: objection.authority.as_deref(),
        },
        said,
    }
}

fn repair_json(repair: &Repair, text: &str, id: &str, at: Timestamp) -> String {
    let view = EntryMessageView {
        feedback_id: id,
        kind: "repair",
        check_id: None,
        case_no: repair.case_no.as_deref(),
        department: repair.department.as_deref(),
        reported_at: at.into(),
        entry: EntryRefView {
            id: &repair.entry,
            list: Some(&repair.list),
            authority: Some(&repair.authority),
        },
        said: RepairView {
            repair: &repair.id,
            state: repair.state,
            applied_on: repair.applied_on,
            materials: &repair.materials,
            modes: &repair.modes,
            text,
        },
    };
    json::text(&view, USUAL_SIZE)
}

#[derive(Serialize)]
struct ListEntryView<'a> {
    division: &'a str,
    step: &'a str,
    listed: &'a ListEntry,
}

fn list_entry_json(entry: &ListEntry, division: &str, step: &str, id: &str, at: Timestamp) -> String {
    let view = EntryMessageView {
        feedback_id: id,
        kind: "list_entry",
        check_id: None,
        case_no: None,
        department: None,
        reported_at: at.into(),
        entry: EntryRefView { id: &entry.id, list: Some(&entry.list), authority: Some(&entry.authority) },
        said: ListEntryView { division, step, listed: entry },
    };
    json::text(&view, USUAL_SIZE)
}

#[cfg(test)]
mod tests {
    use creditgate_gate::{Attachment, DispositionDetails, DispositionResult, ReportedDisposition};
    use serde_json::{Value, json};

    use super::*;
    use crate::samples::{self, CITIZEN_ID, USCC};

    fn disposition(particulars: String) -> OutgoingFeedback {
        let reported = ReportedDisposition {
            measure: "m-1/e-1/p1".into(),
            result: DispositionResult::Partly,
            reason: "尚有一项未执行".into(),
            action: "不予许可".into(),
            officer: "officer-7".into(),
            executed_at: None,
            details: DispositionDetails {
                amount: "5000".into(),
                effect: "已停止办理".into(),
                attachments: vec![Attachment {
                    name: "决定书".into(),
                    reference: "示市监许〔2026〕7号".into(),
                }],
                ..DispositionDetails::default()
            },
            attributes: Vec::new(),
        };
        OutgoingFeedback {
            body: FeedbackBody::Disposition { reported: Box::new(reported), particulars },
            ..samples::fact()
        }
    }

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn r007_a_disposition_goes_out_with_subject_entry_and_measure() {
        let particulars = particulars_json(&samples::application(), &samples::dossier(), &samples::measure());
        assert_eq!(
            read(&feedback_json(&disposition(particulars))),
            json!({
                "feedback_id": "f-1",
                "kind": "disposition",
                "check_id": "0199aaaa-0000-7000-8000-000000000001",
                "case_no": "C-2026-1",
                "department": "market-regulation",
                "item": "food-licence",
                "checkpoint": "review",
                "reported_at": "2026-08-03T09:30:00.000+08:00",
                "subject": {
                    "party": "p1",
                    "kind": "legal_person",
                    "name": "甲食品有限公司",
                    "identifiers": [{ "kind": "uscc", "value": USCC }],
                },
                "entry": { "id": "e-1", "list": "food.serious", "authority": "某市市场监督管理局" },
                "measure": { "id": "m-1/e-1/p1", "code": "m-1", "nature": "mandatory", "basis": "food-law-1" },
                "division": samples::application().division,
                "result": "partly",
                "reason": "尚有一项未执行",
                "action": "不予许可",
                "officer": "officer-7",
                "executed_at": "2026-08-03T09:30:00.000+08:00",
                "amount": "5000",
                "effect": "已停止办理",
                "attachments": [{ "name": "决定书", "reference": "示市监许〔2026〕7号" }],
            })
        );
    }

    #[test]
    fn a_fact_goes_out_with_the_subject_of_its_application() {
        let message = read(&fact_json(&samples::fact(), &samples::application()));
        assert_eq!(message["kind"], "dishonest_act");
        assert_eq!(message["act"], "false-material");
        assert_eq!(message["subject"]["identifiers"][0]["value"], CITIZEN_ID);
        assert_eq!(message.get("result"), None);
    }

    #[test]
    fn r083_a_commitment_goes_out_with_its_party_its_day_and_what_was_found() {
        let commitment = samples::commitment();
        let sent = |commitment: Commitment, reason: &str, facts: &str| {
            let (reason, facts) = (reason.to_owned(), facts.to_owned());
            let message = Message::Commitment { commitment, reason, facts };
            read(&message_json(&message, "f-2", "2026-08-03T01:30:00Z".parse().unwrap()))
        };
        let nameless = Commitment { subject: String::new(), ..commitment.clone() };
        let sent_nameless = sent(nameless, "", "");
        let sent = sent(commitment, "承诺不实", "场所证明系伪造");
        assert_eq!(sent["kind"], "commitment");
        assert_eq!(sent["subject"]["identifiers"][0]["value"], USCC);
        let commitment = json!({
            "id": "0199aaaa-0000-7000-8000-000000000001", "state": "breached", "made_on": "2026-07-01",
            "due_on": "2026-07-29", "missing": ["site"],
        });
        assert_eq!((&sent["commitment"], &sent["reason"]), (&commitment, &json!("承诺不实")));
        for absent in ["subject", "reason", "facts"] {
            assert_eq!(sent_nameless.get(absent), None);
        }
    }

    #[test]
    fn r037_an_entry_goes_out_as_it_stands_in_the_form_of_an_import() {
        let entry = samples::entries().remove(0);
        let at = "2026-08-03T01:30:00Z".parse().unwrap();
        let (division, step) = ("370811".to_owned(), "approve".to_owned());
        let message = Message::Entry { entry: Box::new(entry.clone()), division, step };
        let sent = read(&message_json(&message, "f-3", at));
        assert_eq!((&sent["kind"], &sent["step"]), (&json!("list_entry"), &json!("approve")));
        assert_eq!((&sent["entry"]["id"], &sent["division"]), (&json!(entry.id), &json!("370811")));
        assert_eq!(sent["listed"], serde_json::to_value(&entry).unwrap());
    }

    #[test]
    fn particulars_that_cannot_be_read_are_left_out() {
        let message = read(&feedback_json(&disposition("not JSON".into())));
        assert_eq!(message.get("subject"), None);
        assert_eq!(message["result"], "partly");
    }
}
