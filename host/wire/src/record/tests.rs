//! What a record holds.

use std::sync::Arc;

use creditgate_credit::entry::{ListEntry, ListKind};
use creditgate_credit::host_rules::HostRules;
use creditgate_gate::{Mode, RecordedCall};
use creditgate_sandbox::{CallError, CallSite, Failure};
use serde_json::{Value, json};

use super::{read_record, record_json};
use crate::samples::{self, CITIZEN_ID, USCC};

fn read(record: &creditgate_gate::CheckRecord) -> Value {
    serde_json::from_str(&record_json(record)).unwrap()
}

#[test]
fn a_record_holds_what_the_check_was_made_of() {
    let record = read(&samples::record(Mode::Observe));
    assert_eq!(record["application"]["parties"][0]["identifiers"][0]["value"], USCC);
    assert_eq!(record["application"]["parties"][1]["identifiers"][0]["value"], CITIZEN_ID);
    assert_eq!(record["application"]["parties"][1]["acts_for"], "p1");
    assert_eq!(record["application"]["form"], json!({ "area": 120.50 }));
    assert_eq!(record["dossier"]["parties"][0]["entries"], json!(["e-1"]));
    assert_eq!(record["dossier"]["parties"][0]["history"][0]["id"], "e-1");
    assert_eq!(record["dossier"]["parties"][0]["measures"][0]["id"], "m-1/e-1/p1");
    assert_eq!(record["dossier"]["parties"][0]["commitments"][0]["state"], "fulfilled");
    assert_eq!(record["dossier"]["parties"][0]["reports"][0]["qualified"], true);
    assert_eq!(record["dossier"]["parties"][1]["hints"][0]["id"], "e-3");
    assert_eq!(record["settings"], json!({ "years": 3 }));
    assert_eq!(record["limits"]["wall_clock_ms"], 250);
    assert_eq!(record["seed"], u64::MAX.to_string());
    assert_eq!(record["idempotency"]["body_sha256"], "ab".repeat(32));
    assert_eq!(record["at"], "2026-08-03T09:30:00.250+08:00");
    for name in ["policy", "catalogue", "engine", "host_rules", "binding", "caller", "operator"] {
        assert!(record[name].is_string(), "{name}");
    }
}

#[test]
fn a_record_holds_what_was_said_and_made_of_it_even_where_the_caller_is_told_nothing() {
    let source = samples::record(Mode::Observe);
    let record = read(&source);
    assert_eq!(record["judged"]["fuel_used"], 123_456);
    assert_eq!(record["judged"]["verdict"]["outcome"], "refuse");
    assert_eq!(record["judged"]["transcript"][0]["function"], "credit.standing");
    assert_eq!(record["judged"]["log"][0]["level"], "info");
    assert_eq!(record["judged"]["facts"][0]["type"], "dishonest_act");
    assert_eq!(record["settled"]["outcome"], "refuse");
    assert_eq!(
        record["settled"]["measures"][0],
        json!({
            "id": "m-1/e-1/p1", "disposition": { "action": "applied" }
        })
    );
    assert_eq!(record["feedback"][0]["id"], "f-1");
    assert_eq!(record["answer"], serde_json::to_value(crate::answer::answer(&source)).unwrap());
    assert_eq!(record["answer"].get("record_hash"), None, "the hash is over the record");
}

#[test]
fn a_record_that_names_no_host_rules_was_made_under_the_first() {
    let mut record = read(&samples::record(Mode::Enforce));
    let rules = |record: &Value| read_record(&record.to_string()).map(|read| read.inputs.host_rules);
    assert_eq!(rules(&record).unwrap(), HostRules::CURRENT);
    record.as_object_mut().unwrap().remove("host_rules");
    assert_eq!(rules(&record).unwrap(), HostRules::First);
    record["host_rules"] = json!("999");
    assert!(rules(&record).is_err(), "rules of a later version");
}

#[test]
fn a_call_without_a_verdict_says_why() {
    let mut record = samples::record(Mode::Enforce);
    let call = record.judged.as_mut().unwrap();
    call.outcome = Ok(Err(Failure { code: "no-rule".into(), message: "none".into() }));
    assert_eq!(read(&record)["judged"]["failure"]["code"], "no-rule");

    let site = CallSite {
        plugin: "p".into(),
        version: "1".into(),
        checkpoint: "review".into(),
        binding: "b".into(),
    };
    let call = record.judged.as_mut().unwrap();
    call.outcome = Err(CallError::Trap {
        site: Box::new(site),
        message: "unreachable".into(),
        frames: vec!["decide".into()],
    });
    let error = &read(&record)["judged"]["error"];
    assert_eq!((&error["code"], &error["frames"]), (&json!("plugin.trap"), &json!(["decide"])));
}

#[test]
fn a_record_of_nothing_leaves_out_what_is_absent() {
    let mut record = samples::record(Mode::Off);
    record.idempotency = None;
    record.inputs.dossier = None;
    record.judged = None;
    record.inputs.plugin = None;
    record.inputs.settings = None;
    let text = record_json(&record);
    assert!(!text.contains("null"), "{text}");
    for absent in ["dossier", "judged", "plugin", "settings", "idempotency"] {
        assert_eq!(read(&record).get(absent), None, "{absent}");
    }
}

#[test]
fn a_record_read_back_says_what_was_written() {
    for mode in Mode::ALL.iter().copied() {
        let source = samples::record(mode);
        let read = read_record(&record_json(&source)).unwrap();
        assert_eq!((&read.check_id, &read.inputs), (&source.check_id, &source.inputs));
        assert_eq!(read.inputs.mode, mode);
        assert_eq!(read.settled, source.settled);
        assert_eq!(read.judged, source.judged.map(RecordedCall::from));
    }
}

#[test]
fn a_record_that_cannot_be_read_is_an_error_without_its_contents() {
    let whole = record_json(&samples::record(Mode::Enforce));
    for (from, to) in [
        ("\"e-1\"],", "\"e-9\"],"),
        ("\"mode\":\"enforce\"", "\"mode\":\"other\""),
        ("\"seed\":\"", "\"seed\":\"x"),
        ("{\"check_id\"", "{check_id"),
    ] {
        let broken = whole.replacen(from, to, 1);
        assert_ne!(broken, whole, "{from}");
        let error = read_record(&broken).unwrap_err().to_string();
        assert!(!error.contains(CITIZEN_ID) && !error.contains(USCC), "{error}");
    }
}

#[test]
fn r044_an_alert_is_kept_in_the_record_and_read_back_as_it_was() {
    let mut record = samples::record(Mode::Enforce);
    let dossier = Arc::make_mut(record.inputs.dossier.as_mut().unwrap());
    let alert = ListEntry {
        id: "alert:p1".to_owned(),
        list: creditgate_credit::derived::ALERT.to_owned(),
        kind: ListKind::Alert,
        attributes: vec![("counted/e-2".to_owned(), "food".to_owned())],
        ..dossier.parties[0].entries[0].clone()
    };
    dossier.parties[0].entries.insert(0, alert);
    let text = record_json(&record);
    let kept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(kept["dossier"]["parties"][0]["derived"][0]["id"], "alert:p1");
    assert_eq!(kept["dossier"]["parties"][1].get("derived"), None, "nothing where nothing is derived");
    let again = read_record(&text).unwrap();
    assert_eq!(again.inputs.dossier, record.inputs.dossier);
}
