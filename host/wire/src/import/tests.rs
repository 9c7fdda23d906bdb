//! Files as people hand them in, good and bad.

use creditgate_credit::identifier::Strictness;
use proptest::prelude::*;

use super::*;
use crate::samples::{self, CITIZEN_ID, USCC};

const ENTRY: &str = r#"{"id":"e1","list":"court","list_name":"失信被执行人","kind":"black","field":"court","subject_name":"甲","subject_identifiers":[{"kind":"uscc","value":"91110000600037341L"}],"facts":"","authority":"某法院","basis":"","recognised_on":"2025-01-01"}"#;

fn lists(text: impl AsRef<[u8]>) -> Parsed<creditgate_credit::entry::ListEntry> {
    parse_lists("f.jsonl", Format::Jsonl, text, Strictness::Check)
}

/// Line, field and code of each finding.
fn places(problems: &[ImportProblem]) -> Vec<(u64, &str, &str)> {
    problems.iter().map(|problem| (problem.line, problem.field.as_str(), problem.code.as_ref())).collect()
}

#[test]
fn every_fault_of_a_list_entry_has_its_place_and_code() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("\"kind\":\"black\"", "\"kind\":\"blak\"", "kind", "value.unknown"),
        ("\"list\":\"court\"", "\"list\":\"alert.derived\"", "list", "entry.derived_list"),
        ("\"kind\":\"black\"", "\"kind\":5", "kind", "value.unknown"),
        ("\"authority\":\"某法院\",", "", "authority", "field.missing"),
        ("\"authority\":\"某法院\"", "\"authority\":\"  \"", "authority", "field.empty"),
        ("\"list\":", "\"lst\":", "lst", "field.unknown"),
        ("\"id\":\"e1\"", "\"id\":\"e1\",\"id\":\"e2\"", "id", "field.duplicate"),
        ("2025-01-01", "2025-02-29", "recognised_on", "date.malformed"),
        ("2025-01-01", "2025/01/01", "recognised_on", "date.malformed"),
        ("\"facts\"", "\"valid_until\":\"2024-12-31\",\"facts\"", "valid_until", "date.order"),
        ("\"facts\"", "\"ended_on\":\"2025-06-01\",\"facts\"", "ended_on", "entry.not_ended"),
        ("\"facts\"", "\"suspended\":\"yes\",\"facts\"", "suspended", "value.type"),
        ("\"facts\"", "\"attributes\":{\"a\":1},\"facts\"", "attributes.a", "value.type"),
        ("91110000600037341L", "9111", "subject_identifiers[0]", "id.length"),
        ("\"uscc\"", "\"passport\"", "subject_identifiers[0].kind", "value.unknown"),
        ("{\"id\"", "{id", "", "json.syntax"),
        ("{\"id\":\"e1\"", "[{\"id\":\"e1\"", "", "value.type"),
    ];
    for (from, to, field, code) in cases {
        let bad = ENTRY.replacen(from, to, 1).replacen("\"id\":\"e1\"", "\"id\":\"e2\"", 1);
        let parsed = lists(format!(
            "{ENTRY}

{bad}
"
        ));
        assert_eq!(places(&parsed.problems), [(3, *field, *code)], "{to}: {:?}", parsed.problems);
        assert_eq!((parsed.rows.len(), parsed.read), (1, 2), "the good row is returned: {to}");
    }
}

#[test]
fn a_list_of_values_is_no_row_and_no_structure_in_a_cell() {
    let identifier = r#"{"kind":"uscc","value":"91110000600037341L"}"#;
    let in_cell = ENTRY.replace(identifier, r#"["uscc","91110000600037341L"]"#);
    let particulars = ENTRY.replace("\"facts\"", "\"particulars\":[],\"facts\"");
    for (row, field) in [
        (r#"["e1","court"]"#, ""),
        (in_cell.as_str(), "subject_identifiers[0]"),
        (particulars.as_str(), "particulars"),
    ] {
        let parsed = lists(row);
        assert_eq!(places(&parsed.problems), [(1, field, "value.type")], "{row}");
    }
}

#[test]
fn every_fault_of_a_row_is_told_once_its_shape_is_right() {
    let row = ENTRY.replace("某法院", "").replace("\"甲\"", "\"\"").replace("91110000600037341L", "1");
    let parsed = lists(row);
    assert_eq!(
        places(&parsed.problems),
        [
            (1, "subject_name", "field.empty"),
            (1, "authority", "field.empty"),
            (1, "subject_identifiers[0]", "id.length"),
        ]
    );
}

#[test]
fn an_unknown_field_names_the_nearest_known_one() {
    let parsed = lists(ENTRY.replace("\"authority\"", "\"autority\""));
    assert_eq!(parsed.problems[0].message, "is not a known field; did you mean `authority`?");
}

#[test]
fn an_id_may_stand_once_in_a_file() {
    let parsed = lists(format!("{ENTRY}\n{ENTRY}\n{ENTRY}\n"));
    assert_eq!(places(&parsed.problems), [(2, "id", "row.duplicate"), (3, "id", "row.duplicate")]);
    assert_eq!(parsed.problems[1].message, "is the same as in line 1");
    assert_eq!(parsed.rows.len(), 1);
}

#[test]
fn a_wrong_check_digit_is_treated_as_the_policy_says() {
    let row = ENTRY.replace("91110000600037341L", "91110000600037341M");
    for (strictness, problems, warnings) in
        [(Strictness::Format, 0, 0), (Strictness::Check, 0, 1), (Strictness::Strict, 1, 0)]
    {
        let parsed = parse_lists("f", Format::Jsonl, &row, strictness);
        assert_eq!((parsed.problems.len(), parsed.warnings.len()), (problems, warnings), "{strictness:?}");
        for finding in parsed.problems.iter().chain(&parsed.warnings) {
            assert_eq!(
                (finding.field.as_str(), &*finding.code),
                ("subject_identifiers[0]", "id.check_failed")
            );
        }
    }
}

#[test]
fn an_entry_without_identifier_is_good_and_only_a_hint() {
    let parsed = lists(ENTRY.replace(r#"[{"kind":"uscc","value":"91110000600037341L"}]"#, "[]"));
    assert_eq!(parsed.rows.len(), 1);
    assert_eq!(places(&parsed.warnings), [(1, "subject_identifiers", "identifier.none")]);
}

#[test]
fn csv_says_the_same_as_json() {
    let csv = format!(
        "\u{feff}id,list,list_name,kind,field,subject_name,uscc,citizen_id,facts,authority,basis,\
         recognised_on,suspended,attributes\r\n\
         e1,court,失信被执行人,black,court,\"甲, \"\"乙\"\"\",{USCC},{CITIZEN_ID},,某法院,,2025-01-01,TRUE,\"{{\"\"a\"\":\"\"1\"\"}}\"\r\n"
    );
    let parsed = parse_lists("f.csv", Format::Csv, csv, Strictness::Check);
    let json = ENTRY
        .replace("\"甲\"", r#""甲, \"乙\"""#)
        .replace("\"}]", &format!("\"}},{{\"kind\":\"citizen_id\",\"value\":\"{CITIZEN_ID}\"}}]"))
        .replace("\"facts\"", "\"suspended\":true,\"attributes\":{\"a\":\"1\"},\"facts\"");
    assert_eq!((&parsed.rows, parsed.problems.as_slice()), (&lists(json).rows, &[][..]));
    assert_eq!(parsed.rows.len(), 1);
}

#[test]
fn a_line_of_csv_is_counted_as_the_editor_counts_it() {
    let csv = "\n\nid,list,list_name,kind,field,subject_name,uscc,facts,authority,basis,recognised_on\n\
        e1,court,名单,black,court,甲,91110000600037341L,\"两\n行\",法院,依据,2025-01-01\n\
        \n\
        e2,court,名单,blak,court,甲,91110000600037341L,事实,法院,依据,2025-01-01\n\
        e3,court,名单,black\n\
        e4,court,名单,black,court,甲,9111,事实,法院,依据,2025-01-01\n";
    let parsed = parse_lists("f.csv", Format::Csv, csv, Strictness::Check);
    assert_eq!(
        places(&parsed.problems),
        [(7, "kind", "value.unknown"), (8, "", "row.cells"), (9, "uscc", "id.length")]
    );
    assert_eq!((parsed.rows.len(), parsed.read), (1, 4));
    assert_eq!(parsed.rows[0].facts, "两\n行");
}

#[test]
fn a_header_line_is_checked_before_any_row() {
    for (csv, field, code) in [
        ("id,lisst\ne1,court\n", "lisst", "field.unknown"),
        ("id,id\ne1,e1\n", "id", "field.duplicate"),
        ("110101199001010015,court\n", "*", "field.unknown"),
    ] {
        let parsed = parse_lists("f.csv", Format::Csv, csv, Strictness::Check);
        assert_eq!(places(&parsed.problems)[0], (1, field, code));
        assert_eq!((parsed.rows.len(), parsed.read), (0, 0));
    }
}

#[test]
fn a_file_that_is_not_utf8_is_refused_with_the_line() {
    let mut bytes = format!("{ENTRY}\n{}", ENTRY.replace("e1", "e2")).into_bytes();
    let last = bytes.len() - 20;
    bytes[last] = 0xff;
    let parsed = lists(&bytes);
    assert_eq!(places(&parsed.problems), [(2, "", "file.not_utf8")]);
    assert!(parsed.rows.is_empty());
}

#[test]
fn a_byte_order_mark_and_empty_lines_do_not_matter() {
    let parsed = lists(format!("\u{feff}\r\n  \r\n{ENTRY}\r\n"));
    assert_eq!((parsed.rows.len(), parsed.read, parsed.problems.len()), (1, 1, 0));
    for empty in ["", "\n", "\u{feff}"] {
        for format in Format::ALL {
            let parsed = parse_lists("f", *format, empty, Strictness::Check);
            assert_eq!((parsed.read, parsed.problems.len()), (0, 0));
        }
    }
}

#[test]
fn a_row_of_more_than_a_mebibyte_ends_the_reading_of_a_list() {
    let long = ENTRY.replace("某法院", &"长".repeat(400_000));
    let parsed = lists(format!("{ENTRY}\n{long}\n{}", ENTRY.replace("e1", "e2")));
    assert_eq!(places(&parsed.problems), [(2, "", "row.too_long")]);
    assert!(parsed.rows.is_empty());
}

#[test]
fn what_is_said_about_a_fault_never_holds_the_number() {
    for (from, to) in [
        ("\"black\"", format!("\"{CITIZEN_ID}\"")),
        ("\"2025-01-01\"", format!("\"{CITIZEN_ID}\"")),
        ("\"2025-01-01\"", CITIZEN_ID.to_owned()),
        ("\"facts\":", format!("\"{CITIZEN_ID}\":")),
        ("\"facts\":", format!("\"facts\":1,\"{CITIZEN_ID}\":1,\"{CITIZEN_ID}\":")),
        ("\"facts\":\"\"", format!("\"facts\":\"\",\"attributes\":{{\"{CITIZEN_ID}\":1}}")),
        ("91110000600037341L", format!("{CITIZEN_ID}0")),
        ("{\"id\"", format!("{CITIZEN_ID}{{\"id\"")),
    ] {
        let parsed = lists(ENTRY.replacen(from, &to, 1));
        assert_eq!(parsed.problems.len(), 1, "{to}");
        let told = serde_json::to_string(&parsed.problems).unwrap();
        assert!(!told.contains(CITIZEN_ID), "{told}");
    }
}

fn jsonl(rows: &[String]) -> String {
    rows.join("\n")
}

fn typed(kind: &str, row: &impl serde::Serialize) -> String {
    let mut value = serde_json::to_value(row).unwrap();
    value["type"] = kind.into();
    value.to_string()
}

fn catalogue_rows() -> Vec<String> {
    let catalogue = samples::catalogue();
    vec![
        r#"{"type":"edition","edition":"2026","effective_from":"2026-01-01","effective_until":"2026-12-31"}"#
            .to_owned(),
        // A measure may stand before its basis.
        typed("measure", &catalogue.measures[0]),
        typed("basis", &catalogue.bases[0]),
        typed("category", &catalogue.categories[0]),
        typed("memorandum", &catalogue.memoranda[0]),
        // An item may stand before its power items.
        typed("item", &catalogue.items[0]),
        typed("power_item", &catalogue.power_items[0]),
    ]
}

#[test]
fn whatever_is_written_is_read_back() {
    let entries: Vec<String> =
        samples::entries().iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    assert_eq!(lists(jsonl(&entries)).rows, samples::entries());

    let policy = serde_json::to_string(&samples::policy()).unwrap();
    assert_eq!(parse_policy("f", Format::Jsonl, policy).rows, [samples::policy()]);

    let binding = serde_json::to_string(&samples::binding()).unwrap();
    assert_eq!(parse_bindings("f", Format::Jsonl, binding).rows, [samples::binding()]);

    let parsed = parse_catalogue("f", Format::Jsonl, jsonl(&catalogue_rows()));
    assert_eq!((parsed.rows, parsed.read), (vec![samples::catalogue()], 7));
}

#[test]
fn a_catalogue_in_csv_is_read_by_the_type_of_its_rows() {
    let csv = "type,edition,effective_from,effective_until,code,text,name,title,document_number,department,kind,\
        report_required,key_item,power_items,non_disclosure,statutory_materials,category,nature,content,direction,target,power_item,\
        section,basis,memorandum,lists,departments,items,checkpoints\n\
        edition,2026,2026-01-01,2026-12-31,,,,,,,,,,,,,,,,,,,,,,,,,\n\
        category,,,,market-access,,限制市场准入,,,,,,,,,,,,,,,,,,,,,,\n\
        memorandum,,2016-01-01,,memo-1,,,示例联合惩戒合作备忘录,示例〔2016〕1号,,,,,,,,,,,,,,,,,,,,\n\
        basis,,2020-01-01,,food-law-1,示例食品办法第一条,,,,,,,,,,,,,,,,,,,,,,,\n\
        power_item,,,,power-1,,食品经营许可,,,market-regulation,,,,,,,,,,,,,许可科,,,,,,\n\
        item,,,,food-licence,,食品经营许可,,,market-regulation,licence,TRUE,true,\"[\"\"power-1\"\"]\",trade_secret,\
        \"[{\"\"material\"\":\"\"identity-proof\"\",\"\"basis\"\":\"\"food-law-1\"\"}]\",,,,,,,,,,,,,\n\
        measure,,,,m-1,,,,,,,,,,,,market-access,mandatory,不予许可,punish,列入名单的企业,power-1,许可科,food-law-1,\
        memo-1,\"[\"\"food.serious\"\"]\",\"[\"\"market-regulation\"\"]\",,\"[\"\"review\"\"]\"\n";
    let parsed = parse_catalogue("f.csv", Format::Csv, csv);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.rows, [samples::catalogue()]);
}

#[test]
fn every_table_refuses_what_is_cut_off_and_leaves_out_columns_without_a_name() {
    let header = "case_no,department,item,issued_on";
    let read = |csv: &str| parse_issued("f.csv", Format::Csv, csv);
    let row = "C-1,market-regulation,food-licence,2026-03-01";
    for (csv, good) in [
        (format!("{header},,\n{row},,\n"), 1),
        (format!("{header},,\n{row},\n"), 1),
        (format!("{header},,\n{row}\n"), 1),
        (format!("{header}\n{row}\n"), 1),
    ] {
        let parsed = read(&csv);
        assert_eq!((parsed.rows.len(), parsed.problems.as_slice()), (good, &[][..]), "{csv}");
    }
    for (csv, place) in [
        (format!("{header},,\n{row},,x\n"), (2, "", "cell.no_column")),
        (format!("{header}\n{row},x\n"), (2, "", "row.cells")),
        (format!("{header}\n{row},\n"), (2, "", "row.cells")),
        (format!("{header}\nC-1,market-regulation\n"), (2, "", "row.cells")),
        (format!("{header}\n{row}\n\"C-2,market-regulation"), (3, "", "file.open_quote")),
        (format!("{header}\n{}\n", row.replace("C-1", "3.7E+17")), (2, "case_no", "cell.digits_lost")),
        (format!("{header}\n{}\n", row.replace("2026-03-01", "#N/A")), (2, "issued_on", "cell.error")),
        (format!("{header},#REF!\n{row},\n"), (1, "", "cell.error")),
    ] {
        let parsed = read(&csv);
        assert_eq!((places(&parsed.problems), parsed.rows.len()), (vec![place], 0), "{csv}");
    }
}

#[test]
fn every_fault_of_a_catalogue_has_its_place_and_code() {
    let cases: &[(usize, &str, &str, &str, &str)] = &[
        (1, "\"food-law-1\"", "\"other-law\"", "basis", "catalogue.unknown_basis"),
        (1, "[\"food.serious\"]", "[]", "lists", "field.empty"),
        (1, "\"许可科\"", "\"\"", "section", "field.empty"),
        (1, "\"mandatory\"", "\"must\"", "nature", "value.unknown"),
        (1, "\"measure\"", "\"mesure\"", "type", "value.unknown"),
        (1, ",\"type\":\"measure\"", "", "type", "field.missing"),
        (1, "\"market-access\"", "\"other\"", "category", "catalogue.unknown_category"),
        (1, "\"power-1\"", "\"other\"", "power_item", "catalogue.unknown_power_item"),
        (1, "\"memo-1\"", "\"other\"", "memorandum", "catalogue.unknown_memorandum"),
        (1, "\"memorandum\":", "\"memo\":", "memo", "field.unknown"),
    ];
    for (index, from, to, field, code) in cases {
        let mut rows = catalogue_rows();
        assert!(rows[*index].contains(from), "{from}");
        rows[*index] = rows[*index].replace(from, to);
        let parsed = parse_catalogue("f", Format::Jsonl, jsonl(&rows));
        assert_eq!(places(&parsed.problems), [(2, *field, *code)], "{to}");
        assert!(parsed.rows[0].measures.is_empty() && parsed.rows[0].faults().is_empty());
    }
}

#[test]
fn r062_every_fault_of_what_measures_refer_to_has_its_place_and_code() {
    let cases: &[(usize, &str, &str, &str, &str)] = &[
        (3, "\"限制市场准入\"", "\"\"", "name", "field.empty"),
        (3, "\"market-access\"", "\" \"", "code", "field.empty"),
        (4, "示例联合惩戒合作备忘录", "", "title", "field.empty"),
        (4, "示例〔2016〕1号", "", "document_number", "field.empty"),
        (4, "2016-01-01", "2016-13-01", "effective_from", "date.malformed"),
        (5, "\"licence\"", "\"\"", "kind", "field.empty"),
        (5, "\"trade_secret\"", "\"secret\"", "non_disclosure", "value.unknown"),
        (5, "[\"power-1\"]", "[\"power-2\"]", "power_items", "catalogue.unknown_power_item"),
        (5, "\"food-law-1\"", "\"law-2\"", "statutory_materials", "catalogue.unknown_basis"),
        (5, "\"report_required\":true", "\"report_required\":1", "report_required", "value.type"),
        (6, "\"食品经营许可\"", "\"\"", "name", "field.empty"),
        (6, "\"market-regulation\"", "\"\"", "department", "field.empty"),
    ];
    for (index, from, to, field, code) in cases {
        let mut rows = catalogue_rows();
        assert!(rows[*index].contains(from), "{from}");
        rows[*index] = rows[*index].replace(from, to);
        let parsed = parse_catalogue("f", Format::Jsonl, jsonl(&rows));
        let line = u64::try_from(index + 1).unwrap();
        assert!(places(&parsed.problems).contains(&(line, *field, *code)), "{to}: {:?}", parsed.problems);
        let again = parse_catalogue("f", Format::Jsonl, jsonl(&rows)).problems;
        assert_eq!(parsed.problems, again, "the order of findings is that of the file");
    }
}

#[test]
fn rows_belong_to_the_edition_above_them() {
    let rows = catalogue_rows();
    let orphan = parse_catalogue("f", Format::Jsonl, &rows[2]);
    assert_eq!(places(&orphan.problems), [(1, "type", "catalogue.no_edition")]);

    let bad = rows[0].replace("2026-12-31", "2025-12-31");
    let parsed = parse_catalogue("f", Format::Jsonl, jsonl(&[rows[0].clone(), bad, rows[2].clone()]));
    assert_eq!(
        places(&parsed.problems),
        [(2, "effective_until", "date.order"), (3, "type", "catalogue.no_edition")],
        "a basis below a bad edition must not end up in the edition before"
    );

    let twice = parse_catalogue("f", Format::Jsonl, jsonl(&[rows.clone(), vec![rows[1].clone()]].concat()));
    assert_eq!(places(&twice.problems), [(8, "code", "row.duplicate")]);
    assert_eq!(twice.rows, [samples::catalogue()]);
}

#[test]
fn r020_every_fault_of_a_policy_has_its_field() {
    let good = serde_json::to_string(&samples::policy()).unwrap();
    for (from, to, field, code) in [
        ("370811", "37081", "division", "division.malformed"),
        ("\"clean_window_years\":3", "\"clean_window_years\":11", "clean_window_years", "value.range"),
        ("\"clean_window_years\":3", "\"clean_window_years\":300", "clean_window_years", "value.type"),
        (
            "\"commitment_working_days\":20",
            "\"commitment_working_days\":0",
            "commitment_working_days",
            "value.range",
        ),
        ("2027-03-31", "2026-03-31", "effective_until", "date.order"),
        ("\"law\"", "\"custom\"", "non_deferrable[0]", "value.unknown"),
        ("\"name\"", "\"nam\"", "report_issuers[0].nam", "field.unknown"),
        ("\"review\"", "\"reviews\"", "listing.reviews", "field.unknown"),
        ("\"alert_threshold\":3", "\"alert_threshold\":0", "listing.alert_threshold", "value.range"),
        ("\"alert_threshold\":3", "\"alert_threshold\":\"no\"", "listing.alert_threshold", "value.type"),
        (
            "\"related_party_depth\":1",
            "\"related_party_depth\":4",
            "listing.related_party_depth",
            "value.range",
        ),
        ("\"maximum_months\":36", "\"maximum_months\":6", "listing.serious.maximum_months", "value.range"),
        ("\"count\":7", "\"count\":0", "duties.publicity_limit.count", "value.range"),
        ("\"unit\":\"days\"", "\"unit\":\"weeks\"", "duties.publicity_limit.unit", "value.unknown"),
        (
            "\"monthly_report_day\":15",
            "\"monthly_report_day\":31",
            "duties.monthly_report_day",
            "value.range",
        ),
        ("06-05", "02-29", "duties.half_yearly_report_days[0]", "value.type"),
    ] {
        let parsed = parse_policy("f", Format::Jsonl, good.replacen(from, to, 1));
        assert_eq!(places(&parsed.problems), [(1, field, code)], "{to}");
    }
    let twice = parse_policy("f", Format::Jsonl, format!("{good}\n{good}"));
    assert_eq!(places(&twice.problems), [(2, "version", "row.duplicate")]);
}

#[test]
fn every_fault_of_a_binding_has_its_field() {
    let good = serde_json::to_string(&samples::binding()).unwrap();
    for (from, to, field, code) in [
        ("\"advise\"", "\"warn\"", "mode", "value.unknown"),
        ("\"fuel\":7", "\"fuel\":0", "limits.fuel", "value.range"),
        ("\"fuel\":7", "\"fule\":7", "limits.fule", "field.unknown"),
        ("\"fuel\":7", "\"fuel\":-7", "limits.fuel", "value.type"),
        ("[\"intake\"]", "[\"review\"]", "require_receipts", "binding.own_receipt"),
        ("{\"lists\":[\"food.serious\"],\"years\":3}", "[]", "settings", "settings.not_an_object"),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        let parsed = parse_bindings("f", Format::Jsonl, good.replacen(from, to, 1));
        assert_eq!(places(&parsed.problems), [(1, field, code)], "{to}");
    }
    let same_place = good.replace("food-review", "another");
    let parsed = parse_bindings("f", Format::Jsonl, format!("{good}\n{same_place}\n{good}"));
    assert_eq!(places(&parsed.problems), [(2, "checkpoint", "row.duplicate"), (3, "id", "row.duplicate")]);
}

#[test]
fn a_binding_in_csv_converts_its_cells() {
    let csv = "department,item,checkpoint,division,plugin,mode,settings,limits,require_receipts\n\
        d,i,review,370811,p,,\"{\"\"years\"\":3}\",\"{\"\"fuel\"\":7}\",\"[\"\"intake\"\"]\"\n";
    let parsed = parse_bindings("f.csv", Format::Csv, csv);
    assert_eq!(parsed.problems, []);
    let binding = &parsed.rows[0];
    assert_eq!((binding.id.as_str(), binding.limits.fuel), ("d/i/review", Some(7)));
    assert_eq!(
        (binding.settings.text(), binding.require_receipts.as_slice()),
        (r#"{"years":3}"#, &["intake".to_owned()][..])
    );
}

fn parse_all(bytes: &[u8]) {
    for format in Format::ALL {
        let _ = parse_lists("f", *format, bytes, Strictness::Check);
        let _ = parse_catalogue("f", *format, bytes);
        let _ = parse_policy("f", *format, bytes);
        let _ = parse_bindings("f", *format, bytes);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_an_import_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parse_all(&bytes);
    }

    #[test]
    fn no_text_near_a_row_makes_an_import_panic(
        at in 0..ENTRY.len(),
        put in "[\\PC\n\r\",{}\\[\\]]{0,6}",
        header in "(id|list|type|edition|settings|[\"]|,|\n){0,12}",
    ) {
        let mut text = ENTRY.to_owned();
        if text.is_char_boundary(at) {
            text.insert_str(at, &put);
        }
        parse_all(text.as_bytes());
        parse_all(format!("{header}\n{text}\n{put}").as_bytes());
    }
}
