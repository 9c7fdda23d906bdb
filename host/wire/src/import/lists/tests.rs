//! Files of lists as platforms and departments hand them in.

use creditgate_api::ImportProblem;
use creditgate_credit::entry::{EntryStatus, EntryTerm, ListKind, Severity, Visibility};
use creditgate_credit::list_type::{ListType, StandardLevel};
use encoding_rs::GBK;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::samples::{self, CITIZEN_ID, USCC};

const HEADER: &str = "id,list,list_name,kind,field,severity,subject_name,uscc,citizen_id,facts,authority,basis,\
    recognised_on,valid_until,status,prior_notice_on";

/// A row of [`HEADER`] without a fault.
const ROW: &str = "e1,food.serious,严重失信名单,black,food,serious,示例公司,91110000600037341L,,事实,示例局,依据,\
    2025-01-01,2027-01-01,,";

fn registered() -> ListRules {
    let list = |code: &str, kind, authorities: &[&str]| ListType {
        code: code.to_owned(),
        name: code.to_owned(),
        kind,
        field: String::new(),
        key_field: false,
        family: String::new(),
        level: StandardLevel::National,
        standard: "示例标准".to_owned(),
        approval: String::new(),
        authorities: authorities.iter().map(|name| (*name).to_owned()).collect(),
        term: EntryTerm::Policy,
    };
    let types =
        [list("food.serious", ListKind::Black, &["示例局", "示例分局"]), list("honour", ListKind::Red, &[])];
    let list_types = types.into_iter().map(|list| (list.code.clone(), list)).collect();
    let registered = Some(Registered { list_types, today: date(2026, 11, 23) });
    ListRules { strictness: Strictness::Check, registered }
}

/// Reads bytes that arrive in pieces of this size.
fn read(format: Format, encoding: Encoding, bytes: &[u8], piece: usize) -> ReadRows {
    let mut reader = ListReader::new("f", format, encoding, registered());
    let mut splitter = ListSplitter::new(format);
    let mut all = ReadRows::default();
    let mut chunks = Vec::new();
    for piece in bytes.chunks(piece) {
        match splitter.push(piece) {
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => {}
            Err(fault) => {
                all.stop_at("f", &fault);
                return all;
            }
        }
    }
    let broken = match splitter.finish() {
        Ok(chunk) => {
            chunks.extend(chunk);
            None
        }
        Err(fault) => {
            chunks.extend(splitter.rest());
            Some(fault)
        }
    };
    for chunk in chunks {
        if let Some(chunk) = reader.begin(chunk, &mut all.problems) {
            all.append(reader.read(&chunk));
        }
    }
    if let Some(fault) = broken {
        all.stop_at("f", &fault);
    }
    all
}

fn csv(rows: &str) -> ReadRows {
    read(Format::Csv, Encoding::Utf8, format!("{HEADER}\n{rows}\n").as_bytes(), 1 << 16)
}

fn places(remarks: Remarks) -> Vec<(u64, String, String)> {
    let place = |one: ImportProblem| (one.line, one.field, one.code.into_owned());
    remarks.into_listed().into_iter().map(place).collect()
}

fn place(line: u64, field: &str, code: &str) -> Vec<(u64, String, String)> {
    vec![(line, field.to_owned(), code.to_owned())]
}

#[test]
fn a_row_without_a_fault_is_taken_without_a_word() {
    let all = csv(ROW);
    assert_eq!((all.rows.len(), all.read, all.problems.total(), all.warnings.total()), (1, 1, 0, 0));
}

#[test]
fn r030_an_entry_stands_on_a_registered_list_of_its_kind() {
    for (from, to, field, code) in [
        ("food.serious", "food.unheard-of", "list", "list.unknown"),
        ("black", "red", "kind", "list.kind"),
        ("food.serious", "alert.derived", "list", "entry.derived_list"),
    ] {
        let all = csv(&ROW.replacen(from, to, 1));
        assert_eq!(places(all.problems), place(2, field, code), "{to}");
        assert_eq!(all.rows.len(), 0);
    }
}

#[test]
fn r032_only_an_authority_of_the_list_type_may_list() {
    for (authority, problems) in [
        ("示例分局", Vec::new()),
        ("示例协会", place(2, "authority", "list.authority")),
        ("", place(2, "authority", "field.missing")),
        ("\"  \"", place(2, "authority", "field.missing")),
    ] {
        let all = csv(&ROW.replace("示例局", authority));
        assert_eq!(places(all.problems), problems, "{authority}");
    }
    let red = ROW.replace("food.serious", "honour").replace("black", "red").replace("示例局", "任何机关");
    assert_eq!(csv(&red).rows.len(), 1, "the list is open to any authority");
}

#[test]
fn r033_a_preliminary_entry_is_taken_as_one() {
    let all = csv(&ROW.replace("2027-01-01,,", "2027-01-01,preliminary,"));
    assert_eq!(all.rows[0].1.status, EntryStatus::Preliminary);
}

#[test]
fn a_term_is_an_explicit_word_that_fits_the_end_and_no_source_works_out_the_last_day_of_use() {
    let header = format!("{HEADER},term,particulars");
    let row = |until: &str, term: &str, particulars: &str| {
        let row = ROW.replace("2027-01-01", until);
        read(
            Format::Csv,
            Encoding::Utf8,
            format!("{header}\n{row},{term},{particulars}\n").as_bytes(),
            1 << 16,
        )
    };
    for (until, term, expected) in [
        ("", "", None),
        ("", "permanent", Some(EntryTerm::Permanent)),
        ("", "stated", Some(EntryTerm::Stated)),
        ("2027-01-01", "stated", Some(EntryTerm::Stated)),
    ] {
        let all = row(until, term, "");
        assert_eq!(places(all.problems), [], "{until} {term}");
        assert_eq!(all.rows[0].1.particulars.term, expected, "{until} {term}");
    }
    let worked_out = r#""{""usable_until"":""2030-01-01""}""#;
    for (until, term, particulars, field, code) in [
        ("2027-01-01", "permanent", "", "particulars.term", "entry.permanent_with_end"),
        ("", "for ever", "", "term", "value.unknown"),
        ("", "", worked_out, "particulars.usable_until", "field.unknown"),
    ] {
        let all = row(until, term, particulars);
        assert_eq!(places(all.problems), place(2, field, code), "{until} {term}");
    }
}

#[test]
fn r034_a_natural_person_on_a_black_list_was_told_before() {
    let person = ROW.replace("91110000600037341L,", &format!(",{CITIZEN_ID}"));
    let untold = place(2, "particulars.prior_notice_on", "entry.no_prior_notice");
    for (row, warnings) in [
        (person.clone(), untold),
        (format!("{person}2024-12-01"), Vec::new()),
        (person.replace("2027-01-01,,", "2027-01-01,withdrawn,"), Vec::new()),
        (ROW.to_owned(), Vec::new()),
    ] {
        let all = csv(&row);
        assert_eq!((places(all.warnings), all.rows.len()), (warnings, 1), "{row}");
    }
}

#[test]
fn r036_a_record_says_what_was_found_by_whom_on_what_basis_and_when() {
    let all = csv(&ROW.replace("事实", "").replace("依据", " "));
    assert_eq!(
        places(all.warnings),
        [place(2, "facts", "entry.no_facts"), place(2, "basis", "entry.no_basis")].concat()
    );
    assert_eq!(
        places(csv(&ROW.replace("2025-01-01", "")).problems),
        place(2, "recognised_on", "field.missing")
    );
    let entry = &csv(ROW).rows[0].1;
    assert_eq!(
        (entry.facts.as_str(), entry.authority.as_str(), entry.basis.as_str(), entry.recognised_on),
        ("事实", "示例局", "依据", date(2025, 1, 1))
    );
    assert_eq!((entry.severity, entry.valid_until), (Some(Severity::Serious), Some(date(2027, 1, 1))));
}

#[test]
fn an_entry_whose_validity_is_over_is_remarked() {
    let all = csv(&ROW.replace("2027-01-01", "2026-11-22"));
    assert_eq!((places(all.warnings), all.rows.len()), (place(2, "valid_until", "entry.expired"), 1));
    assert_eq!(csv(&ROW.replace("2027-01-01", "2026-11-23")).warnings.total(), 0, "its last day counts");
}

#[test]
fn every_bad_cell_of_a_row_is_told_at_once() {
    let all = csv(&ROW.replace("black", "blak").replace("2025-01-01", "2025-02-30").replace("e1,", ","));
    let problems = places(all.problems);
    let expected = [
        place(2, "kind", "value.unknown"),
        place(2, "recognised_on", "date.malformed"),
        place(2, "id", "field.missing"),
    ];
    assert_eq!(problems, expected.concat());
}

#[test]
fn a_row_with_too_few_or_many_cells_is_no_row() {
    for row in ["e1,food.serious", &format!("{ROW},"), &ROW.replace("事实", "事,实")] {
        assert_eq!(places(csv(row).problems), place(2, "", "row.cells"), "{row}");
    }
}

#[test]
fn a_column_that_is_empty_throughout_is_none() {
    // Commas at the end of lines, of the header alone, and a gap between columns.
    let (gap, gaps) = (HEADER.replace(",facts", ",,facts"), ROW.replace(",事实", ",,事实"));
    for (header, row) in [
        (format!("{HEADER},,,"), format!("{ROW},,,")),
        (format!("{HEADER},,,"), ROW.to_owned()),
        (format!("{HEADER},,,"), format!("{ROW},, ")),
        (gap.clone(), gaps.clone()),
        (format!(",{HEADER}"), format!(",{ROW}")),
    ] {
        let all = read(Format::Csv, Encoding::Utf8, format!("{header}\n{row}\n").as_bytes(), 1 << 16);
        assert_eq!((places(all.problems), all.rows.len()), (Vec::new(), 1), "{header}\n{row}");
    }
    for (header, row, column) in [
        (format!("{HEADER},,,"), format!("{ROW},,无,"), "column R "),
        (gap, gaps.replace(",,事实", ",何,事实"), "column J "),
    ] {
        let all = read(Format::Csv, Encoding::Utf8, format!("{header}\n{row}\n").as_bytes(), 1 << 16);
        let told = all.problems.into_listed();
        assert_eq!((told[0].line, told[0].code.as_ref(), told.len()), (2, "cell.no_column", 1), "{row}");
        assert!(told[0].message.contains(column), "{}", told[0].message);
    }
}

#[test]
fn a_cell_whose_value_is_not_known_refuses_its_row_and_is_never_an_empty_one() {
    for (from, to, field, code) in [
        ("2027-01-01", "#N/A", "valid_until", "cell.error"),
        ("2027-01-01", "\"=EDATE(M2,36)\"", "valid_until", "cell.formula"),
        ("2027-01-01,,", "2027-01-01,#REF!,", "status", "cell.error"),
        ("事实", "########", "facts", "cell.error"),
        ("e1,", "3.7E17,", "id", "cell.digits_lost"),
        ("91110000600037341L", "9.1110000600037E+17", "uscc", "cell.digits_lost"),
        ("91110000600037341L", "911100006000373000", "uscc", "cell.digits_lost"),
        (",事实", "370102198801011000,事实", "citizen_id", "cell.digits_lost"),
        ("e1,", "\"=\"\"0012\"\"\",", "id", "cell.formula"),
    ] {
        let row = ROW.replacen(from, to, 1);
        let all = csv(&row);
        assert_eq!((places(all.problems), all.rows.len()), (place(2, field, code), 0), "{row}");
    }
}

#[test]
fn a_file_that_ends_inside_a_quoted_cell_is_refused_with_the_line_of_its_row() {
    let quoted = ROW.replace("事实", "\"经营标注虚假\n生产日期");
    let quoted = quoted.split_once("日期").unwrap().0;
    let good = ROW.replace("e1", "e0").replace("事实", "\"两\n行\"");
    for (file, line) in [
        (format!("{HEADER}\n{good}\n{quoted}"), 4),
        (format!("{HEADER}\n{ROW}\n\""), 3),
        (format!("{HEADER}\n{}", ROW.replace("事实,", "\"事实,")), 2),
        ("\"".to_owned(), 1),
        (format!("{HEADER},\""), 1),
    ] {
        for piece in [7, 1 << 16] {
            let all = read(Format::Csv, Encoding::Utf8, file.as_bytes(), piece);
            assert!(all.stopped, "{file}");
            assert_eq!(places(all.problems).pop(), place(line, "", "file.open_quote").pop(), "{file}");
        }
        let parsed = parse_lists("f", Format::Csv, &file, Strictness::Check);
        assert_eq!((parsed.rows.len(), parsed.problems.len()), (0, 1), "{file}");
    }
    // Inside a cell that was not opened by one, a quotation mark is text.
    for text in ["事\"实", "5\" 管", "事实\""] {
        let all = csv(&ROW.replace("事实", text));
        assert_eq!((all.problems.total(), all.rows[0].1.facts.as_str()), (0, text));
    }
    assert_eq!(csv(&ROW.replace("事实", "\"事实\"")).rows.len(), 1);
}

#[test]
fn r024_a_wrong_check_digit_is_treated_as_the_policy_says() {
    let row = ROW.replace("91110000600037341L", "91110000600037341M");
    assert_eq!(places(csv(&row).warnings), place(2, "uscc", "id.check_failed"));
    let strict = ListRules { strictness: Strictness::Strict, ..registered() };
    let mut reader = ListReader::new("f", Format::Csv, Encoding::Utf8, strict);
    let mut splitter = ListSplitter::new(Format::Csv);
    splitter.push(format!("{HEADER}\n{row}").as_bytes()).unwrap();
    let mut problems = Remarks::default();
    let chunk = reader.begin(splitter.finish().unwrap().unwrap(), &mut problems).unwrap();
    assert_eq!(places(reader.read(&chunk).problems), place(2, "uscc", "id.check_failed"));
}

#[test]
fn particulars_have_columns_of_their_own() {
    let csv = "id,list,list_name,kind,subject_name,uscc,facts,basis,authority,recognised_on,particulars,reason,document,\
        decided_on,minimum_publicity_until,maximum_publicity_until,repairable,repair_modes,visibility,other_id,\
        subject_identifiers\n\
        e1,food.serious,名单,black,甲,91110000600037341L,事实,依据,示例局,2025-01-01,\
        \"{\"\"undergone\"\":\"\"无\"\"}\",penalty,示例〔2025〕1号,2024-12-30,2025-12-30,2027-12-30,TRUE,\
        \"[\"\"training\"\"]\",restricted,X-1,\"[{\"\"kind\"\":\"\"lei\"\",\"\"value\"\":\"\"5493001KJTIIGC8Y1R12\"\"}]\"\n";
    let all = read(Format::Csv, Encoding::Utf8, csv.as_bytes(), 7);
    assert_eq!(places(all.problems), []);
    let entry = &all.rows[0].1;
    let said = &entry.particulars;
    assert_eq!((said.reason.as_str(), said.undergone.as_str()), ("penalty", "无"));
    assert_eq!((said.document.as_str(), said.decided_on), ("示例〔2025〕1号", Some(date(2024, 12, 30))));
    assert_eq!(said.minimum_publicity_until, Some(date(2025, 12, 30)));
    assert_eq!(said.maximum_publicity_until, Some(date(2027, 12, 30)));
    assert_eq!((said.repairable, said.repair_modes.as_slice()), (Some(true), &["training".to_owned()][..]));
    assert_eq!(said.visibility, Some(Visibility::Restricted));
    let kinds: Vec<&str> = entry.subject_identifiers.iter().map(|one| one.kind().code()).collect();
    assert_eq!(kinds, ["lei", "uscc", "other"]);
}

#[test]
fn what_is_said_of_json_in_a_cell_names_the_place_in_it() {
    let header = "id,list,list_name,kind,subject_name,subject_identifiers,authority,recognised_on,particulars,attributes";
    let row = |identifiers: &str, particulars: &str, attributes: &str| {
        let cells =
            [identifiers, particulars, attributes].map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        let [identifiers, particulars, attributes] = cells;
        format!("{header}\ne1,honour,名单,red,甲,{identifiers},局,2025-01-01,{particulars},{attributes}\n")
    };
    for (identifiers, particulars, attributes, field, code) in [
        ("{}", "", "", "subject_identifiers", "value.type"),
        ("[{", "", "", "subject_identifiers", "value.type"),
        ("[{\"kind\":\"passport\",\"value\":\"1\"}]", "", "", "subject_identifiers[0].kind", "value.unknown"),
        ("[{\"kind\":\"uscc\",\"value\":\"1\"}]", "", "", "subject_identifiers[0]", "id.length"),
        ("", "{\"decided_on\":\"gestern\"}", "", "particulars.decided_on", "date.malformed"),
        ("", "{\"decidedon\":1}", "", "particulars.decidedon", "field.unknown"),
        ("", "", "{\"a\":1}", "attributes.a", "value.type"),
    ] {
        let all = read(Format::Csv, Encoding::Utf8, row(identifiers, particulars, attributes).as_bytes(), 64);
        assert_eq!(places(all.problems), place(2, field, code), "{identifiers}{particulars}{attributes}");
    }
}

#[test]
fn gbk_is_read_when_it_is_announced_and_recognised_when_it_is_not() {
    let utf8 = format!("{HEADER}\n{ROW}\n");
    let gbk = GBK.encode(&utf8).0.into_owned();
    let all = read(Format::Csv, Encoding::Gbk, &gbk, 11);
    assert_eq!((all.problems.total(), all.rows[0].1.subject_name.as_str()), (0, "示例公司"));

    let all = read(Format::Csv, Encoding::Utf8, &gbk, 1 << 16);
    assert!(all.stopped);
    let said = all.problems.into_listed();
    assert_eq!((said[0].line, said[0].code.as_ref()), (2, "file.not_utf8"));
    assert!(said[0].message.contains("--encoding gbk"), "{}", said[0].message);

    let all = read(Format::Csv, Encoding::Gbk, utf8.as_bytes(), 1 << 16);
    assert!(all.stopped);
    assert_eq!(places(all.problems), place(2, "", "file.not_gbk"));
    let mut broken = gbk;
    let last = broken.len() - 1;
    broken.insert(last, 0xff);
    assert_eq!(
        places(read(Format::Csv, Encoding::Gbk, &broken, 1 << 16).problems),
        place(2, "", "file.not_gbk")
    );
}

#[test]
fn a_file_in_two_encodings_is_refused_with_the_line() {
    let other = ROW.replace("e1", "e2");
    let utf8 = |text: &str| format!("{text}\n").into_bytes();
    let gbk = |text: &str| GBK.encode(&format!("{text}\n")).0.into_owned();
    for format in [Format::Csv, Format::Jsonl] {
        let entry = samples::entries().remove(0);
        let json = serde_json::to_string(&entry).unwrap();
        let (header, first, second) = match format {
            Format::Csv => (HEADER, ROW.to_owned(), other.clone()),
            Format::Jsonl => ("", json.clone(), json),
        };
        // Also where the other encoding begins in a chunk of its own.
        for repeated in [1, 6000] {
            let lines: Vec<u8> = utf8(&first).repeat(repeated);
            let mixed = [utf8(header), lines, gbk(&second)].concat();
            let all = read(format, Encoding::Utf8, &mixed, 1 << 16);
            let line = 2 + repeated as u64;
            assert!(all.stopped);
            assert!(
                places(all.problems).contains(&(line, String::new(), "file.mixed_encodings".to_owned())),
                "{format:?} {repeated}"
            );
        }
        let mixed = [gbk(header), gbk(&first), utf8(&second)].concat();
        let all = read(format, Encoding::Gbk, &mixed, 1 << 16);
        assert!(places(all.problems).contains(&(3, String::new(), "file.mixed_encodings".to_owned())));
    }
}

#[test]
fn a_line_that_does_not_end_is_refused_before_it_is_read() {
    for (format, begin) in [(Format::Jsonl, "{\"id\":\""), (Format::Csv, "id,facts\ne1,\"")] {
        let mut splitter = ListSplitter::new(format);
        let mut taken = splitter.push(begin.as_bytes());
        let piece = [b'x'; 1 << 16];
        let mut bytes = 0;
        while taken.is_ok() {
            bytes += piece.len();
            assert!(bytes < 2 << 20, "a row of a gigabyte would be kept in memory");
            taken = splitter.push(&piece);
        }
        let line = begin.matches('\n').count() as u64 + 1;
        assert_eq!(taken.unwrap_err(), BrokenRow::TooLong { line });
    }
}

#[test]
fn no_more_than_a_thousand_findings_are_listed_and_all_are_counted() {
    let rows = format!("{}\n", ROW.replace("black", "blak")).repeat(2500);
    let all = csv(&rows);
    assert_eq!((all.read, all.problems.total()), (2500, 2500));
    let listed = all.problems.into_listed();
    assert_eq!((listed.len(), listed[999].line), (MOST_LISTED, 1001));
}

#[test]
fn cells_are_cut_as_the_standard_says() {
    for (text, expected) in [
        ("a,b\n", vec!["a", "b"]),
        ("a,b", vec!["a", "b"]),
        ("a,\n", vec!["a", ""]),
        ("a,", vec!["a", ""]),
        (",\r\n", vec!["", ""]),
        (" a , b\r\n", vec!["a", "b"]),
        ("\"a,b\",c\n", vec!["a,b", "c"]),
        ("\"a\nb\",c\n", vec!["a\nb", "c"]),
        ("\"a \"\"b\"\"\",c\n", vec!["a \"b\"", "c"]),
        ("\"\"\"\"\n", vec!["\""]),
        ("a\"b,c\n", vec!["a\"b", "c"]),
        ("\"a\"b,c\n", vec!["ab", "c"]),
        ("\"a\",\"b", vec!["a", "b"]),
        ("\"\",\"\"\r\n", vec!["", ""]),
        ("\n", vec![""]),
    ] {
        let mut rest = text;
        let mut cells = Vec::new();
        csv::next_record(&mut rest, &mut cells);
        assert_eq!(
            (cells, rest),
            (expected.into_iter().map(std::borrow::Cow::Borrowed).collect(), ""),
            "{text:?}"
        );
    }
}

#[test]
fn an_entry_of_csv_is_that_of_json() {
    let all = csv(ROW);
    let json = serde_json::json!({
        "id": "e1", "list": "food.serious", "list_name": "严重失信名单", "kind": "black", "field": "food",
        "severity": "serious", "subject_name": "示例公司", "subject_identifiers": [{"kind": "uscc", "value": USCC}],
        "facts": "事实", "authority": "示例局", "basis": "依据", "recognised_on": "2025-01-01",
        "valid_until": "2027-01-01",
    });
    let json = json.to_string().replace(USCC, "91110000600037341L");
    assert_eq!(read(Format::Jsonl, Encoding::Utf8, json.as_bytes(), 5).rows[0].1, all.rows[0].1);
}

proptest! {
    /// However a file arrives, it says the same.
    #[test]
    fn pieces_make_no_difference(
        text in "([a-z,]|\"|\n|\r\n|示|\"\"){0,200}",
        piece in 1..40_usize,
        gbk in any::<bool>(),
    ) {
        let (encoding, bytes) = if gbk {
            (Encoding::Gbk, GBK.encode(&format!("{HEADER}\n{text}")).0.into_owned())
        } else {
            (Encoding::Utf8, format!("{HEADER}\n{text}").into_bytes())
        };
        let (whole, cut) = (read(Format::Csv, encoding, &bytes, 1 << 16), read(Format::Csv, encoding, &bytes, piece));
        prop_assert_eq!(whole.read, cut.read);
        prop_assert_eq!(whole.rows, cut.rows);
        prop_assert_eq!(whole.problems, cut.problems);
    }

    /// Chunks hold the whole file, cut where rows end.
    #[test]
    fn a_file_is_cut_where_its_rows_end(rows in prop::collection::vec("(\"[a,\n\"]{0,9}\"|[a-z]{0,9})(,[a-z]{0,5}){0,3}", 0..60)) {
        let text = rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        let mut splitter = ListSplitter::new(Format::Csv);
        let mut cut = String::new();
        for byte in text.as_bytes() {
            splitter.push(&[*byte]).unwrap();
            if let Some(chunk) = splitter.rest() {
                prop_assert_eq!(chunk.line, 1 + split::line_ends(cut.as_bytes()));
                let piece = String::from_utf8(chunk.bytes).unwrap();
                let mut rest = piece.as_str();
                let mut cells = Vec::new();
                csv::next_record(&mut rest, &mut cells);
                // The first three bytes may be a mark, and are waited for.
                prop_assert!(rest.is_empty() || cut.is_empty(), "one record: {:?}", piece);
                cut.push_str(&piece);
            }
        }
        match splitter.finish() {
            Ok(rest) => {
                cut.extend(rest.map(|chunk| String::from_utf8(chunk.bytes).unwrap()));
                prop_assert_eq!(cut, text);
            }
            Err(fault) => {
                prop_assert_eq!(Some(fault), open_quote(&text).map(|line| BrokenRow::OpenQuote { line }));
                prop_assert!(text.starts_with(&cut));
            }
        }
    }
}
