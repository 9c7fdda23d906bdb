//! What must not move, byte by byte: records, which are hashed; answers, receipts,
//! feedback and events, which others read; and what every importer makes of a file.
//! A change here is a change of a form others rely on.

use std::path::Path;

use creditgate_affairs::Message;
use creditgate_affairs::event::{Event, RELEASE_ACTIVATED};
use creditgate_api::ImportProblem;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Strictness;
use creditgate_gate::{
    Attachment, DispositionDetails, DispositionResult, FeedbackBody, Mode, OutgoingFeedback, ReceiptClaims,
    ReceiptKey, ReportedDisposition,
};
use creditgate_sandbox::{CallError, CallSite, Failure};
use serde::Serialize;

use crate::feedback;
use crate::import::{
    Format, Parsed, PolicyItem, parse_bindings, parse_catalogue, parse_identifiers, parse_issued,
    parse_list_types, parse_lists, parse_policy, parse_policy_toml,
};
use crate::link::LinkRow;
use crate::record::record_json;
use crate::samples;

fn is_as_kept(name: &str, found: &str) {
    golden_files::is_as_kept(env!("CARGO_MANIFEST_DIR"), name, found);
}

fn lines<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    rows.into_iter().map(|row| serde_json::to_string(&row).unwrap() + "\n").collect()
}

#[test]
fn the_bytes_of_records_of_every_kind() {
    let mut records: Vec<String> =
        Mode::ALL.iter().map(|mode| record_json(&samples::record(*mode))).collect();
    let mut failed = samples::record(Mode::Enforce);
    let call = |record: &mut creditgate_gate::CheckRecord, outcome| {
        record.judged.as_mut().unwrap().outcome = outcome;
    };
    call(&mut failed, Ok(Err(Failure { code: "no-rule".into(), message: "none".into() })));
    records.push(record_json(&failed));
    let site = || {
        Box::new(CallSite {
            plugin: "p".into(),
            version: "1".into(),
            checkpoint: "review".into(),
            binding: "b".into(),
        })
    };
    let frames = vec!["decide".to_owned()];
    call(&mut failed, Err(CallError::Trap { site: site(), message: "unreachable".into(), frames }));
    records.push(record_json(&failed));
    let mut least = samples::record(Mode::Off);
    least.idempotency = None;
    least.inputs.dossier = None;
    least.judged = None;
    least.inputs.plugin = None;
    least.inputs.settings = None;
    records.push(record_json(&least));
    is_as_kept("records.jsonl", &(records.join("\n") + "\n"));
}

#[test]
fn the_bytes_of_answers_and_receipts() {
    let records: Vec<_> = Mode::ALL.iter().map(|mode| samples::record(*mode)).collect();
    is_as_kept("answers.jsonl", &lines(records.iter().map(crate::answer::answer)));
    let key = ReceiptKey::from_secret(&[7; 32]);
    let claims = ReceiptClaims {
        check_id: "0199aaaa-0000-7000-8000-000000000001".into(),
        case_no: "C-2026-1".into(),
        department: "market-regulation".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        status: "hit".into(),
        outcome: "refuse".into(),
        record_hash: "ab".repeat(32),
        checked_at: "2026-08-03T01:30:00.25Z".parse().unwrap(),
    };
    let said = serde_json::to_string(&claims).unwrap();
    is_as_kept("receipt.txt", &format!("{said}\n{}\n", key.sign(&claims)));
}

#[test]
fn the_bytes_of_feedback_and_events() {
    let at = "2026-08-03T01:30:00Z".parse().unwrap();
    let application = samples::application();
    let particulars = feedback::particulars_json(&application, &samples::dossier(), &samples::measure());
    let reported = ReportedDisposition {
        measure: "m-1/e-1/p1".into(),
        result: DispositionResult::Partly,
        reason: "尚有一项未执行".into(),
        action: "不予许可".into(),
        officer: "officer-7".into(),
        executed_at: Some(at),
        details: DispositionDetails {
            amount: "5000".into(),
            effect: "已停止办理".into(),
            attachments: vec![Attachment {
                name: "决定书".into(), reference: "示市监许〔2026〕7号".into()
            }],
            ..DispositionDetails::default()
        },
        attributes: vec![("b".into(), "1".into())],
    };
    let disposition = OutgoingFeedback {
        body: FeedbackBody::Disposition { reported: Box::new(reported), particulars },
        ..samples::fact()
    };
    let (reason, facts) = ("承诺不实".to_owned(), "场所证明系伪造".to_owned());
    let breach = Message::Commitment { commitment: samples::commitment(), reason, facts };
    let mut texts = vec![
        feedback::feedback_json(&disposition),
        feedback::fact_json(&samples::fact(), &application),
        feedback::message_json(&breach, "f-2", at),
    ];
    texts.extend(samples::entries().into_iter().map(|entry| {
        let (division, step) = ("370811".to_owned(), "approve".to_owned());
        feedback::message_json(&Message::Entry { entry: Box::new(entry), division, step }, "f-3", at)
    }));
    let event = Event {
        id: "01a208b7-5547-7be4-ba02-769162f83f06".to_owned(),
        name: RELEASE_ACTIVATED.into(),
        at,
        actor: "3f1c9a0b12cd".to_owned(),
        subject: "market-regulation/food-licence/review".to_owned(),
        data: [("reason".to_owned(), "1.0.1".to_owned())].into(),
    };
    texts.push(serde_json::to_string(&event).unwrap());
    is_as_kept("feedback-and-events.jsonl", &(texts.join("\n") + "\n"));
}

/// What was made of a file: its good rows, what is wrong and what is remarkable.
fn made<'a, T, R: Serialize>(parsed: &'a Parsed<T>, row: impl Fn(&'a T) -> R) -> String {
    #[derive(Serialize)]
    struct Findings<'a> {
        problems: &'a [ImportProblem],
        warnings: &'a [ImportProblem],
    }
    let findings = Findings { problems: &parsed.problems, warnings: &parsed.warnings };
    lines(parsed.rows.iter().map(row)) + &lines([findings])
}

#[test]
fn what_the_importers_make_of_the_files_of_the_example_city() {
    let city = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/city");
    let read = |name: &str| std::fs::read(city.join(name)).unwrap();
    let policy = parse_policy("policy.jsonl", Format::Jsonl, read("policy.jsonl"));
    is_as_kept("import-policy.jsonl", &made(&policy, |policy| policy));
    let catalogue = parse_catalogue("catalogue.jsonl", Format::Jsonl, read("catalogue.jsonl"));
    is_as_kept("import-catalogue.jsonl", &made(&catalogue, |edition| edition));
    let list_types = parse_list_types("list-types.jsonl", Format::Jsonl, read("list-types.jsonl"));
    is_as_kept("import-list-types.jsonl", &made(&list_types, |list_type| list_type));
    let bindings = parse_bindings("bindings.jsonl", Format::Jsonl, read("bindings.jsonl"));
    is_as_kept("import-bindings.jsonl", &made(&bindings, |binding| binding));
    for (name, format) in [("lists.jsonl", Format::Jsonl), ("lists.csv", Format::Csv)] {
        let entries = parse_lists(name, format, read(name), Strictness::Check);
        is_as_kept(&format!("import-{name}.jsonl"), &made(&entries, |entry| entry));
    }
}

#[test]
fn what_the_importers_make_of_good_rows_and_bad_ones() {
    let links = "kind,value,uscc,valid_from,valid_until,source\n\
                 registration_number,110000000123456,91110000600037341L,2001-01-01,2016-12-31,示例登记\n\
                 registration_number,无,91110000600037341L,,,示例登记\n\
                 organisation_code,60003734-1,91110000600037341L,2030-01-01,2020-01-01,\n";
    let parsed = parse_identifiers("links.csv", Format::Csv, links.as_bytes(), Strictness::Check, Vec::new());
    is_as_kept("import-links.jsonl", &made(&parsed, LinkRow::from));
    let issued =
        "case_no,department,item,issued_on\nC-1,a,b,2026-08-03\nC-2,a,b,yesterday\n,a,b,2026-08-03\n";
    let parsed = parse_issued("issued.csv", Format::Csv, issued.as_bytes());
    is_as_kept(
        "import-issued.jsonl",
        &made(&parsed, |case| (case.case_no.clone(), case.item.clone(), case.issued_on.to_string())),
    );
    let layers = "[division.370000]\nname = \"示例省\"\nlevel = \"province\"\n\n\
                  [[layer]]\ndivision = \"370000\"\nversion = \"1\"\neffective_from = 2026-01-01\n\
                  clean_window_years = 3\nsuspension_scope = \"all_punish\"\n";
    let parsed = parse_policy_toml("policy.toml", layers.as_bytes(), &[], &[]);
    let row = |item: &PolicyItem| match item {
        PolicyItem::Division(division) => serde_json::to_value(division).unwrap(),
        PolicyItem::Layer(layer) => serde_json::to_value(layer).unwrap(),
    };
    is_as_kept("import-policy-toml.jsonl", &made(&parsed, row));
    let wrong = "{\"division\":\"37\",\"version\":1,\"unknown\":true}\nnot JSON\n";
    is_as_kept(
        "import-policy-wrong.jsonl",
        &made(&parse_policy("policy.jsonl", Format::Jsonl, wrong.as_bytes()), |policy| policy),
    );
    is_as_kept("entries.jsonl", &lines(samples::entries()));
}

#[test]
fn r026_r031_an_entry_survives_the_way_there_and_back() {
    for entry in samples::entries() {
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<ListEntry>(&text).unwrap(), entry);
    }
}
