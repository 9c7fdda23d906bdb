//! The made-up memoranda and the lists that rest on them.

use creditgate_credit::entry::{EntryTerm, ListKind};
pub use creditgate_credit::list_type::ListType;
use creditgate_credit::list_type::StandardLevel;

use crate::place::CITY_NAME;

/// A field in which subjects are listed, with one memorandum of cooperation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Whether it is a key field: it has a watch list and penalties too.
    pub(crate) key: bool,
    family: &'static str,
    authority: &'static str,
}

const HEALTH: &str = "health-and-life-safety";
const MARKET: &str = "fair-competition";
const DUTY: &str = "refusal-of-legal-duty";

const fn field(
    code: &'static str,
    name: &'static str,
    key: bool,
    family: &'static str,
    authority: &'static str,
) -> Field {
    Field { code, name, key, family, authority }
}

/// Fields with a list of seriously dishonest subjects: 31 memoranda.
pub(crate) const PUNISHED: [Field; 31] = [
    field("judicial", "执行", true, DUTY, "示例市人民法院"),
    field("food-drug", "食品药品", true, HEALTH, "示例市市场监督管理局"),
    field("construction", "建筑市场", true, MARKET, "示例市住房和城乡建设局"),
    field("wages", "工资支付", true, DUTY, "示例市人力资源和社会保障局"),
    field("procurement", "政府采购", true, MARKET, "示例市财政局"),
    field("taxation", "税收", true, DUTY, "国家税务总局示例市税务局"),
    field("environment", "生态环境", true, HEALTH, "示例市生态环境局"),
    field("work-safety", "安全生产", true, HEALTH, "示例市应急管理局"),
    field("product-quality", "产品质量", true, HEALTH, "示例市市场监督管理局"),
    field("transport", "道路运输", true, MARKET, "示例市交通运输局"),
    field("medical-care", "医疗卫生", true, HEALTH, "示例市卫生健康委员会"),
    field("bidding", "招标投标", true, MARKET, "示例市发展和改革委员会"),
    field("finance", "金融", false, MARKET, "示例市地方金融管理局"),
    field("statistics", "统计", false, MARKET, "示例市统计局"),
    field("customs", "海关", false, MARKET, "示例海关"),
    field("delivery", "寄递物流", false, MARKET, "示例市邮政管理局"),
    field("e-commerce", "电子商务", false, MARKET, "示例市商务局"),
    field("real-estate", "房地产", false, MARKET, "示例市住房和城乡建设局"),
    field("land", "土地资源", false, MARKET, "示例市自然资源和规划局"),
    field("water", "水利建设", false, MARKET, "示例市水务局"),
    field("farm-supplies", "农资", false, HEALTH, "示例市农业农村局"),
    field("salt", "盐业", false, HEALTH, "示例市市场监督管理局"),
    field("insurance", "保险", false, MARKET, "示例金融监管分局"),
    field("foreign-trade", "对外经济合作", false, MARKET, "示例市商务局"),
    field("science", "科研", false, MARKET, "示例市科学技术局"),
    field("medical-insurance", "医疗保障", false, HEALTH, "示例市医疗保障局"),
    field("culture", "文化市场", false, MARKET, "示例市文化和旅游局"),
    field("tourism", "旅游市场", false, MARKET, "示例市文化和旅游局"),
    field("domestic-services", "家政服务", false, MARKET, "示例市商务局"),
    field("energy", "电力", false, MARKET, "示例市发展和改革委员会"),
    field("intellectual-property", "知识产权", false, MARKET, "示例市市场监督管理局"),
];

/// Fields with a red list: 6 memoranda. The key ones are for persons too.
pub(crate) const REWARDED: [Field; 6] = [
    field("tax-rating", "纳税信用A级纳税人", false, "", "国家税务总局示例市税务局"),
    field("customs-rating", "海关高级认证企业", false, "", "示例海关"),
    field("quality-award", "质量奖获奖组织", false, "", "示例市市场监督管理局"),
    field("volunteers", "优秀青年志愿者", true, "", "共青团示例市委员会"),
    field("charity", "守信慈善捐赠者", true, "", "示例市民政局"),
    field("honour", "诚信典型", true, "", "示例市发展和改革委员会"),
];

/// A kind of list, and whether natural persons stand on it; organisations stand on
/// every list but the volunteers'.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) list: ListType,
    pub(crate) persons: bool,
}

impl Listed {
    fn new(field: &Field, code: String, name: String, kind: ListKind, level: StandardLevel) -> Self {
        let number = code.len() + name.len();
        let list = ListType {
            standard: format!("《{CITY_NAME}{}信用信息管理办法》", field.name),
            approval: format!("示发改信用〔2023〕{number}号"),
            family: if kind == ListKind::Black { field.family.to_owned() } else { String::new() },
            code,
            name,
            kind,
            field: field.code.to_owned(),
            key_field: field.key && kind != ListKind::Red,
            level,
            authorities: vec![field.authority.to_owned()],
            term: EntryTerm::Policy,
        };
        Self { list, persons: true }
    }
}

/// All list types: black lists, court lists, watch lists and penalties of the key
/// fields, red lists.
pub(crate) fn list_types() -> Vec<Listed> {
    let mut lists: Vec<Listed> = PUNISHED.iter().map(serious).collect();
    let [court, _, construction, ..] = &PUNISHED;
    let other = |field: &Field, code: &str, name: &str| {
        Listed::new(field, code.to_owned(), name.to_owned(), ListKind::Other, StandardLevel::National)
    };
    lists.push(other(court, "court.consumption-restriction", "限制消费人员名单"));
    lists.push(other(court, "court.open-enforcement", "未结执行案件被执行人名单"));
    lists.push(other(construction, "commitment.false", "虚假承诺记录"));
    for field in PUNISHED.iter().filter(|field| field.key) {
        let watch = format!("{}领域重点关注名单", field.name);
        lists.push(Listed::new(
            field,
            format!("{}.watch", field.code),
            watch,
            ListKind::Watch,
            StandardLevel::Local,
        ));
        let penalty = format!("{}领域行政处罚信息", field.name);
        lists.push(Listed::new(
            field,
            format!("{}.penalty", field.code),
            penalty,
            ListKind::Other,
            StandardLevel::National,
        ));
    }
    lists.extend(REWARDED.iter().map(exemplary));
    lists
}

fn serious(field: &Field) -> Listed {
    let (code, name) = match field.code {
        "judicial" => ("court.judgment-defaulter".to_owned(), "失信被执行人名单".to_owned()),
        "procurement" => {
            ("procurement.bad-conduct".to_owned(), "政府采购严重违法失信行为记录名单".to_owned())
        }
        code => (format!("{code}.serious"), format!("{}领域严重失信主体名单", field.name)),
    };
    Listed::new(field, code, name, ListKind::Black, StandardLevel::National)
}

fn exemplary(field: &Field) -> Listed {
    let code = match field.code {
        "honour" => "honour.exemplar".to_owned(),
        code => format!("{code}.exemplar"),
    };
    let mut list =
        Listed::new(field, code, format!("{}名单", field.name), ListKind::Red, StandardLevel::Local);
    list.persons = field.key;
    list
}
