//! A whole host behind its HTTP interface, without sockets: every call that takes
//! a body, and workbooks of Excel.
//!
//! The host of a process keeps what the inputs before made of it. A finding that
//! is none alone is found again by running the inputs in their order.

use std::io::{Cursor, Write as _};
use std::num::NonZeroU32;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use creditgate_server::{Config, Host, LocalOperator};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Target;
use crate::findings::holds_no_number;
use crate::requests::BODIES_TEXT;

/// The call by the first byte, then its body.
pub(crate) const HTTP: Target = Target {
    name: "http",
    run: any_call,
    seeds: || {
        let files = [
            (0, BODIES_TEXT[0]),
            (1, include_str!("../../../examples/city/list-types.jsonl")),
            (2, include_str!("../../../examples/city/catalogue.jsonl")),
            (3, include_str!("../../../examples/city/policy.jsonl")),
            (4, include_str!("../../../examples/city/bindings.jsonl")),
            (5, include_str!("../../../examples/city/lists.jsonl")),
            (6, include_str!("../../../examples/city/lists.csv")),
        ];
        let bodies = BODIES_TEXT.iter().flat_map(|body| (7..CALLS.len()).map(move |call| (call, *body)));
        let seeds = files.into_iter().chain(bodies);
        seeds
            .map(|(call, body)| [&[u8::try_from(call).unwrap_or_default()][..], body.as_bytes()].concat())
            .collect()
    },
    words: crate::imports::WORDS,
    rounds: 250,
};

/// The cells of a sheet, as they stand in a workbook.
pub(crate) const WORKBOOK: Target = Target {
    name: "workbook",
    run: any_sheet,
    seeds: || vec![SHEET.into()],
    words: &[
        "<row r=\"2\">",
        "</row>",
        "<c r=\"A1\" t=\"inlineStr\">",
        "</c>",
        "A4294967295",
        "XFD1048577",
        "A0",
        "ZZZZZZZ1",
        "t=\"s\"",
        "t=\"b\"",
        "t=\"d\"",
        "1e308",
        "110101199001010015",
        "&lt;",
        "</sheetData>",
        "-1",
        "A1",
        "<v>",
    ],
    rounds: 120,
};

const ID: &str = "0198c3f2-0000-7000-8000-000000000000";

/// Calls with a body. `{id}` stands for the id of something there is not.
const CALLS: &[&str] = &[
    "/v1/checks",
    "/v1/admin/list-types?format=jsonl&file=f",
    "/v1/admin/catalogue?format=jsonl&file=f&accept_valid=true",
    "/v1/admin/policy?format=jsonl&file=f",
    "/v1/admin/bindings?format=jsonl&file=f&accept_valid=true",
    "/v1/admin/lists?format=jsonl&file=f&accept_valid=true",
    "/v1/admin/lists?format=csv&file=f&mode=full&encoding=gbk",
    "/v1/coverage?format=csv&file=f",
    "/v1/admin/identifiers?format=csv&file=f",
    "/v1/admin/calendar",
    "/v1/admin/plugins",
    "/v1/checks/{id}/dispositions",
    "/v1/commitments/{id}/signature",
    "/v1/commitments/{id}/fulfilment",
    "/v1/commitments/{id}/extension",
    "/v1/commitments/{id}/breach",
    "/v1/commitments/{id}/repair",
    "/v1/publications",
    "/v1/objections",
    "/v1/objections/{id}/result",
    "/v1/objections/{id}/notices",
    "/v1/repairs",
    "/v1/repairs/{id}/result",
    "/v1/acts",
    "/v1/typical-cases",
    "/v1/feedback/{id}/acknowledgements",
    "/v1/receipts:verify",
    "/v1/admin/releases:activate",
    "/v1/admin/releases:rollback",
    "/v1/admin/releases",
    "/v1/admin/releases/1/approval",
    "/v1/admin/releases/1/rejection",
    "/v1/admin/releases/1/trials",
    "/v1/admin/releases/1/trials:end",
    "/v1/admin/entries",
    "/v1/admin/entries/e1/steps",
    "/v1/admin/entries/e1/approval",
    "/v1/admin/entries/e1/rectification",
    "/v1/admin/entries/e1/rectification/result",
    "/v1/admin/entries/e1/talks",
    "/v1/admin/entries/e1/lifting",
    "/v1/admin/entries/e1/overlays:end",
    "/v1/catalogue:check",
    "/v1/admin/keys",
    "/v1/admin/signers",
    "/v1/admin/backtests",
];

struct Open {
    runtime: Runtime,
    router: axum::Router,
    _host: Host,
    _folder: tempfile::TempDir,
}

static OPEN: LazyLock<Open> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config { data: folder.path().join("data"), ..Config::default() };
    config.sandbox.concurrent_calls = NonZeroU32::MIN;
    let host = runtime.block_on(Host::open(config)).expect("a host");
    Open { router: host.router(), runtime, _host: host, _folder: folder }
});

fn any_call(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let Some(call) = CALLS.get(usize::from(*first) % CALLS.len()) else { return };
    post(&call.replace("{id}", ID), body.to_vec());
}

fn any_sheet(cells: &[u8]) {
    let status = post("/v1/admin/lists?format=xlsx&file=f", workbook(cells));
    assert!(status == StatusCode::OK || status == StatusCode::UNPROCESSABLE_ENTITY, "{status} of an import");
}

/// Posts as the operator of the machine. Whatever is sent, it is no fault of the
/// host, and a refusal says what is wrong without repeating a number.
fn post(path: &str, body: Vec<u8>) -> StatusCode {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(
            "content-type",
            if path.ends_with("plugins") { "application/wasm" } else { "application/json" },
        )
        .body(Body::from(body))
        .expect("a request");
    request.extensions_mut().insert(LocalOperator::default());
    let (status, answer) = OPEN.runtime.block_on(async {
        let Ok(response) = OPEN.router.clone().oneshot(request).await;
        let status = response.status();
        (status, axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("an answer"))
    });
    assert!(!status.is_server_error(), "{path}: {status}");
    if status.is_client_error() {
        is_a_problem(path, &answer);
    }
    status
}

fn is_a_problem(path: &str, answer: &Bytes) {
    let problem: Value = serde_json::from_slice(answer).unwrap_or_default();
    let code = problem["code"].as_str().unwrap_or_default();
    assert!(code.contains('.'), "{path}: a refusal without a code");
    holds_no_number(&String::from_utf8_lossy(answer));
}

const SHEET: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>list</t></is></c><c r="C1" t="inlineStr"><is><t>list_name</t></is></c><c r="D1" t="inlineStr"><is><t>kind</t></is></c><c r="E1" t="inlineStr"><is><t>subject_name</t></is></c><c r="F1" t="inlineStr"><is><t>authority</t></is></c><c r="G1" t="inlineStr"><is><t>recognised_on</t></is></c><c r="H1" t="inlineStr"><is><t>citizen_id</t></is></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>food.serious</t></is></c><c r="C2" t="inlineStr"><is><t>示例</t></is></c><c r="D2" t="inlineStr"><is><t>black</t></is></c><c r="E2" t="inlineStr"><is><t>甲</t></is></c><c r="F2" t="inlineStr"><is><t>示例局</t></is></c><c r="G2" t="d"><v>2025-03-01T00:00:00</v></c><c r="H2" t="inlineStr"><is><t>110101199001010015</t></is></c></row>"#;

/// A workbook whose only sheet has these cells.
fn workbook(cells: &[u8]) -> Vec<u8> {
    const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!(
            r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let book = format!(
        r#"<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
    );
    let before = format!(r#"<worksheet xmlns="{SPREADSHEET}"><sheetData>"#);
    let sheet = [before.as_bytes(), cells, b"</sheetData></worksheet>"].concat();
    stored_zip(&[
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml").as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

/// An archive of files that are not compressed, so that changed bytes are changed
/// cells and no broken archive.
fn stored_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(*name, stored).expect("a file of an archive");
        archive.write_all(content).expect("it is written");
    }
    archive.finish().expect("an archive").into_inner()
}
