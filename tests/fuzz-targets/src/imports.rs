//! Files of rows that are read as a whole: what a good file says is written and
//! reads back the same, and what is wrong with a bad one names its line.

use std::fmt::Debug;

use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::identifier::Strictness;
use creditgate_wire::import::{
    Format, Parsed, PolicyItem, parse_bindings, parse_catalogue, parse_identifiers, parse_issued,
    parse_list_types, parse_policy, parse_policy_toml,
};
use creditgate_wire::link::LinkRow;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Target;
use crate::findings::are_sound;

const FILE: &str = "rows";

/// Words of JSON and CSV, and values that are hard to take.
pub(crate) const WORDS: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    "\n",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    "null",
    "0",
    "-1",
    "1e9",
    "65536",
    "true",
    "\\u0000",
    "110101199001010015",
    "2026-02-29",
    "9999-12-31",
    "0000-01-01",
    "\u{feff}",
    "370811",
    "code",
    "name",
];

macro_rules! rows {
    ($($(#[$doc:meta])* $target:ident = $name:literal, $check:ident, $seeds:expr;)+) => {
        $($(#[$doc])* pub(crate) const $target: Target = Target {
            name: $name,
            run: |data| by_format(data, $check),
            seeds: || $seeds.into_iter().map(|(format, file): (u8, &str)| {
                [&[format][..], file.as_bytes()].concat()
            }).collect(),
            words: WORDS,
            rounds: 250,
        };)+
    };
}

// The first byte says whether the file is JSON lines or CSV.
rows! {
    /// Editions of the catalogue.
    CATALOGUE = "catalogue", catalogue, [
        (0, include_str!("../../../examples/city/catalogue.jsonl")),
        (0, CATALOGUE_JSONL),
        (1, CATALOGUE_CSV),
    ];
    /// Versions of policies.
    POLICY = "policy", policy, [(0, include_str!("../../../examples/city/policy.jsonl")), (1, POLICY_CSV)];
    /// Bindings.
    BINDINGS = "bindings", bindings, [
        (0, include_str!("../../../examples/city/bindings.jsonl")),
        (1, BINDINGS_CSV),
    ];
    /// Kinds of lists.
    LIST_TYPES = "list_types", list_types, [
        (0, include_str!("../../../examples/city/list-types.jsonl")),
        (1, LIST_TYPES_CSV),
    ];
    /// Links between numbers.
    LINKS = "links", links, [(1, LINKS_CSV), (0, LINKS_JSONL)];
    /// Cases that were issued.
    ISSUED = "issued", issued, [(1, ISSUED_CSV), (0, ISSUED_JSONL)];
}

/// Divisions and layers of policy in TOML.
pub(crate) const POLICY_TOML: Target = Target {
    name: "policy_toml",
    run: policy_toml,
    seeds: || vec![LAYERS_TOML.into()],
    words: &[
        "[division.440700]",
        "[[layer]]",
        "[layer.duties]",
        "=",
        "\"",
        "{",
        "}",
        "inf",
        "0x10",
        "1979-05-27",
        "07:32:00",
        "'''",
        "parent",
        "\n",
        "110101199001010015",
        "440000",
        "none",
    ],
    rounds: 600,
};

fn by_format(data: &[u8], check: fn(Format, &[u8])) {
    let Some((first, file)) = data.split_first() else { return };
    check(if first & 1 == 0 { Format::Jsonl } else { Format::Csv }, file);
}

fn catalogue(format: Format, file: &[u8]) {
    let parsed = parse_catalogue(FILE, format, file);
    survives(&parsed, file, |rows| {
        let lines: Vec<String> = rows.iter().flat_map(catalogue_lines).collect();
        parse_catalogue(FILE, Format::Jsonl, lines.join("\n"))
    });
}

/// An edition as the rows it is imported from.
fn catalogue_lines(edition: &Catalogue) -> Vec<String> {
    let Ok(Value::Object(mut body)) = serde_json::to_value(edition) else {
        panic!("an edition is an object");
    };
    let parts = [
        ("categories", "category"),
        ("memoranda", "memorandum"),
        ("bases", "basis"),
        ("power_items", "power_item"),
        ("items", "item"),
        ("measures", "measure"),
    ];
    let mut lines = Vec::new();
    for (name, kind) in parts {
        let rows = body.remove(name).and_then(|rows| rows.as_array().cloned()).unwrap_or_default();
        lines.extend(rows.into_iter().map(|row| typed(row, kind)));
    }
    lines.insert(0, typed(Value::Object(body), "edition"));
    lines
}

fn typed(mut row: Value, kind: &str) -> String {
    row["type"] = json!(kind);
    row.to_string()
}

fn policy(format: Format, file: &[u8]) {
    let parsed = parse_policy(FILE, format, file);
    survives(&parsed, file, |rows| parse_policy(FILE, Format::Jsonl, lines(rows.iter())));
}

fn bindings(format: Format, file: &[u8]) {
    let parsed = parse_bindings(FILE, format, file);
    survives(&parsed, file, |rows| parse_bindings(FILE, Format::Jsonl, lines(rows.iter())));
}

fn list_types(format: Format, file: &[u8]) {
    let parsed = parse_list_types(FILE, format, file);
    survives(&parsed, file, |rows| parse_list_types(FILE, Format::Jsonl, lines(rows.iter())));
}

fn links(format: Format, file: &[u8]) {
    let parse = |format, file: &[u8]| parse_identifiers(FILE, format, file, Strictness::Check, Vec::new());
    survives(&parse(format, file), file, |rows| {
        parse(Format::Jsonl, lines(rows.iter().map(LinkRow::from)).as_bytes())
    });
}

fn issued(format: Format, file: &[u8]) {
    let parsed = parse_issued(FILE, format, file);
    survives(&parsed, file, |rows| parse_issued(FILE, Format::Jsonl, lines(rows.iter())));
}

fn policy_toml(file: &[u8]) {
    let parsed = parse_policy_toml(FILE, file, &[], &[]);
    assert!(parsed.problems.is_empty() || parsed.rows.is_empty(), "a file with a fault is applied");
    survives(&parsed, file, |rows| parse_policy_toml(FILE, layers_as_toml(rows), &[], &[]));
}

/// Divisions and layers as the file they are imported from.
fn layers_as_toml(items: &[PolicyItem]) -> String {
    let (mut divisions, mut layers) = (toml::Table::new(), Vec::new());
    for item in items {
        match item {
            PolicyItem::Division(division) => {
                let mut row = toml::Table::try_from(division).expect("a division is a table");
                row.remove("code");
                divisions.insert(division.code.clone(), row.into());
            }
            PolicyItem::Layer(layer) => {
                layers.push(toml::Value::try_from(layer).expect("a layer is a table"));
            }
        }
    }
    let mut file = toml::Table::new();
    file.insert("division".to_owned(), divisions.into());
    file.insert("layer".to_owned(), layers.into());
    file.to_string()
}

/// What a file without a fault says is written, and what was written says the
/// same.
fn survives<T: PartialEq + Debug>(parsed: &Parsed<T>, file: &[u8], again: impl Fn(&[T]) -> Parsed<T>) {
    are_sound(parsed, FILE, file);
    if !parsed.problems.is_empty() || parsed.rows.is_empty() {
        return;
    }
    let again = again(&parsed.rows);
    let codes: Vec<&str> = again.problems.iter().map(|problem| &*problem.code).collect();
    assert!(codes.is_empty(), "what was accepted is refused: {codes:?}");
    assert!(again.rows == parsed.rows, "what was accepted reads back as something else");
}

fn lines<T: Serialize>(rows: impl Iterator<Item = T>) -> String {
    let rows = rows.map(|row| serde_json::to_string(&row).expect("a row can be written"));
    rows.collect::<Vec<_>>().join("\n")
}

const CATALOGUE_JSONL: &str = r#"{"type":"edition","edition":"t1","effective_from":"2020-01-01"}
{"type":"category","code":"C1","name":"限制准入"}
{"type":"basis","code":"B1","text":"示例条例第一条","effective_from":"2020-01-01"}
{"type":"measure","code":"M1","category":"C1","nature":"mandatory","content":"不予许可","direction":"punish","target":"法人","power_item":"食品经营许可","section":"审批科","basis":"B1","lists":["food.serious"]}
"#;

const CATALOGUE_CSV: &str = "\
type,edition,effective_from,code,text,category,nature,content,direction,target,power_item,section,basis,lists
edition,t1,2020-01-01,,,,,,,,,,,
basis,,2020-01-01,B1,示例条例第一条,,,,,,,,,
measure,,,M1,,限制,mandatory,不予许可,punish,法人,食品,科,B1,\"[\"\"food.serious\"\"]\"
";

const POLICY_CSV: &str = "\
division,version,effective_from,identifier_strictness,clean_window_years,clean_window_ignores_repaired,\
clean_window_ignores_slight,records_since,suspension_scope,commitment_effect,commitment_working_days,non_deferrable
370811,t1,2020-01-01,strict,3,true,TRUE,2015-01-01,all_punish,accept_first,20,\"[\"\"law\"\"]\"
";

const BINDINGS_CSV: &str = "\
department,item,checkpoint,division,plugin,mode,settings,limits,require_receipts
market-regulation,food-licence,review,370811,food,advise,\"{\"\"a\"\":1.50}\",\"{\"\"fuel\"\":5}\",\"[\"\"intake\"\"]\"
";

const LIST_TYPES_CSV: &str = "\
code,name,kind,field,key_field,level,standard,authorities
food.serious,严重失信名单,black,food-and-drug,true,national,示例标准,\"[\"\"示例局\"\"]\"
";

const LINKS_CSV: &str = "\
kind,value,uscc,valid_from,valid_until,source
registration_number,110105000000012,91110105MA00003490,,2015-09-30,示例登记机关
uscc,91110105MA0000226Y,91110105MA00003490,,,示例登记机关
";

const LINKS_JSONL: &str =
    r#"{"kind":"other","value":"NB-000123","uscc":"91110105MA00003490","source":"示例审批系统"}"#;

const ISSUED_CSV: &str = "\
case_no,department,item,issued_on
C-1,market-regulation,food-licence,2026-08-03
C-2,market-regulation,food-licence,2026-08-04
";

const ISSUED_JSONL: &str =
    r#"{"case_no":"C-1","department":"market-regulation","item":"food-licence","issued_on":"2026-08-03"}"#;

const LAYERS_TOML: &str = r#"
[division.440000]
name = "广东省"
level = "province"

[division.440700]
name = "江门市"
level = "city"
parent = "440000"

[[layer]]
division = "440700"
version = "2026-04"
effective_from = 2026-04-01
effective_until = "2027-03-31"
clean_window_years = 3
report_issuers = [{ name = "甲", qualified_from = 2020-01-01 }]

[layer.listing]
alert_threshold = "none"
slight = { minimum_months = 3, maximum_months = 12 }

[layer.duties]
publicity_limit = { count = 7, unit = "days" }
monthly_report_day = 5
"#;
