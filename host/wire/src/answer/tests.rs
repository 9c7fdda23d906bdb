//! What an answer shows, and what it must not.

use creditgate_credit::verdict::Outcome;
use creditgate_gate::{Mode, Reason, Status};

use super::AnswerBody;
use crate::samples::{self, CITIZEN_ID, USCC};

fn json(record: &creditgate_gate::CheckRecord) -> serde_json::Value {
    serde_json::to_value(AnswerBody::of(record)).unwrap()
}

#[test]
fn an_answer_shows_everything_the_officer_needs() {
    let record = samples::record(Mode::Enforce);
    let answer = AnswerBody::of(&record).with_receipt("ab".repeat(32), "header.payload.signature".into());
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
}

#[test]
fn an_answer_survives_the_way_there_and_back() {
    let record = samples::record(Mode::Advise);
    let answer = AnswerBody::of(&record);
    let text = serde_json::to_string(&answer).unwrap();
    let read: AnswerBody<'static> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, answer);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

#[test]
fn an_observed_check_influences_nobody() {
    let answer = json(&samples::record(Mode::Observe));
    for hidden in ["reasons", "matches", "hints", "measures", "grounds", "advice"] {
        assert_eq!(answer[hidden], serde_json::json!([]), "{hidden}");
    }
    assert_eq!(answer["explanation"], "");
    assert_eq!(answer.get("commitment"), None);
    assert_eq!(answer["outcome"], "proceed");
    assert_eq!(answer["enforced"], false);
    assert_eq!(answer["status"], "hit", "the status is told: the receipt says it too");
}

#[test]
fn a_binding_that_is_off_says_so() {
    let mut record = samples::record(Mode::Off);
    record.dossier = None;
    record.settled.status = Status::CouldNotCheck;
    record.settled.outcome = Outcome::Proceed;
    record.settled.reasons = vec![Reason { code: "binding.off".into(), text: "off".into() }];
    let answer = json(&record);
    assert_eq!(answer["status"], "could_not_check");
    assert_eq!(answer["reasons"][0]["code"], "binding.off");
    assert_eq!(answer["measures"], serde_json::json!([]));
}

#[test]
fn advice_does_not_bind_and_enforcement_does() {
    for (mode, enforced) in [(Mode::Advise, false), (Mode::Enforce, true)] {
        let answer = json(&samples::record(mode));
        assert_eq!(answer["enforced"], enforced);
        assert_eq!(answer["outcome"], "refuse");
    }
}

#[test]
fn no_identity_number_is_in_an_answer() {
    for mode in Mode::ALL {
        let text = json(&samples::record(*mode)).to_string();
        for number in [CITIZEN_ID, USCC] {
            assert!(!text.contains(number), "{mode:?}");
        }
    }
}
