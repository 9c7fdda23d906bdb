//! Imports of list entries, of sources as a whole and in part.

mod workbooks;

use std::convert::Infallible;
use std::num::NonZeroUsize;

use axum::body::Bytes;
use rust_xlsxwriter::{Format, Workbook};

use super::*;

const HEADER: &str =
    "id,list,list_name,kind,subject_name,uscc,other_id,facts,authority,basis,recognised_on,status,document";

fn row(number: u32) -> String {
    format!(
        "e{number},food.serious,严重失信名单,black,示例{number}号,,N-{number:08},事实,示例局,依据,2025-03-01,,"
    )
}

fn csv(numbers: impl Iterator<Item = u32>) -> String {
    std::iter::once(HEADER.to_owned()).chain(numbers.map(row)).map(|line| line + "\n").collect()
}

async fn host() -> TestHost {
    let host = TestHost::empty(|_| {}).await;
    host.import("list-types", LIST_TYPES).await;
    host
}

impl TestHost {
    async fn lists(&self, query: &str, body: impl Into<Body>) -> Answer {
        let path = format!("/v1/admin/lists?file=f.csv&{query}");
        let mut request = request(Method::POST, &path, body.into());
        request.extensions_mut().insert(LocalOperator::default());
        self.answer(request).await
    }

    async fn sources(&self) -> Value {
        self.get("/v1/admin/sources").await["sources"].clone()
    }
}

fn counts(report: &Value) -> [&Value; 5] {
    ["added", "changed", "unchanged", "removed", "conflict_count"].map(|name| &report["lists"][name])
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_source_is_imported_as_a_whole_and_updated_by_ids() {
    let host = host().await;
    let whole = host.lists("format=csv&mode=full&source=city", csv(1..=5000)).await.expect(200);
    assert_eq!((&whole["rows"], &whole["applied"]), (&json!(5000), &json!(5000)));
    assert_eq!(counts(&whole), [5000, 0, 0, 0, 0]);
    assert_eq!((&whole["lists"]["source"], &whole["lists"]["mode"]), (&json!("city"), &json!("full")));

    let again = host.lists("format=csv&mode=full&source=city", csv((1..=5000).rev())).await.expect(200);
    assert_eq!(counts(&again), [0, 0, 5000, 0, 0], "the same file again");
    let less = csv(11..=5010).replace("示例20号", "示例二十号");
    let less = host.lists("format=csv&mode=full&source=city", less).await.expect(200);
    assert_eq!(counts(&less), [10, 1, 4989, 10, 0]);

    let since = csv(5001..=5020).replace("事实", "另一事实");
    let since = host.lists("format=csv&source=city", since).await.expect(200);
    assert_eq!(counts(&since), [10, 10, 0, 0, 0]);
    assert_eq!(since["lists"].get("snapshot"), None);
    host.lists("format=csv", csv(9001..=9001)).await.expect(200);
    let sources = host.sources().await;
    let told: Vec<_> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["source"], &one["entries"], &one["since"]))
        .collect();
    assert_eq!(told, [(&json!("city"), &json!(5000), &json!(20)), (&json!("default"), &json!(0), &json!(1))]);
    assert_eq!(sources[0]["snapshot"], less["lists"]["snapshot"]);
    assert_eq!(sources[0]["file"], "f.csv");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_changes_nothing_whatever_of_it_was_good() {
    let host = host().await;
    host.lists("format=csv&mode=full", csv(1..=10)).await.expect(200);
    let before = host.sources().await;
    let good = csv(1..=20_000);
    let bad_row = format!("{good}{}\n", row(1).replace("black", "blak"));
    let cut_row = format!("{good}e9,food");
    let long_row = format!("{good}\"{}", "x".repeat(2 << 20));
    let twice = format!("{good}{}\n", row(77));
    for (file, line, code) in [
        (bad_row.into_bytes(), 20_002, "value.unknown"),
        (cut_row.into_bytes(), 20_002, "row.cells"),
        (long_row.into_bytes(), 20_002, "row.too_long"),
        (twice.into_bytes(), 20_002, "row.duplicate"),
        ([good.as_bytes(), b"\xca\xbe\xc0\xfd\n"].concat(), 20_002, "file.mixed_encodings"),
        (format!("{HEADER},lisst\n{good}").into_bytes(), 1, "field.unknown"),
    ] {
        for mode in ["full", "incremental"] {
            let refused = host.lists(&format!("format=csv&mode={mode}"), file.clone()).await.expect(422);
            assert_eq!(refused["code"], "import.refused");
            let problem = &refused["problems"][0];
            assert_eq!((&problem["line"], &problem["code"]), (&json!(line), &json!(code)), "{mode}");
            assert_eq!((&refused["problem_count"], &refused["applied"]), (&json!(1), &json!(0)));
        }
    }
    assert_eq!(host.sources().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_taken_where_that_is_asked_for() {
    let host = host().await;
    let mut file = csv(1..=3000);
    file.push_str(&row(4).replace("black", "blak"));
    file.push('\n');
    file.push_str(&row(5));
    let taken = host.lists("format=csv&mode=full&accept_valid=true", file).await.expect(200);
    assert_eq!((&taken["rows"], &taken["applied"]), (&json!(3002), &json!(3000)));
    assert_eq!(counts(&taken), [3000, 0, 0, 0, 0]);
    let problems: Vec<_> = taken["problems"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(problems, ["value.unknown", "row.duplicate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_rows_does_not_empty_a_source() {
    let host = host().await;
    host.lists("format=csv&mode=full", csv(1..=10)).await.expect(200);
    for file in ["", "\n\n", HEADER, "id"] {
        let refused = host.lists("format=csv&mode=full&accept_valid=true", file).await.expect(422);
        assert!(refused["detail"].as_str().unwrap().contains("empty"), "{refused}");
    }
    assert_eq!(host.sources().await[0]["entries"], 10);
    let nothing = host.lists("format=csv", HEADER).await.expect(200);
    assert_eq!(nothing["rows"], 0, "nothing to add is nothing wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_emptied_by_two_who_say_so_and_a_file_without_rows() {
    let host = host().await;
    host.lists("format=csv&mode=full", csv(1..=10)).await.expect(200);
    assert_eq!(host.lists("format=csv&empty=true", HEADER).await.code(), "request.query", "only as a whole");
    for accept_valid in ["", "&accept_valid=true"] {
        let query = format!("format=csv&mode=full&empty=true{accept_valid}");
        let refused = host.lists(&query, csv(1..=1)).await.expect(422);
        assert_eq!(refused["problems"][0]["code"], "file.not_empty", "{refused}");
        let refused = host.lists(&query, format!("{HEADER}\ne1")).await.expect(422);
        assert_eq!(refused["applied"], 0, "{refused}");
    }
    assert_eq!(host.sources().await[0]["entries"], 10);
    let query = "format=csv&mode=full&empty=true";
    let needed = host.lists(query, HEADER).await.expect(409);
    assert_eq!(needed["code"], "approval.needed", "all of it goes, which is more than any share: {needed}");
    let path = format!("/v1/admin/approvals/{}", needed["approval"]);
    host.as_chief(Method::POST, &path, r#"{"reason": "来源停用"}"#).await.expect(200);
    let emptied = host.lists(query, HEADER).await.expect(200);
    assert_eq!(counts(&emptied), [0, 0, 0, 10, 0]);
    assert_eq!(host.sources().await[0]["entries"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn r035_what_is_red_and_black_is_reported_by_ids_alone() {
    let host = host().await;
    let red = |id: &str, status: &str| {
        row(1)
            .replace("e1,", &format!("{id},"))
            .replace("food.serious", "honour")
            .replace("black", "red")
            .replace("2025-03-01,,", &format!("2025-03-01,{status},"))
    };
    let file = format!("{HEADER}\n{}\n{}\n", row(1), red("r1", ""));
    let report = host.lists("format=csv&mode=full&source=a", file).await.expect(200);
    let conflict = json!({"line": 3, "entry": "r1", "with": "e1", "code": "conflict.red_black"});
    assert_eq!(report["lists"]["conflicts"], json!([conflict]));
    assert_eq!(counts(&report), [2, 0, 0, 0, 1]);

    let file = format!("{HEADER}\n{}\n", red("r2", "preliminary"));
    let refused = host.lists("format=csv&mode=full&source=b", file).await.expect(422);
    assert_eq!(refused["problems"][0]["code"], "entry.red_conflict");
    assert_eq!(refused["lists"]["conflicts"][0]["with"], "e1");
}

#[tokio::test(flavor = "multi_thread")]
async fn r024_a_subject_twice_on_a_list_is_remarked_with_both_lines() {
    let host = host().await;
    let file = format!("{}{}\n", csv(1..=9000), row(7).replace("e7,", "e7-again,"));
    let report = host.lists("format=csv&mode=full", file).await.expect(200);
    let warning = &report["warnings"][0];
    assert_eq!((&warning["line"], &warning["code"]), (&json!(9002), &json!("entry.same_subject")));
    assert!(warning["message"].as_str().unwrap().contains("line 8"), "{warning}");
    assert_eq!(report["warning_count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_early_leaves_what_was_there() {
    let host = host().await;
    host.lists("format=csv&mode=full", csv(1..=10)).await.expect(200);
    for format in ["csv", "xlsx"] {
        let pieces = [Ok(Bytes::from(csv(1..=9))), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        host.lists(&format!("format={format}&mode=full"), body).await.refused(400, "request.incomplete");
    }
    assert_eq!(host.sources().await[0]["entries"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_gbk_is_read_when_it_is_announced() {
    let host = host().await;
    // 严重失信名单 and so on, as an older system writes them.
    let gbk: Vec<u8> = [
        format!("{HEADER}\n").into_bytes(),
        b"e1,food.serious,\xc3\xfb\xb5\xa5,black,\xca\xbe\xc0\xfd,,N-1,\xca\xc2\xca\xb5,\xbe\xd6,\xd2\xc0\xbe\xdd,\
          2025-03-01,,\n".to_vec(),
    ]
    .concat();
    let refused = host.lists("format=csv&mode=full", gbk.clone()).await.expect(422);
    assert_eq!(
        (&refused["problems"][0]["line"], &refused["problems"][0]["code"]),
        (&json!(2), &json!("file.not_utf8"))
    );
    assert!(refused["problems"][0]["message"].as_str().unwrap().contains("--encoding gbk"), "{refused}");
    let report = host.lists("format=csv&mode=full&encoding=gbk", gbk).await.expect(200);
    assert_eq!(report["applied"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_says_the_same_as_a_csv() {
    let host = host().await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(HEADER.split(',')) {
        sheet.write(0, column, name).unwrap();
    }
    // The row in between is empty.
    for (at, number) in [(1, 1), (3, 2)] {
        for (column, cell) in (0..).zip(row(number).split(',')) {
            sheet.write(at, column, cell).unwrap();
        }
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2025, 3, 1).unwrap();
        sheet.write_with_format(at, 10, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let report = host.lists("format=xlsx&mode=full", bytes).await.expect(200);
    assert_eq!(counts(&report), [2, 0, 0, 0, 0]);
    let same = host.lists("format=csv&mode=full", csv(1..=2)).await.expect(200);
    assert_eq!(counts(&same), [0, 0, 2, 0, 0]);

    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, (name, cell)) in (0..).zip(HEADER.split(',').zip(row(1).split(','))) {
        sheet.write(0, column, name).unwrap();
        sheet.write(2, column, cell).unwrap();
    }
    sheet.write(2, 5, 913_708_110_000_000_000_f64).unwrap();
    sheet.write(2, 3, "two\nlines").unwrap();
    let refused = host.lists("format=xlsx", workbook.save_to_buffer().unwrap()).await.expect(422);
    let told: Vec<_> =
        refused["problems"].as_array().unwrap().iter().map(|one| (&one["line"], &one["field"])).collect();
    let expected = [(&json!(3), &json!("kind")), (&json!(3), &json!("uscc"))];
    assert_eq!(told, expected, "the row of the sheet: {refused}");
    let text = host.lists("format=xlsx", csv(1..=2)).await.expect(422);
    assert_eq!(text["problems"][0]["code"], "file.not_xlsx");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_makes_no_sense_is_refused() {
    let host = host().await;
    for query in [
        "format=xml",
        "format=csv&mode=whole",
        "format=csv&encoding=latin-1",
        "format=csv&source=Upper",
        "format=csv&source=",
        "format=csv&sourse=x",
    ] {
        let answer = host.lists(query, csv(1..=1)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "request.query"), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_while_it_arrives_in_whatever_pieces() {
    let host = host().await;
    let whole = csv(1..=3000);
    let pieces: Vec<Result<Bytes, Infallible>> =
        whole.as_bytes().chunks(997).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let report = host.lists("format=csv&mode=full", body).await.expect(200);
    assert_eq!(counts(&report), [3000, 0, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_held_to_the_limit_of_imports_as_other_files_are() {
    let host =
        TestHost::empty(|config| config.http.import_limit_bytes = NonZeroUsize::new(10_000).unwrap()).await;
    host.import("list-types", LIST_TYPES).await;
    host.lists("format=csv&mode=full", csv(1..=50)).await.expect(200);
    let before = host.sources().await;
    let chunked = |text: String| {
        let pieces = text.into_bytes().chunks(1000).map(Bytes::copy_from_slice).collect::<Vec<_>>();
        Body::from_stream(futures_util::stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
    };
    for body in [Body::from(csv(1..=500)), chunked(csv(1..=500))] {
        host.lists("format=csv&mode=full", body).await.refused(413, "request.too_large");
    }
    assert_eq!(host.sources().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_faults_is_told_by_the_first_of_them_and_their_number() {
    let host = host().await;
    let rows = "{}\n".repeat(20_000);
    for what in ["catalogue", "bindings", "identifiers", "list-types"] {
        let path = format!("/v1/admin/{what}?format=jsonl");
        let refused = host.local(Method::POST, &path, &rows).await.expect(422);
        assert_eq!(refused["problems"].as_array().unwrap().len(), 1000, "{what}");
        assert!(refused["problem_count"].as_u64().unwrap() >= 20_000, "{what}");
        assert_eq!((&refused["rows"], &refused["applied"]), (&json!(20_000), &json!(0)), "{what}");
    }
}
