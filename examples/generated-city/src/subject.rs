//! Made-up persons and organisations with identifiers that are valid and nobody's.

use creditgate_credit::identifier::{IdentifierKind, IdentifierText, generate};

use crate::place::place;
use crate::random::{Purpose, Random};

/// Characters of a unified social credit code.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 31 to the power of 6: bodies of organisation codes after the prefix.
const BODIES: u64 = 887_503_681;
/// People are born on the days of these years, as nobody alive is.
const FIRST_YEAR: i16 = 1901;
const DAYS: u64 = 5 * DAYS_OF_YEAR;
/// The first of January belongs to the people of the example city.
const DAYS_OF_YEAR: u64 = 364;
/// Numbers of persons: places, days, sequences.
const PERSONS: u64 = 8 * DAYS * SEQUENCES;
/// 001 to 999: 000 is given to nobody.
const SEQUENCES: u64 = 999;
/// Spreads consecutive numbers; prime to [`BODIES`] and [`PERSONS`].
const SPREAD: u64 = 7_919;

/// Subjects that may stand on lists have numbers below this; those above never do.
pub const LISTED: u64 = 12_000_000;

const SURNAMES: [&str; 32] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "蒋", "沈", "韩", "杨", "朱", "秦", "许",
    "何", "吕", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "谢", "邹", "苏", "潘",
];
const STEMS: [&str; 32] = [
    "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑", "寅", "卯", "辰", "巳", "午",
    "未", "申", "酉", "戌", "亥", "天", "地", "日", "月", "东", "南", "西", "北", "春", "秋",
];
const TRADES: [&str; 12] =
    ["食品", "商贸", "建设", "设备", "运输", "科技", "物业", "医药", "化工", "农业", "文化", "能源"];

/// What kind of subject it is, with the first two characters of its code.
const ORGANISATIONS: [(&str, &str, &str, u64); 7] = [
    ("91", "legal_person", "有限公司", 74),
    ("92", "sole_trader", "经营部", 15),
    ("93", "legal_person", "农民专业合作社", 4),
    ("51", "social_group", "协会", 2),
    ("12", "legal_person", "服务中心", 2),
    ("N2", "unincorporated_organisation", "村股份经济合作社", 2),
    ("31", "unincorporated_organisation", "律师事务所", 1),
];

/// A made-up subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Kind of subject, such as `legal_person`.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// Unified social credit code or citizen ID.
    pub identifier: IdentifierText,
    /// Division it is registered or was born in.
    pub division: &'static str,
}

impl Subject {
    /// Whether it is a natural person.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.kind == "natural_person"
    }

    /// The subject with this number: a natural person in 40 of 100 cases.
    pub(crate) fn numbered(seed: u64, number: u64) -> Self {
        let mut random = Random::of(seed, Purpose::Subject, number);
        if random.percent(40) {
            return Self::person(&mut random, number);
        }
        let (division, place_name) = place(random.below(8));
        let mut share = random.below(100);
        let kind = ORGANISATIONS.iter().find(|(_, _, _, weight)| {
            let found = share < *weight;
            share = share.saturating_sub(*weight);
            found
        });
        let (category, kind, ending, _) = kind.unwrap_or(&ORGANISATIONS[0]);
        let mut name = place_name.to_owned();
        for _ in 0..4 {
            name.push_str(random.pick(&STEMS));
        }
        name.push_str(random.pick(&TRADES));
        name.push_str(ending);
        let identifier =
            IdentifierText { kind: IdentifierKind::Uscc, value: uscc(category, division, number) };
        Self { kind, name, identifier, division }
    }

    /// The person who acts for the organisation with this number. No listed
    /// person has an organisation's number.
    pub(crate) fn representative(seed: u64, number: u64) -> Self {
        Self::person(&mut Random::of(seed, Purpose::Subject, !number), number)
    }

    fn person(random: &mut Random, number: u64) -> Self {
        let mut name = format!("{}示", random.pick(&SURNAMES));
        for _ in 0..3 {
            name.push_str(random.pick(&STEMS));
        }
        let (division, value) = citizen_id(number);
        let identifier = IdentifierText { kind: IdentifierKind::CitizenId, value };
        Self { kind: "natural_person", name, identifier, division }
    }
}

/// Adds the check character, which a body of this module's making always has.
fn checked(mut body: String, check: impl Fn(&str) -> Option<char>) -> String {
    body.extend(check(&body));
    body
}

fn organisation_code(number: u64) -> String {
    let mut rest = number % BODIES * SPREAD % BODIES;
    // `MG`: the example city's own codes begin with `MA`.
    let mut body = String::from("MG");
    for _ in 0..6 {
        body.push(char::from(ALPHABET[(rest % 31) as usize]));
        rest /= 31;
    }
    checked(body, generate::organisation_code_check_character)
}

fn uscc(category: &str, division: &str, number: u64) -> String {
    let body = [category, division, &organisation_code(number)].concat();
    checked(body, generate::uscc_check_character)
}

/// A business registration number for an organisation.
pub(crate) fn registration_number(division: &str, number: u64) -> String {
    checked(format!("{division}{:08}", number % LISTED), generate::registration_number_check_digit)
}

/// The division and the number of a person.
fn citizen_id(number: u64) -> (&'static str, String) {
    let spread = number % PERSONS * SPREAD % PERSONS;
    let (division, _) = place(spread / (DAYS * SEQUENCES));
    let (day, sequence) = (spread / SEQUENCES % DAYS, 1 + spread % SEQUENCES);
    let year = FIRST_YEAR + (day / DAYS_OF_YEAR) as i16;
    let day_of_year = (day % DAYS_OF_YEAR) as i16 + 2;
    let born = jiff::civil::Date::constant(year, 1, 1)
        .with()
        .day_of_year_no_leap(day_of_year)
        .build()
        .map_or_else(|_| format!("{year}0102"), |born| born.strftime("%Y%m%d").to_string());
    (division, checked(format!("{division}{born}{sequence:03}"), generate::citizen_id_check_character))
}

/// The old organisation code inside a unified social credit code.
pub(crate) fn old_code(uscc: &str) -> Option<&str> {
    uscc.get(8..17)
}
