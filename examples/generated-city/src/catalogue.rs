//! The catalogue at the scale a city publishes (R64): 37 memoranda, 470 items,
//! 2,411 power items, and a measure for each of these.

use creditgate_credit::catalogue::{
    Basis, CatalogueItem, CatalogueMeasure, Category, Direction, Memorandum, Nature, PowerItem,
};
use creditgate_credit::entry::ListKind;
use jiff::civil::Date;
use serde::Serialize;

use crate::lists::{Field, ListType, Listed, PUNISHED, REWARDED};
use crate::place::{CITY, COUNTIES, DEPARTMENTS, Department};

/// Items of the city.
pub const ITEMS: usize = 470;
/// Power items of the city.
pub const POWER_ITEMS: usize = 2_411;
/// Name of the edition.
pub const EDITION: &str = "示例市2026版";
/// First day of everything the catalogue holds.
pub(crate) const FIRST_DAY: Date = Date::constant(2024, 1, 1);

/// A row of `creditgate import catalogue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CatalogueRow {
    /// Opens the edition.
    Edition {
        /// Name of the edition.
        edition: String,
        /// First day in force.
        effective_from: Date,
    },
    /// A category of measures the edition allows.
    Category(Category),
    /// A memorandum of cooperation.
    Memorandum(Memorandum),
    /// A legal basis.
    Basis(Basis),
    /// A power item.
    PowerItem(PowerItem),
    /// An item.
    Item(CatalogueItem),
    /// A measure.
    Measure(CatalogueMeasure),
}

/// What the power items of an item are for, in turn.
struct Power {
    verb: &'static str,
    category: &'static str,
    category_name: &'static str,
    nature: Nature,
    direction: Direction,
    content: &'static str,
    checkpoints: &'static [&'static str],
}

const POWERS: [Power; 6] = [
    Power {
        verb: "核发许可",
        category: "market-access",
        category_name: "限制市场或行业准入",
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "依法不予许可",
        checkpoints: &["review", "issuance"],
    },
    Power {
        verb: "审查",
        category: "strict-review",
        category_name: "从严审查",
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "从严审查申请材料",
        checkpoints: &["intake", "review"],
    },
    Power {
        verb: "监督检查",
        category: "key-supervision",
        category_name: "列为重点监管对象",
        nature: Nature::Recommended,
        direction: Direction::Punish,
        content: "列为重点监管对象，提高检查频次",
        checkpoints: &[],
    },
    Power {
        verb: "告知承诺",
        category: "preferential-treatment",
        category_name: "限制享受便利措施",
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "不适用告知承诺制和容缺受理",
        checkpoints: &[],
    },
    Power {
        verb: "优先办理",
        category: "priority-handling",
        category_name: "优先办理",
        nature: Nature::Recommended,
        direction: Direction::Incentive,
        content: "开通绿色通道，优先办理",
        checkpoints: &[],
    },
    Power {
        verb: "资金扶持",
        category: "fiscal-funds",
        category_name: "限制申请财政性资金项目",
        nature: Nature::Recommended,
        direction: Direction::Punish,
        content: "限制申请财政性资金项目",
        checkpoints: &[],
    },
];

const KINDS: [&str; 6] = ["licence", "licence", "qualification", "confirmation", "fund", "award"];

/// The items, in the order of their codes.
pub(crate) fn items() -> Vec<CatalogueItem> {
    (0..ITEMS).map(item).collect()
}

pub(crate) fn department_of(item: usize) -> &'static Department {
    &DEPARTMENTS[item % DEPARTMENTS.len()]
}

fn item_code(item: usize) -> String {
    // Division, department, serial number: a basic code of a local item.
    format!("{CITY}{:02}{item:04}", 10 + item % DEPARTMENTS.len())
}

fn item(number: usize) -> CatalogueItem {
    let department = department_of(number);
    let turn = number / DEPARTMENTS.len();
    let subject = department.subjects[turn % department.subjects.len()];
    CatalogueItem {
        code: item_code(number),
        name: format!("{subject}审批（第{}项）", turn + 1),
        department: department.code.to_owned(),
        kind: KINDS[number % KINDS.len()].to_owned(),
        report_required: number.is_multiple_of(47),
        key_item: number.is_multiple_of(10),
        power_items: (number..POWER_ITEMS).step_by(ITEMS).map(power_code).collect(),
        non_disclosure: None,
        statutory_materials: Vec::new(),
    }
}

/// Division where an item is handled: the city's or, for every fifth, a county's, to
/// which it was delegated (R20).
pub(crate) fn division_of(item: usize) -> &'static str {
    if item % 5 == 4 { COUNTIES[item / 5 % COUNTIES.len()].division } else { CITY }
}

fn power_code(power: usize) -> String {
    format!("{}-power-{power:04}", department_of(power % ITEMS).code)
}

fn power_item(power: usize) -> CatalogueRow {
    let item = item(power % ITEMS);
    let department = department_of(power % ITEMS);
    CatalogueRow::PowerItem(PowerItem {
        code: power_code(power),
        name: format!("{}：{}", item.name, POWERS[power / ITEMS].verb),
        department: department.code.to_owned(),
        section: department.section.to_owned(),
    })
}

fn memorandum_code(field: &Field) -> String {
    format!("memorandum.{}", field.code)
}

fn memorandum((number, field): (usize, &Field)) -> CatalogueRow {
    let what = if number < PUNISHED.len() {
        "失信主体实施联合惩戒"
    } else {
        "守信主体实施联合激励"
    };
    CatalogueRow::Memorandum(Memorandum {
        code: memorandum_code(field),
        title: format!("《示例市关于对{}{what}的合作备忘录》", field.name),
        document_number: format!("示发改信用〔2023〕{}号", number + 1),
        effective_from: FIRST_DAY,
        effective_until: None,
    })
}

fn basis((number, field): (usize, &Field)) -> CatalogueRow {
    CatalogueRow::Basis(Basis {
        code: format!("basis.{}", field.code),
        text: format!("《示例省{}信用管理条例》第{}条", field.name, 20 + number),
        effective_from: FIRST_DAY,
        effective_until: None,
    })
}

/// Lists of a kind, by turns, so that every list has measures.
struct Triggers<'a> {
    black: Vec<&'a ListType>,
    watch: Vec<&'a ListType>,
    penalty: Vec<&'a ListType>,
    red: Vec<&'a ListType>,
    restricting: Vec<&'a ListType>,
}

impl<'a> Triggers<'a> {
    fn new(lists: &'a [Listed]) -> Self {
        let lists = || lists.iter().map(|listed| &listed.list);
        let of = |wanted: &dyn Fn(&ListType) -> bool| lists().filter(|list| wanted(list)).collect();
        Self {
            black: of(&|list| list.kind == ListKind::Black),
            watch: of(&|list| list.kind == ListKind::Watch),
            penalty: of(&|list| list.code.ends_with(".penalty")),
            red: of(&|list| list.kind == ListKind::Red),
            restricting: of(&|list| list.kind == ListKind::Other && !list.code.ends_with(".penalty")),
        }
    }

    /// The lists that trigger the measure of a power item; the first one decides
    /// on basis and memorandum.
    fn of(&self, power: usize) -> Vec<&'a ListType> {
        let turn = |lists: &[&'a ListType], offset: usize| lists[(power % ITEMS + offset) % lists.len()];
        let mut lists = match power / ITEMS {
            // The court's list comes first, and closes every item.
            0 => vec![turn(&self.black, 0), self.black[0]],
            1 => vec![turn(&self.black, 7), turn(&self.watch, 0)],
            2 => vec![turn(&self.watch, 5), turn(&self.penalty, 0), turn(&self.penalty, 3)],
            3 => self.restricting.clone(),
            4 => vec![turn(&self.red, 0), turn(&self.red, 1)],
            _ => vec![turn(&self.black, 13)],
        };
        lists.dedup_by_key(|list| &list.code);
        lists
    }
}

fn measure(power: usize, triggers: &Triggers<'_>) -> CatalogueMeasure {
    let kind = &POWERS[power / ITEMS];
    let department = department_of(power % ITEMS);
    let lists = triggers.of(power);
    let names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
    let field = lists.first().map_or(PUNISHED[0].code, |list| &list.field);
    CatalogueMeasure {
        code: format!("measure-{power:04}"),
        category: kind.category.to_owned(),
        nature: kind.nature,
        content: kind.content.to_owned(),
        direction: kind.direction,
        target: format!("列入{}的主体", names.join("、")),
        power_item: power_code(power),
        section: department.section.to_owned(),
        basis: format!("basis.{field}"),
        memorandum: Some(format!("memorandum.{field}")),
        lists: lists.iter().map(|list| list.code.clone()).collect(),
        departments: vec![department.code.to_owned()],
        items: vec![item_code(power % ITEMS)],
        checkpoints: kind.checkpoints.iter().map(|checkpoint| (*checkpoint).to_owned()).collect(),
    }
}

/// The whole catalogue, the edition first.
pub(crate) fn rows(lists: &[Listed], items: &[CatalogueItem]) -> Vec<CatalogueRow> {
    let fields = || PUNISHED.iter().chain(&REWARDED).enumerate();
    let triggers = Triggers::new(lists);
    let mut rows = vec![CatalogueRow::Edition { edition: EDITION.to_owned(), effective_from: FIRST_DAY }];
    let category =
        |power: &Power| Category { code: power.category.to_owned(), name: power.category_name.to_owned() };
    rows.extend(POWERS.iter().map(category).map(CatalogueRow::Category));
    rows.extend(fields().map(memorandum));
    rows.extend(fields().map(basis));
    rows.extend((0..POWER_ITEMS).map(power_item));
    rows.extend(items.iter().cloned().map(CatalogueRow::Item));
    rows.extend((0..POWER_ITEMS).map(|power| CatalogueRow::Measure(measure(power, &triggers))));
    rows
}
