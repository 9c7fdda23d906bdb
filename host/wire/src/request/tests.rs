//! Requests as callers send them, good and bad.

use creditgate_gate::DispositionResult;
use jiff::civil::date;

use super::*;
use crate::read::from_json;

const REQUEST: &str = r#"{
    "checkpoint":"review","department":"market-regulation","item":"food-licence","case_no":"C-1",
    "operator":"officer-7","filed_on":"2026-08-03",
    "parties":[{"role":"applicant","kind":"legal_person","name":"甲食品有限公司",
        "identifiers":[{"kind":"uscc","value":"91110000600037341L"}],"attributes":{"b":"1","a":"2"}}],
    "materials":[{"code":"m1","name":"场地证明","provided":false,"required_by":"other"}],
    "reports":[{"party":"p1","issuer":"甲评级","number":"R-1","issued_on":"2026-07-01"}],
    "form":{"area": 120,"x":[1.50]}
}"#;

#[test]
fn a_request_arrives_as_it_was_sent() {
    let request = check_request(from_json(REQUEST.as_bytes()).unwrap(), None);
    assert_eq!(request.faults, []);
    assert_eq!(request.filed_on, Some(date(2026, 8, 3)));
    assert_eq!(request.parties[0].role, PartyRole::Applicant);
    assert_eq!(request.parties[0].identifiers, [(IdentifierKind::Uscc, "91110000600037341L".to_owned())]);
    assert_eq!(request.parties[0].attributes[0].0, "b", "the order of attributes is kept");
    assert_eq!(request.materials[0].required_by, RequiredBy::Other);
    assert_eq!(request.form, r#"{"area": 120,"x":[1.50]}"#, "the form is carried along as text");
    assert_eq!(request.reports[0].grade, "");
}

#[test]
fn every_fault_of_a_request_is_told() {
    let broken = REQUEST
        .replace("\"applicant\"", "\"boss\"")
        .replace("\"uscc\"", "\"tax\"")
        .replace("\"other\"", "\"habit\"")
        .replace("2026-07-01", "2026-07-32")
        .replace("2026-08-03", "3.8.2026")
        .replace("{\"area\": 120,\"x\":[1.50]}", "[]");
    let problems = check_request(from_json(broken.as_bytes()).unwrap(), None).faults;
    let found: Vec<(&str, &str)> =
        problems.iter().map(|problem| (problem.field.as_str(), problem.code)).collect();
    assert_eq!(
        found,
        [
            ("filed_on", "date.malformed"),
            ("parties[0].role", "value.unknown"),
            ("parties[0].identifiers[0].kind", "value.unknown"),
            ("materials[0].required_by", "value.unknown"),
            ("reports[0].issued_on", "date.malformed"),
            ("form", "form.not_an_object"),
        ]
    );
}

#[test]
fn a_request_may_hold_no_unknown_field() {
    for (from, to, field) in [
        ("\"operator\"", "\"oparator\"", "oparator"),
        ("\"provided\"", "\"provide\"", "materials[0].provide"),
    ] {
        let problem = from_json::<api::CheckRequest>(REQUEST.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!((problem.field.as_str(), problem.code), (field, "field.unknown"));
    }
}

#[test]
fn dispositions_are_read_with_every_fault() {
    let body = r#"{"dispositions":[
        {"measure":"m/e/p1","result":"partly","reason":"场地未清","officer":"officer-7",
         "executed_at":"2026-08-03T10:00:00+08:00"},
        {"measure":"n/e/p1","result":"done","officer":"officer-7","executed_at":"today"}]}"#;
    let problems = disposition_report(from_json(body.as_bytes()).unwrap(), "c1".into()).unwrap_err();
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["dispositions[1].result", "dispositions[1].executed_at"]);

    let good = body.replace("\"done\"", "\"executed\"").replace("\"today\"", "\"2026-08-03T02:00:00Z\"");
    let report = disposition_report(from_json(good.as_bytes()).unwrap(), "c1".into()).unwrap();
    assert_eq!(report.dispositions[0].executed_at, report.dispositions[1].executed_at);
    assert_eq!(report.dispositions[0].result, DispositionResult::Partly);
}
