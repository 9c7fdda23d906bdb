//! What an answer shows, and what it must not.

use std::sync::Arc;

use creditgate_api::{Answer, Entry};
use creditgate_credit::application::PartyRole;
use creditgate_credit::entry::Visibility;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{Mode, Reason, Status};

use serde_json::json;

use super::answer;
use crate::samples::{self, CITIZEN_ID, USCC};

fn answer_json(record: &creditgate_gate::CheckRecord) -> serde_json::Value {
    serde_json::to_value(answer(record)).unwrap()
}

#[test]
fn an_answer_shows_everything_the_officer_needs() {
    let record = samples::record(Mode::Enforce);
    let answer = answer(&record).with_receipt("ab".repeat(32), "header.payload.signature".into());
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
}

#[test]
fn an_answer_survives_the_way_there_and_back() {
    let record = samples::record(Mode::Advise);
    let answer = answer(&record);
    let text = serde_json::to_string(&answer).unwrap();
    let read: Answer<'static> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, answer);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

#[test]
fn an_observed_check_influences_nobody() {
    let answer = answer_json(&samples::record(Mode::Observe));
    for hidden in ["reasons", "matches", "hints", "measures", "grounds", "advice"] {
        assert_eq!(answer[hidden], json!([]), "{hidden}");
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
    record.inputs.dossier = None;
    record.settled.status = Status::CouldNotCheck;
    record.settled.outcome = Outcome::Proceed;
    record.settled.reasons = vec![Reason { code: "binding.off".into(), text: "off".into() }];
    let answer = answer_json(&record);
    assert_eq!(answer["status"], "could_not_check");
    assert_eq!(answer["reasons"][0]["code"], "binding.off");
    assert_eq!(answer["measures"], json!([]));
}

#[test]
fn advice_does_not_bind_and_enforcement_does() {
    for (mode, enforced) in [(Mode::Advise, false), (Mode::Enforce, true)] {
        let answer = answer_json(&samples::record(mode));
        assert_eq!(answer["enforced"], enforced);
        assert_eq!(answer["outcome"], "refuse");
    }
}

#[test]
fn no_identity_number_is_in_an_answer() {
    for mode in Mode::ALL {
        let text = answer_json(&samples::record(*mode)).to_string();
        for number in [CITIZEN_ID, USCC] {
            assert!(!text.contains(number), "{mode:?}");
        }
    }
}

#[test]
fn r039_a_restricted_entry_is_shown_without_its_facts_and_others_with_them() {
    let mut entry = samples::entries().remove(0);
    entry.particulars.document = "示市监处〔2026〕12号".to_owned();
    for (visibility, shown) in [
        (None, true),
        (Some(Visibility::Public), true),
        (Some(Visibility::Government), true),
        (Some(Visibility::Restricted), false),
    ] {
        entry.particulars.visibility = visibility;
        let text = serde_json::to_string(&Entry::from(&entry)).unwrap();
        for fact in [&entry.facts, &entry.particulars.document] {
            assert_eq!(text.contains(fact.as_str()), shown, "{visibility:?}");
        }
        for told in [&entry.list, &entry.authority, &entry.basis] {
            assert!(text.contains(told.as_str()), "{visibility:?}: {told}");
        }
    }
}

#[test]
fn r051_an_answer_says_the_period_and_how_credit_is_repaired() {
    let mut entry = samples::entries().remove(0);
    entry.particulars.repairable = Some(true);
    entry.particulars.repair_modes = vec!["public_commitment".to_owned()];
    entry.particulars.repair_until = entry.valid_until;
    let shown = serde_json::to_value(Entry::from(&entry)).unwrap();
    assert_eq!(shown["repairable"], true);
    assert_eq!(shown["repair_modes"], json!(["public_commitment"]));
    assert_eq!(shown["repair_until"], shown["valid_until"]);
    let read: Entry<'_> = serde_json::from_value(shown.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), shown);
}

#[test]
fn r026_r027_r028_an_answer_says_what_the_party_of_an_entry_and_measure_is_in_the_case() {
    let responsible = ("direct_responsibility".to_owned(), "true".to_owned());
    let cases = [
        (PartyRole::Applicant, None, vec![], json!(null)),
        (PartyRole::LegalRepresentative, Some("p9"), vec![], json!(false)),
        (PartyRole::ResponsiblePerson, Some("p9"), vec![], json!(true)),
        (PartyRole::Director, Some("p9"), vec![responsible], json!(true)),
        (PartyRole::Bidder, None, vec![], json!(false)),
    ];
    for (role, acts_for, attributes, responsible) in cases {
        let mut record = samples::record(Mode::Enforce);
        let application = Arc::make_mut(&mut record.inputs.application);
        for party in &mut application.parties {
            (party.role, party.attributes) = (role, attributes.clone());
            party.acts_for = acts_for.map(str::to_owned);
        }
        let answer = serde_json::to_value(answer(&record)).unwrap();
        for relation in [&answer["matches"][0]["relation"], &answer["measures"][0]["relation"]] {
            assert_eq!(relation["directly_responsible"], responsible, "{role:?}");
            let expected = if responsible.is_null() { json!(null) } else { json!(role.code()) };
            assert_eq!(relation["role"], expected, "{role:?}");
            assert_eq!(relation["acts_for"], json!(acts_for), "{role:?}");
        }
    }
}
