//! Workbooks as people and tools write them: cells without a value, with one that
//! is none, and with one that stands for another.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

const NAMES: [&str; 11] = [
    "id",
    "list",
    "list_name",
    "kind",
    "subject_name",
    "other_id",
    "authority",
    "recognised_on",
    "valid_until",
    "suspended",
    "status",
];

/// A sheet: its name, whether people see it, and its XML.
struct Sheet {
    name: &'static str,
    state: &'static str,
    rows: String,
    after: String,
}

fn sheet(name: &'static str, rows: impl Into<String>) -> Sheet {
    Sheet { name, state: "visible", rows: rows.into(), after: String::new() }
}

/// A workbook with these sheets, as XML in an archive. Style 1 is a day.
fn workbook(from_1904: bool, sheets: &[Sheet]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, content: String| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    };
    let (mut listed, mut related) = (String::new(), String::new());
    for (number, Sheet { name, state, rows, after }) in (1..).zip(sheets) {
        listed += &format!(r#"<sheet name="{name}" sheetId="{number}" state="{state}" r:id="r{number}"/>"#);
        related += &format!(
            r#"<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
        put(
            &format!("xl/worksheets/sheet{number}.xml"),
            format!(r#"<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData>{after}</worksheet>"#),
        );
    }
    related += &format!(r#"<Relationship Id="rS" Type="{OFFICE}/styles" Target="styles.xml"/>"#);
    put(
        "xl/styles.xml",
        format!(
            r#"<styleSheet xmlns="{SPREADSHEET}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
        ),
    );
    put(
        "xl/_rels/workbook.xml.rels",
        format!(r#"<Relationships xmlns="{PACKAGE}">{related}</Relationships>"#),
    );
    put(
        "xl/workbook.xml",
        format!(
            r#"<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><workbookPr date1904="{from_1904}"/><sheets>{listed}</sheets></workbook>"#
        ),
    );
    put(
        "_rels/.rels",
        format!(
            r#"<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    );
    archive.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// The cells of the header, and those of a good row in this row of the sheet.
fn cells(row: u32) -> Vec<String> {
    let id = format!("e{row}");
    let number = format!("N-{row}");
    let values = match row {
        1 => NAMES,
        _ => [
            &id,
            "food.serious",
            "名单",
            "black",
            "示例甲",
            &number,
            "局",
            "2025-03-01",
            "2028-03-01",
            "",
            "",
        ],
    };
    ('A'..).zip(values).map(|(column, value)| text(&format!("{column}{row}"), value)).collect()
}

fn row(number: u32, cells: &[String]) -> String {
    format!(r#"<row r="{number}">{}</row>"#, cells.concat())
}

/// The first sheet with one row, in which this cell stands at `place` in row 2.
fn with_cell(column: char, cell: &str) -> Vec<Sheet> {
    let mut second = cells(2);
    let place = (column as u8 - b'A') as usize;
    second.resize(second.len().max(place + 1), String::new());
    second[place] = cell.replace("@", &format!("{column}2"));
    vec![sheet("法人", row(1, &cells(1)) + &row(2, &second))]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_whose_value_is_not_known_refuses_its_row_by_sheet_cell_and_cause() {
    let host = host().await;
    for (column, cell, from_1904, field, code) in [
        ('I', r#"<c r="@"><f>EDATE(H2,36)</f></c>"#, false, "valid_until", "cell.formula"),
        ('I', r#"<c r="@"><f>EDATE(H2,36)</f><v></v></c>"#, false, "valid_until", "cell.formula"),
        ('I', r#"<c r="@" s="1"><f t="shared" si="0"/></c>"#, false, "valid_until", "cell.formula"),
        ('J', r#"<c r="@"><f>IF(1,TRUE,FALSE)</f></c>"#, false, "suspended", "cell.formula"),
        ('J', r#"<c r="@" t="b"><f>IF(1,TRUE,FALSE)</f></c>"#, false, "suspended", "cell.formula"),
        ('K', r#"<c r="@" t="str"><f>"repaired"</f></c>"#, false, "status", "cell.formula"),
        ('E', r#"<c r="@" t="e"><v>#N/A</v></c>"#, false, "subject_name", "cell.error"),
        ('G', r#"<c r="@" t="e"><f>A9</f><v>#REF!</v></c>"#, false, "authority", "cell.error"),
        ('I', r#"<c r="@" t="e"><v>#VALUE!</v></c>"#, false, "valid_until", "cell.error"),
        ('K', r#"<c r="@" t="str"><v>#NAME?</v></c>"#, false, "status", "cell.error"),
        ('E', r#"<c r="@" t="inlineStr"><is><t>#N/A</t></is></c>"#, false, "subject_name", "cell.error"),
        ('A', r#"<c r="@"><v>370000202400000001</v></c>"#, false, "id", "cell.digits_lost"),
        ('F', r#"<c r="@"><v>3.7000020240000002E17</v></c>"#, false, "other_id", "cell.digits_lost"),
        ('F', r#"<c r="@"><v>1000000000000000</v></c>"#, false, "other_id", "cell.digits_lost"),
        ('A', r#"<c r="@" t="str"><v>3.7E+17</v></c>"#, false, "id", "cell.digits_lost"),
        ('H', r#"<c r="@" s="1"><v>0</v></c>"#, false, "recognised_on", "cell.no_day"),
        ('H', r#"<c r="@" s="1"><v>-1</v></c>"#, false, "recognised_on", "cell.no_day"),
        ('I', r#"<c r="@" s="1"><v>0.5</v></c>"#, false, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@" s="1"><v>60</v></c>"#, false, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@" s="1"><v>2958466</v></c>"#, false, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@" s="1"><v>0</v></c>"#, true, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@" s="1"><v>2957004</v></c>"#, true, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@" t="d"><v>2025-02-30</v></c>"#, false, "valid_until", "cell.no_day"),
        ('I', r#"<c r="@"><v>45366</v></c>"#, false, "valid_until", "cell.no_day"),
        ('E', r#"<c r="@" t="b"><v>1</v></c>"#, false, "subject_name", "cell.flag"),
        ('I', r#"<c r="@" t="b"><v>0</v></c>"#, false, "valid_until", "cell.flag"),
        ('F', r#"<c r="@" s="1"><v>45366</v></c>"#, false, "other_id", "cell.day"),
        ('M', r#"<c r="@"><v>1</v></c>"#, false, "", "cell.no_column"),
    ] {
        let file = workbook(from_1904, &with_cell(column, cell));
        let refused = host.lists("format=xlsx&accept_valid=true", file).await.expect(422);
        let problem = &refused["problems"][0];
        assert_eq!((&problem["field"], &problem["code"]), (&json!(field), &json!(code)), "{cell}: {refused}");
        assert_eq!(
            (&problem["line"], &refused["problem_count"]),
            (&json!(2), &json!(1)),
            "{cell}: {refused}"
        );
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains(&format!("法人!{column}2 ")), "{cell}: {message}");
    }
    assert_eq!(host.sources().await, json!([]), "nothing of any of them is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_is_read_as_what_was_stored_for_it() {
    let host = host().await;
    for (column, cell, from_1904) in [
        ('I', r#"<c r="@" s="1"><f>EDATE(H2,36)</f><v>46813</v></c>"#, false),
        ('I', r#"<c r="@" s="1"><f>EDATE(H2,36)</f><v>45351</v></c>"#, true),
        ('J', r#"<c r="@" t="b"><f>1=2</f><v>0</v></c>"#, false),
        ('K', r#"<c r="@" t="str"><f>IF(1,"","x")</f><v></v></c>"#, false),
        ('E', r#"<c r="@" t="str"><f>A1</f><v>示例甲</v></c>"#, false),
        ('K', r#"<c r="@" s="1"/>"#, false),
    ] {
        let file = workbook(from_1904, &with_cell(column, cell));
        let report = host.lists("format=xlsx&mode=full", file).await.expect(200);
        assert_eq!(report["warnings"][0]["code"], "entry.no_facts", "{report}");
        let counts = counts(&report);
        assert!(counts == [1, 0, 0, 0, 0] || counts == [0, 0, 1, 0, 0], "the same entry: {cell} {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_merged_into_several_rows_is_not_missing_in_them() {
    let host = host().await;
    let mut third = cells(3);
    third[8] = r#"<c r="I3" s="1"/>"#.to_owned();
    let mut merged = sheet("法人", row(1, &cells(1)) + &row(2, &cells(2)) + &row(3, &third));
    merged.after = r#"<mergeCells count="1"><mergeCell ref="I2:I3"/></mergeCells>"#.to_owned();
    let refused = host.lists("format=xlsx", workbook(false, &[merged])).await.expect(422);
    let problem = &refused["problems"][0];
    assert_eq!((&problem["line"], &problem["code"]), (&json!(3), &json!("cell.merged")), "{refused}");
    assert!(problem["message"].as_str().unwrap().contains("法人!I3 "), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_are_only_formatted_are_none() {
    let host = host().await;
    let phantoms =
        |row: u32| ['L', 'M', 'T'].map(|column| format!(r#"<c r="{column}{row}" s="1"/>"#)).concat();
    // Beside rows, beside the header, in a row of their own, and in a sheet of their own.
    let rows = row(1, &[cells(1).concat(), phantoms(1)])
        + &row(2, &[cells(2).concat(), phantoms(2)])
        + &row(3, &[phantoms(3)]);
    let empty = sheet("Sheet2", row(1, &[phantoms(1), text("A1", " ")][..1]));
    let report = host.lists("format=xlsx&mode=full", workbook(false, &[sheet("法人", rows), empty])).await;
    assert_eq!(counts(&report.expect(200)), [1, 0, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_that_is_not_read_is_named_and_no_whole_source_comes_of_the_others() {
    let host = host().await;
    let good = || sheet("法人", row(1, &cells(1)) + &row(2, &cells(2)));
    let people = || sheet("自然人", row(1, &cells(1)) + &row(2, &cells(2)).replace("e2", "e9"));
    let empty = || sheet("Sheet3", row(1, &[r#"<c r="A1" s="1"/>"#.to_owned()]));
    let hidden = |sheet: Sheet| Sheet { state: "hidden", ..sheet };
    for others in [
        vec![good(), people(), empty()],
        vec![hidden(people()), good()],
        vec![good(), hidden(people())],
        vec![good(), Sheet { state: "veryHidden", ..people() }],
        vec![good(), sheet("自然人", row(9, &[r#"<c r="C9"><f>1</f></c>"#.to_owned()]))],
    ] {
        let file = workbook(false, &others);
        for accept_valid in ["", "&accept_valid=true"] {
            let refused =
                host.lists(&format!("format=xlsx&mode=full{accept_valid}"), file.clone()).await.expect(422);
            let problem = &refused["problems"][0];
            assert_eq!((&problem["code"], &refused["applied"]), (&json!("sheet.not_read"), &json!(0)));
            let message = problem["message"].as_str().unwrap();
            assert!(message.contains("自然人") && !message.contains("Sheet3"), "{message}");
        }
        let report = host.lists("format=xlsx", file).await.expect(200);
        let warned = &report["warnings"][0];
        assert_eq!((&warned["code"], &report["applied"]), (&json!("sheet.not_read"), &json!(1)), "{report}");
        assert!(warned["message"].as_str().unwrap().contains("自然人"), "{warned}");
    }
    let report = host.lists("format=xlsx&mode=full", workbook(false, &[good(), empty()])).await.expect(200);
    assert_eq!(report["applied"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_about_a_workbook_asks_about_commas() {
    let host = host().await;
    let short = row(1, &cells(1)) + &row(2, &cells(2)[..2]);
    let long = row(1, &cells(1)) + &row(2, &[cells(2), vec![text("Z2", "x")]].concat());
    let names = row(1, &[cells(1), vec![text("L1", "nombre")]].concat());
    for rows in [short, long, names] {
        let refused = host.lists("format=xlsx", workbook(false, &[sheet("S", rows)])).await.expect(422);
        for problem in refused["problems"].as_array().unwrap() {
            assert!(!problem["message"].as_str().unwrap().contains("comma"), "{problem}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_in_no_encoding_of_text() {
    let host = host().await;
    let file = workbook(false, &[sheet("法人", row(1, &cells(1)) + &row(2, &cells(2)))]);
    let report = host.lists("format=xlsx&encoding=gbk", file).await.expect(200);
    assert_eq!(report["applied"], 1);
}
