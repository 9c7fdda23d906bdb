//! Bodies that are posted: read, written and read again, with every fault told
//! and no number repeated.

use creditgate_affairs::commitments::{Breach, CreditRepair, Extension, Fulfilment, Signature};
use creditgate_affairs::entry_file::{NewLifting, NewRectification, NewTalk, RectificationDone};
use creditgate_affairs::local_lists::{NewStep, Proposal};
use creditgate_affairs::objections::{NewObjection, ObjectionAnswer, ObjectionNotice};
use creditgate_affairs::publications::Publication;
use creditgate_affairs::repairs::{NewRepair, RepairAnswer};
use creditgate_affairs::typical_cases::TypicalCase;
use creditgate_api::{CheckRequest, Dispositions, ReceiptToVerify};
use creditgate_credit::fault::FieldProblem;
use creditgate_wire::act::NewAct;
use creditgate_wire::admin::{Activate, NewKeyBody, Rollback};
use creditgate_wire::backtest::StartBacktest;
use creditgate_wire::read::from_json;
use creditgate_wire::release::{NewRelease, NewTrial};
use creditgate_wire::report::FeedbackAcknowledgement;
use creditgate_wire::request::disposition_report;
use creditgate_wire::signers::NewSigner;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Target;
use crate::findings::is_sound;

/// A body, taken as each of those that are posted.
pub(crate) const BODIES: Target = Target {
    name: "bodies",
    run,
    seeds: || BODIES_TEXT.iter().map(|text| text.as_bytes().to_vec()).collect(),
    words: &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "\"form\":",
        "\"attributes\":{}",
        "110101199001010015",
        "\\ud800",
        "1e999",
        "2026-02-29",
        "identifiers",
        "`, expected ",
        "\"`\":1",
        "\u{0}",
    ],
    rounds: 1_500,
};

/// Bodies of several calls; the first is a request for a check.
pub(crate) const BODIES_TEXT: &[&str] = &[
    r#"{"checkpoint":"review","department":"market-regulation","item":"food-licence","case_no":"C-1",
    "operator":"officer-7","filed_on":"2026-08-03","division":"370811",
    "parties":[{"id":"p1","role":"applicant","kind":"legal_person","name":"甲食品有限公司",
        "identifiers":[{"kind":"uscc","value":"91110000600037341L"}],"attributes":{"b":"1","a":"2"}},
       {"role":"legal_representative","acts_for":"p1","kind":"natural_person","name":"张三",
        "identifiers":[{"kind":"citizen_id","value":"110101199001010015"}]}],
    "materials":[{"code":"m1","name":"场地证明","provided":false,"required_by":"other"}],
    "reports":[{"party":"p1","issuer":"甲评级","number":"R-1","issued_on":"2026-07-01"}],
    "receipts":["a.b.c"],"form":{"area": 120,"x":[1.50]}}"#,
    r#"{"dispositions":[{"measure":"m/e/p1","result":"partly","reason":"场地未清","officer":"officer-7",
     "executed_at":"2026-08-03T10:00:00+08:00","details":{},"attributes":{}}]}"#,
    r#"{"reason":"x","party":"p1","kind":"false-material","facts":"y","signed_on":"2026-08-03"}"#,
    r#"{"entry":"e1","kind":"objection","grounds":"x","day":"2026-08-03","result":"granted"}"#,
    r#"{"id":"e1","list":"food.serious","step":"withdraw","on":"2026-08-03","document":"d"}"#,
    r#"{"name":"n","role":"caller","departments":["a"],"binding":"b","release":3,"digest":"sha256:00"}"#,
];

fn run(data: &[u8]) {
    check_request(data);
    if let Some(body) = reads_back::<Dispositions>(data) {
        sound(disposition_report(body, "c1".to_owned()));
    }
    others(data);
}

/// A request that is taken has read everything it says.
fn check_request(data: &[u8]) {
    let Some(body) = reads_back::<CheckRequest>(data) else { return };
    let (parties, materials) = (body.parties.len(), body.materials.len());
    let request = creditgate_wire::request::check_request(body, None);
    request.faults.iter().for_each(is_sound);
    if request.faults.is_empty() {
        assert_eq!(
            (request.parties.len(), request.materials.len()),
            (parties, materials),
            "something is lost"
        );
        let form = serde_json::from_str::<serde_json::Value>(&request.form);
        assert!(form.is_ok_and(|form| form.is_object()), "the form is no object");
    }
}

macro_rules! each_reads_back {
    ($data:expr; $($body:ty),+ $(,)?) => { $(reads_back::<$body>($data);)+ };
}

fn others(data: &[u8]) {
    each_reads_back!(
        data;
        FeedbackAcknowledgement, Activate, Breach, Extension, Fulfilment, NewAct, NewKeyBody, NewLifting,
        NewObjection, NewRectification, NewRelease, NewRepair, NewSigner, NewTalk, NewTrial,
        ObjectionAnswer, ObjectionNotice, Proposal, Publication, ReceiptToVerify, RectificationDone,
        RepairAnswer, CreditRepair, Rollback, Signature, StartBacktest, NewStep, TypicalCase,
    );
}

/// A body that is read is written in a form that reads as the same.
fn reads_back<T: DeserializeOwned + Serialize>(data: &[u8]) -> Option<T> {
    let body: T = sound(from_json(data).map_err(|fault| vec![fault]))?;
    let written = serde_json::to_string(&body).expect("a body can be written");
    let again: Result<T, FieldProblem> = from_json(written.as_bytes());
    let again = again.map(|again| serde_json::to_string(&again).expect("a body can be written"));
    assert!(again.is_ok_and(|again| again == written), "a body does not read as it is written");
    Some(body)
}

fn sound<T>(read: Result<T, Vec<FieldProblem>>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(faults) => {
            assert!(!faults.is_empty(), "a body is refused without a word");
            faults.iter().for_each(is_sound);
            None
        }
    }
}
