//! A small city: policies of three jurisdictions, a catalogue, lists, and who
//! stands on them. Everybody in it is made up.

use serde_json::{Value, json};

use crate::document::with;

/// The department of every binding here.
pub const DEPARTMENT: &str = "market-regulation";

/// Jurisdictions, by how strictly they read identifiers.
pub mod division {
    /// The city above the others; it has no policy of its own.
    pub const ABOVE: &str = "370800";
    /// A wrong check character is a warning. The jurisdiction of every binding.
    pub const CHECK: &str = "370811";
    /// Only the shape is looked at.
    pub const FORMAT: &str = "370812";
    /// A wrong check character is refused.
    pub const STRICT: &str = "370813";
}

/// A company on no list.
pub const CLEAN_COMPANY: &str = "91110105MA00003490";
/// A company on the list of the seriously dishonest in food and drugs.
pub const BANNED_COMPANY: &str = "91110105MA0000226Y";
/// The same, but its entry is under verification.
pub const DISPUTING_COMPANY: &str = "91110105MA000004XW";
/// A company on no list whose name is that of an entry without any number.
pub const NAMESAKE_COMPANY: &str = "91110105MA00000908";
/// The name of that entry.
pub const NAMESAKE: &str = "示例同名商贸有限公司";
/// A code of the right shape whose check character does not fit.
pub const MISTYPED_COMPANY: &str = "91110000600037341M";
/// A person on no list.
pub const CLEAN_PERSON: &str = "370811198506150026";
/// A person on the court's list of judgment defaulters.
pub const DEFAULTER: &str = "11010119900118017X";

/// The id of the one measure that [`BANNED_COMPANY`] triggers as party `p1`.
pub const BAN_MEASURE: &str = "food.no-licence/entry-banned/p1";

/// One policy for each jurisdiction.
#[must_use]
pub fn policies() -> Vec<Value> {
    [(division::CHECK, "check"), (division::FORMAT, "format"), (division::STRICT, "strict")]
        .map(|(division, strictness)| {
            json!({
                "division": division, "version": "test", "effective_from": "2020-01-01",
                "identifier_strictness": strictness, "clean_window_years": 3,
                "clean_window_ignores_repaired": true, "clean_window_ignores_slight": true,
                "records_since": "2010-01-01", "suspension_scope": "all_punish",
                "commitment_effect": "accept_first", "commitment_working_days": 20,
                "non_deferrable": ["law", "regulation", "normative_document"],
            })
        })
        .into()
}

/// The catalogue: two bases, two measures.
#[must_use]
pub fn catalogue() -> Vec<Value> {
    vec![
        json!({"type": "edition", "edition": "test", "effective_from": "2020-01-01"}),
        json!({"type": "basis", "code": "basis.food-safety-law-135", "text": "《食品安全法》第一百三十五条",
               "effective_from": "2015-10-01"}),
        json!({"type": "basis", "code": "basis.court-defaulter-2013", "text": "最高人民法院关于公布失信被执行人名单信息的若干规定",
               "effective_from": "2013-10-01"}),
        measure("food.no-licence", "food-drug.serious", "basis.food-safety-law-135"),
        measure("court.no-office", "court.judgment-defaulter", "basis.court-defaulter-2013"),
    ]
}

fn measure(code: &str, list: &str, basis: &str) -> Value {
    json!({
        "type": "measure", "code": code, "category": "market-access", "nature": "mandatory",
        "content": "限制市场准入", "direction": "punish", "target": "名单主体", "power_item": "示例权责事项",
        "section": "示例科", "basis": basis, "lists": [list],
    })
}

/// The kinds of lists.
#[must_use]
pub fn list_types() -> Vec<Value> {
    ["food-drug.serious", "court.judgment-defaulter"]
        .map(|code| {
            json!({
                "code": code, "name": "示例名单", "kind": "black", "field": "food-and-drug", "key_field": true,
                "level": "national", "standard": "示例标准",
            })
        })
        .into()
}

/// The lists.
#[must_use]
pub fn entries() -> Vec<Value> {
    let disputing = Some(("uscc", DISPUTING_COMPANY));
    let disputed = entry("entry-disputed", "food-drug.serious", "示例争议食品有限公司", disputing);
    vec![
        entry("entry-banned", "food-drug.serious", "示例失信食品有限公司", Some(("uscc", BANNED_COMPANY))),
        with(disputed, &json!({"suspended": true})),
        entry("entry-defaulter", "court.judgment-defaulter", "示例某甲", Some(("citizen_id", DEFAULTER))),
        entry("entry-name-only", "food-drug.serious", NAMESAKE, None),
    ]
}

fn entry(id: &str, list: &str, name: &str, identifier: Option<(&str, &str)>) -> Value {
    let identifiers: Vec<Value> =
        identifier.into_iter().map(|(kind, value)| json!({"kind": kind, "value": value})).collect();
    json!({
        "id": id, "list": list, "list_name": "示例名单", "kind": "black", "field": "food-and-drug",
        "severity": "serious", "subject_name": name, "subject_identifiers": identifiers, "facts": "示例事实",
        "authority": "示例机关", "basis": "示例依据", "recognised_on": "2025-03-01", "valid_until": "2099-03-01",
    })
}

/// A binding of the city's department in [`division::CHECK`]. Its calls have
/// time enough even on a machine that is busy with other tests.
#[must_use]
pub fn binding(plugin: &str, item: &str, checkpoint: &str) -> Value {
    json!({
        "department": DEPARTMENT, "item": item, "checkpoint": checkpoint, "division": division::CHECK,
        "plugin": plugin, "limits": {"wall_clock_ms": 8000},
    })
}

/// The same by the rules of market regulation.
#[must_use]
pub fn regulated(item: &str, checkpoint: &str) -> Value {
    binding("market-registration", item, checkpoint)
}

/// A review by the guest that misbehaves, told what to do; `limits` are those
/// that differ from [`binding`].
#[must_use]
pub fn hostile(item: &str, settings: &Value, limits: &Value) -> Value {
    let mut binding = with(binding("hostile-guest", item, "review"), &json!({"settings": settings}));
    for (name, limit) in limits.as_object().expect("limits by name") {
        binding["limits"][name] = limit.clone();
    }
    binding
}

/// A review by the same guest, behaving: it applies every mandatory measure and
/// proceeds.
#[must_use]
pub fn honest(item: &str) -> Value {
    hostile(item, &json!({"behaviour": "honest"}), &json!({}))
}

/// A request by the company with this code.
#[must_use]
pub fn request(item: &str, checkpoint: &str, case_no: &str, uscc: &str) -> Value {
    json!({
        "department": DEPARTMENT, "item": item, "checkpoint": checkpoint, "case_no": case_no,
        "operator": "窗口-07",
        "parties": [{"role": "applicant", "kind": "legal_person", "name": "示例申请有限公司",
                     "identifiers": [{"kind": "uscc", "value": uscc}]}],
    })
}

/// The report that the measure on [`BANNED_COMPANY`] was carried out.
#[must_use]
pub fn executed() -> Value {
    json!({"measure": BAN_MEASURE, "result": "executed", "action": "不予许可", "officer": "窗口-07"})
}

/// Adds a legal representative to a request.
#[must_use]
pub fn represented_by(mut request: Value, citizen_id: &str) -> Value {
    let person = json!({"role": "legal_representative", "acts_for": "p1", "kind": "natural_person",
                        "name": "示例某甲", "identifiers": [{"kind": "citizen_id", "value": citizen_id}]});
    request["parties"].as_array_mut().expect("parties").push(person);
    request
}
