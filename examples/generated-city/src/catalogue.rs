//! The catalogue at the scale a city publishes (R64): 37 memoranda, 470 items,
//! 2,411 power items, and a measure for each of these.

use serde::Serialize;

use crate::lists::{Field, ListType, PUNISHED, REWARDED};
use crate::place::{CITY, COUNTIES, DEPARTMENTS, Department};

/// Items of the city.
pub const ITEMS: usize = 470;
/// Power items of the city.
pub const POWER_ITEMS: usize = 2_411;
/// Name of the edition.
pub const EDITION: &str = "示例市2026版";
/// First day of everything the catalogue holds.
const FIRST_DAY: &str = "2024-01-01";

/// A row of `creditgate import catalogue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CatalogueRow {
    /// Opens the edition.
    Edition {
        /// Name of the edition.
        edition: String,
        /// First day in force.
        effective_from: &'static str,
        /// Last day in force.
        #[serde(skip_serializing_if = "Option::is_none")]
        effective_until: Option<&'static str>,
    },
    /// A category of measures the edition allows.
    Category {
        /// Code.
        code: String,
        /// Name.
        name: &'static str,
    },
    /// A memorandum of cooperation.
    Memorandum {
        /// Code.
        code: String,
        /// Title.
        title: String,
        /// Number of the document.
        document_number: String,
        /// First day in force.
        effective_from: &'static str,
    },
    /// A legal basis.
    Basis {
        /// Code.
        code: String,
        /// Title and article.
        text: String,
        /// First day in force.
        effective_from: &'static str,
        /// Last day in force.
        #[serde(skip_serializing_if = "Option::is_none")]
        effective_until: Option<&'static str>,
    },
    /// A power item.
    PowerItem {
        /// Code.
        code: String,
        /// Name.
        name: String,
        /// Department that has the power.
        department: &'static str,
        /// Section that answers for it.
        section: &'static str,
    },
    /// An item.
    Item(Item),
    /// A measure.
    Measure(Measure),
}

/// An item of a department's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Basic code, 12 digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// Department that handles it.
    pub department: &'static str,
    /// What it is, such as `licence`.
    pub kind: &'static str,
    /// A credit report belongs to it.
    pub report_required: bool,
    /// It is one of the key items.
    pub key_item: bool,
    /// Its power items.
    pub power_items: Vec<String>,
    /// Division where it is handled: the city's or a county's, to which it was
    /// delegated.
    #[serde(skip)]
    pub division: &'static str,
}

/// A measure with the seven particulars of R61 and what triggers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Code.
    pub code: String,
    /// 1 Category.
    pub category: String,
    /// 2 Nature.
    pub nature: &'static str,
    /// 3 Content.
    pub content: String,
    /// 4 Object: `punish` or `incentive`.
    pub direction: &'static str,
    /// 4 Object, as text.
    pub target: String,
    /// 5 Power item.
    pub power_item: String,
    /// 6 Responsible section.
    pub section: &'static str,
    /// 7 Code of the legal basis.
    pub basis: String,
    /// Memorandum it comes from.
    pub memorandum: String,
    /// Lists that trigger it.
    pub lists: Vec<String>,
    /// Departments it is meant for.
    pub departments: Vec<&'static str>,
    /// Items it is meant for.
    pub items: Vec<String>,
    /// Checkpoints it is meant for; none means all.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub checkpoints: &'static [&'static str],
}

/// What the power items of an item are for, in turn.
struct Power {
    verb: &'static str,
    category: &'static str,
    category_name: &'static str,
    nature: &'static str,
    direction: &'static str,
    content: &'static str,
    checkpoints: &'static [&'static str],
}

const POWERS: [Power; 6] = [
    Power {
        verb: "核发许可",
        category: "market-access",
        category_name: "限制市场或行业准入",
        nature: "mandatory",
        direction: "punish",
        content: "依法不予许可",
        checkpoints: &["review", "issuance"],
    },
    Power {
        verb: "审查",
        category: "strict-review",
        category_name: "从严审查",
        nature: "mandatory",
        direction: "punish",
        content: "从严审查申请材料",
        checkpoints: &["intake", "review"],
    },
    Power {
        verb: "监督检查",
        category: "key-supervision",
        category_name: "列为重点监管对象",
        nature: "recommended",
        direction: "punish",
        content: "列为重点监管对象，提高检查频次",
        checkpoints: &[],
    },
    Power {
        verb: "告知承诺",
        category: "preferential-treatment",
        category_name: "限制享受便利措施",
        nature: "mandatory",
        direction: "punish",
        content: "不适用告知承诺制和容缺受理",
        checkpoints: &[],
    },
    Power {
        verb: "优先办理",
        category: "priority-handling",
        category_name: "优先办理",
        nature: "recommended",
        direction: "incentive",
        content: "开通绿色通道，优先办理",
        checkpoints: &[],
    },
    Power {
        verb: "资金扶持",
        category: "fiscal-funds",
        category_name: "限制申请财政性资金项目",
        nature: "recommended",
        direction: "punish",
        content: "限制申请财政性资金项目",
        checkpoints: &[],
    },
];

const KINDS: [&str; 6] = ["licence", "licence", "qualification", "confirmation", "fund", "award"];

/// The items, in the order of their codes.
pub(crate) fn items() -> Vec<Item> {
    (0..ITEMS).map(item).collect()
}

fn department_of(item: usize) -> &'static Department {
    &DEPARTMENTS[item % DEPARTMENTS.len()]
}

fn item_code(item: usize) -> String {
    // Division, department, serial number: a basic code of a local item.
    format!("{CITY}{:02}{item:04}", 10 + item % DEPARTMENTS.len())
}

fn item(number: usize) -> Item {
    let department = department_of(number);
    let turn = number / DEPARTMENTS.len();
    let subject = department.subjects[turn % department.subjects.len()];
    // Every fifth item is delegated to a county (R20).
    let county = (number % 5 == 4).then(|| COUNTIES[number / 5 % COUNTIES.len()]);
    Item {
        code: item_code(number),
        name: format!("{subject}审批（第{}项）", turn + 1),
        department: department.code,
        kind: KINDS[number % KINDS.len()],
        report_required: number.is_multiple_of(47),
        key_item: number.is_multiple_of(10),
        power_items: (number..POWER_ITEMS).step_by(ITEMS).map(power_code).collect(),
        division: county.map_or(CITY, |county| county.division),
    }
}

fn power_code(power: usize) -> String {
    format!("{}-power-{power:04}", department_of(power % ITEMS).code)
}

fn power_item(power: usize) -> CatalogueRow {
    let item = item(power % ITEMS);
    let department = department_of(power % ITEMS);
    CatalogueRow::PowerItem {
        code: power_code(power),
        name: format!("{}：{}", item.name, POWERS[power / ITEMS].verb),
        department: department.code,
        section: department.section,
    }
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
    CatalogueRow::Memorandum {
        code: memorandum_code(field),
        title: format!("《示例市关于对{}{what}的合作备忘录》", field.name),
        document_number: format!("示发改信用〔2023〕{}号", number + 1),
        effective_from: FIRST_DAY,
    }
}

fn basis((number, field): (usize, &Field)) -> CatalogueRow {
    CatalogueRow::Basis {
        code: format!("basis.{}", field.code),
        text: format!("《示例省{}信用管理条例》第{}条", field.name, 20 + number),
        effective_from: FIRST_DAY,
        effective_until: None,
    }
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
    fn new(lists: &'a [ListType]) -> Self {
        let of = |wanted: &dyn Fn(&ListType) -> bool| lists.iter().filter(|list| wanted(list)).collect();
        Self {
            black: of(&|list| list.kind == "black"),
            watch: of(&|list| list.kind == "watch"),
            penalty: of(&|list| list.code.ends_with(".penalty")),
            red: of(&|list| list.kind == "red"),
            restricting: of(&|list| list.kind == "other" && !list.code.ends_with(".penalty")),
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

fn measure(power: usize, triggers: &Triggers<'_>) -> Measure {
    let kind = &POWERS[power / ITEMS];
    let department = department_of(power % ITEMS);
    let lists = triggers.of(power);
    let names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
    let field = lists.first().map_or(PUNISHED[0].code, |list| list.field);
    Measure {
        code: format!("measure-{power:04}"),
        category: kind.category.to_owned(),
        nature: kind.nature,
        content: kind.content.to_owned(),
        direction: kind.direction,
        target: format!("列入{}的主体", names.join("、")),
        power_item: power_code(power),
        section: department.section,
        basis: format!("basis.{field}"),
        memorandum: format!("memorandum.{field}"),
        lists: lists.iter().map(|list| list.code.clone()).collect(),
        departments: vec![department.code],
        items: vec![item_code(power % ITEMS)],
        checkpoints: kind.checkpoints,
    }
}

/// The whole catalogue, the edition first.
pub(crate) fn rows(lists: &[ListType], items: &[Item]) -> Vec<CatalogueRow> {
    let fields = || PUNISHED.iter().chain(&REWARDED).enumerate();
    let triggers = Triggers::new(lists);
    let mut rows = vec![CatalogueRow::Edition {
        edition: EDITION.to_owned(),
        effective_from: FIRST_DAY,
        effective_until: None,
    }];
    rows.extend(
        POWERS.iter().map(|power| CatalogueRow::Category {
            code: power.category.to_owned(),
            name: power.category_name,
        }),
    );
    rows.extend(fields().map(memorandum));
    rows.extend(fields().map(basis));
    rows.extend((0..POWER_ITEMS).map(power_item));
    rows.extend(items.iter().cloned().map(CatalogueRow::Item));
    rows.extend((0..POWER_ITEMS).map(|power| CatalogueRow::Measure(measure(power, &triggers))));
    rows
}
