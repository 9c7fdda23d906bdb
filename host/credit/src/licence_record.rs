//! The record of a licence as dual publicity wants it (行政许可双公示, R89, R91):
//! its fields under the names of the 2018 standard, which of them a host knows
//! from the check, and which the department gives with its publication.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::application::{Application, Attributes, Party, PartyRole, SubjectKind};
use crate::identifier::{Identifier, IdentifierKind, Strictness};

/// Longest text of a field, in characters.
const LONGEST: usize = 4000;
/// Length of a citizen ID.
const CITIZEN_ID: usize = 18;

/// Where the value of a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The check or the publication: nobody gives it again.
    Host,
    /// The department gives a text.
    Text,
    /// The department gives a day.
    Day,
    /// The department gives a unified social credit code.
    Uscc,
}

/// A field: its name in the standard, its name for people, and its source.
type Field = (&'static str, &'static str, Source);

/// The fields in the order of the standard. `XK_YXQZ` is the first day (自),
/// `XK_YXQZI` the last (至).
const FIELDS: &[Field] = &[
    ("XK_XDR_MC", "行政相对人名称", Source::Host),
    ("XK_XDR_LB", "行政相对人类别", Source::Host),
    ("XK_XDR_SHXYM", "统一社会信用代码", Source::Host),
    ("XK_XDR_GSZC", "工商注册号", Source::Host),
    ("XK_XDR_ZZJG", "组织机构代码", Source::Host),
    ("XK_XDR_SWDJ", "税务登记号", Source::Text),
    ("XK_XDR_SYDW", "事业单位证书号", Source::Text),
    ("XK_XDR_SHZZ", "社会组织登记证号", Source::Text),
    ("XK_FRDB", "法定代表人", Source::Host),
    ("XK_FR_ZJLX", "法定代表人证件类型", Source::Host),
    ("XK_FR_ZJHM", "法定代表人证件号码", Source::Host),
    ("XK_XDR_ZJLX", "自然人证件类型", Source::Host),
    ("XK_XDR_ZJHM", "自然人证件号码", Source::Host),
    ("XK_XKWS", "行政许可决定文书名称", Source::Text),
    ("XK_WSH", "行政许可决定文书号", Source::Host),
    ("XK_XKLB", "许可类别", Source::Text),
    ("XK_XKZS", "许可证书名称", Source::Text),
    ("XK_XKBH", "许可编号", Source::Text),
    ("XK_NR", "许可内容", Source::Text),
    ("XK_JDRQ", "许可决定日期", Source::Host),
    ("XK_YXQZ", "有效期自", Source::Day),
    ("XK_YXQZI", "有效期至", Source::Day),
    ("XK_XKJG", "许可机关", Source::Text),
    ("XK_XKJGDM", "许可机关统一社会信用代码", Source::Uscc),
    ("XK_ZT", "当前状态", Source::Text),
    ("XK_LYDW", "数据来源单位", Source::Text),
    ("XK_LYDWDM", "数据来源单位统一社会信用代码", Source::Uscc),
    ("XK_BZ", "备注", Source::Text),
];

/// The fields: the name in the standard and the name for people.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().map(|(code, title, _)| (*code, *title))
}

/// What is wrong with a field that a department gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldFault {
    /// There is no such field, or the host knows it itself.
    #[error("is no field that is given with a publication")]
    NotGiven,
    /// Empty, or too long.
    #[error("must have 1 to {LONGEST} characters")]
    Length,
    /// No day.
    #[error("must be a day of the calendar, written YYYY-MM-DD")]
    Day,
    /// No unified social credit code.
    #[error("must be a unified social credit code")]
    Uscc,
    /// A person's number: it would be made public.
    #[error("must not hold the identity number of a person")]
    IdentityNumber,
    /// The last day of validity is before the first.
    #[error("must not be before XK_YXQZ, the first day")]
    Order,
}

impl FieldFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotGiven => "value.unknown",
            Self::Length => "field.length",
            Self::Day => "date.malformed",
            Self::Uscc => "value.invalid",
            Self::IdentityNumber => "value.identity_number",
            Self::Order => "date.order",
        }
    }
}

/// What is wrong with the fields a department gives, each by its name.
#[must_use]
pub fn faults(given: &Attributes) -> Vec<(&str, FieldFault)> {
    let mut faults: Vec<_> =
        given.iter().filter_map(|(name, value)| Some((name.as_str(), fault(name, value)?))).collect();
    if let (Some(first), Some(last)) = (day(given, "XK_YXQZ"), day(given, "XK_YXQZI"))
        && last < first
    {
        faults.push(("XK_YXQZI", FieldFault::Order));
    }
    faults
}

fn fault(name: &str, value: &str) -> Option<FieldFault> {
    let source = FIELDS.iter().find(|(code, ..)| *code == name).map_or(Source::Host, |field| field.2);
    let fault = match source {
        Source::Host => Some(FieldFault::NotGiven),
        Source::Text => None,
        Source::Day => read_day(value).is_none().then_some(FieldFault::Day),
        Source::Uscc => {
            let parsed = Identifier::parse(IdentifierKind::Uscc, value, Strictness::Check);
            parsed.is_err().then_some(FieldFault::Uscc)
        }
    };
    let length = (value.trim().is_empty() || value.chars().count() > LONGEST).then_some(FieldFault::Length);
    fault.or(length).or_else(|| holds_identity_number(value).then_some(FieldFault::IdentityNumber))
}

/// Whether a word of the text is a citizen ID whose check character fits.
fn holds_identity_number(text: &str) -> bool {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() == CITIZEN_ID)
        .any(|word| Identifier::parse(IdentifierKind::CitizenId, word, Strictness::Strict).is_ok())
}

fn read_day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

fn day(given: &Attributes, name: &str) -> Option<Date> {
    read_day(value_of(given, name)?)
}

fn value_of<'a>(given: &'a Attributes, name: &str) -> Option<&'a str> {
    given.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A licence that was made public.
#[derive(Debug, Clone, Copy)]
pub struct Licence<'a> {
    /// The case, as it was checked at issuance.
    pub application: &'a Application,
    /// Number of the decision document.
    pub document: &'a str,
    /// Day of the decision.
    pub decided_on: Date,
    /// Name of the department; where it gives none, this is the organ.
    pub department: &'a str,
    /// Fields the department gave.
    pub given: &'a Attributes,
}

impl<'a> Licence<'a> {
    /// Values in the order of [`fields`]; empty where nobody knows them. The
    /// numbers of persons are masked.
    #[must_use]
    pub fn values(&self) -> Vec<Cow<'a, str>> {
        FIELDS.iter().map(|(code, _, source)| self.value(code, *source)).collect()
    }

    /// Fields that must not be empty and are: an organisation has a unified social
    /// credit code and a legal representative, a person has a number.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let person = self.applicant().is_some_and(|party| party.kind == SubjectKind::NaturalPerson);
        let wanted: &[&str] = if person { &["XK_XDR_ZJHM"] } else { &["XK_XDR_SHXYM", "XK_FRDB"] };
        let empty = |code: &str| self.value(code, Source::Host).is_empty();
        wanted.iter().copied().filter(|code| empty(code)).collect()
    }

    fn value(&self, code: &str, source: Source) -> Cow<'a, str> {
        if source != Source::Host {
            let given = value_of(self.given, code);
            return given.unwrap_or(if code == "XK_XKJG" { self.department } else { "" }).into();
        }
        let applicant = self.applicant();
        let person = applicant.filter(|party| party.kind == SubjectKind::NaturalPerson);
        let head = applicant.filter(|_| person.is_none()).and_then(|party| self.head_of(party));
        match code {
            "XK_XDR_MC" => applicant.map_or("", |party| &party.name).into(),
            "XK_XDR_LB" => applicant.map_or("", |party| class(party.kind)).into(),
            "XK_XDR_SHXYM" => number(applicant, IdentifierKind::Uscc),
            "XK_XDR_GSZC" => number(applicant, IdentifierKind::RegistrationNumber),
            "XK_XDR_ZZJG" => number(applicant, IdentifierKind::OrganisationCode),
            "XK_FRDB" => head.map_or("", |party| &party.name).into(),
            "XK_FR_ZJLX" => document(head).0.into(),
            "XK_FR_ZJHM" => document(head).1,
            "XK_XDR_ZJLX" => document(person).0.into(),
            "XK_XDR_ZJHM" => document(person).1,
            "XK_WSH" => self.document.into(),
            "XK_JDRQ" => self.decided_on.to_string().into(),
            _ => "".into(),
        }
    }

    fn applicant(&self) -> Option<&'a Party> {
        let parties = &self.application.parties;
        parties.iter().find(|party| party.role == PartyRole::Applicant).or(parties.first())
    }

    /// The legal representative of this party.
    fn head_of(&self, of: &Party) -> Option<&'a Party> {
        self.application.parties.iter().find(|party| {
            party.role == PartyRole::LegalRepresentative
                && party.acts_for.as_ref().is_none_or(|acts_for| *acts_for == of.id)
        })
    }
}

fn class(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::NaturalPerson => "自然人",
        SubjectKind::SoleTrader => "个体工商户",
        SubjectKind::LegalPerson | SubjectKind::UnincorporatedOrganisation | SubjectKind::SocialGroup => {
            "法人及非法人组织"
        }
    }
}

/// The number of a kind, in the form to show.
fn number(party: Option<&Party>, kind: IdentifierKind) -> Cow<'_, str> {
    let found = party.and_then(|party| party.identifiers.iter().find(|it| it.kind() == kind));
    found.map_or("".into(), Identifier::masked)
}

/// Kind and masked number of a person's document.
fn document(person: Option<&Party>) -> (&'static str, Cow<'_, str>) {
    for (kind, name) in [(IdentifierKind::CitizenId, "身份证"), (IdentifierKind::Other, "其他")] {
        let number = number(person, kind);
        if !number.is_empty() {
            return (name, number);
        }
    }
    ("", "".into())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::samples;

    const PERSON: &str = "110101199001010015";

    fn party(role: PartyRole, kind: SubjectKind, name: &str, number: (IdentifierKind, &str)) -> Party {
        let parsed = Identifier::parse(number.0, number.1, Strictness::Format).unwrap();
        Party {
            id: name.to_owned(),
            role,
            acts_for: None,
            kind,
            name: name.to_owned(),
            identifiers: vec![parsed.identifier],
            attributes: Vec::new(),
        }
    }

    fn of<'a>(licence: &Licence<'a>, code: &str) -> Cow<'a, str> {
        let position = FIELDS.iter().position(|field| field.0 == code).unwrap();
        licence.values().remove(position)
    }

    #[test]
    fn r091_a_licence_is_said_in_the_fields_of_the_standard_and_persons_are_masked() {
        let mut application = samples::application();
        let company = (IdentifierKind::Uscc, "91110000101623741K");
        let person = (IdentifierKind::CitizenId, PERSON);
        application.parties = vec![
            party(PartyRole::Applicant, SubjectKind::LegalPerson, "示例食品有限公司", company),
            party(PartyRole::LegalRepresentative, SubjectKind::NaturalPerson, "示例某甲", person),
        ];
        let given = vec![("XK_NR".to_owned(), "食品经营".to_owned())];
        let licence = Licence {
            application: &application,
            document: "示许〔2026〕7号",
            decided_on: date(2026, 9, 24),
            department: "示例市市场监督管理局",
            given: &given,
        };
        for (code, value) in [
            ("XK_XDR_MC", "示例食品有限公司"),
            ("XK_XDR_LB", "法人及非法人组织"),
            ("XK_XDR_SHXYM", "91110000101623741K"),
            ("XK_FRDB", "示例某甲"),
            ("XK_FR_ZJLX", "身份证"),
            ("XK_FR_ZJHM", "110***********0015"),
            ("XK_XDR_ZJHM", ""),
            ("XK_WSH", "示许〔2026〕7号"),
            ("XK_JDRQ", "2026-09-24"),
            ("XK_NR", "食品经营"),
            ("XK_XKJG", "示例市市场监督管理局"),
        ] {
            assert_eq!(of(&licence, code), value, "{code}");
        }
        assert!(licence.missing().is_empty());
        let mut alone = application.clone();
        alone.parties.remove(1);
        let licence = Licence { application: &alone, ..licence };
        assert_eq!(licence.missing(), ["XK_FRDB"]);
        let mut human = application.clone();
        human.parties = vec![party(PartyRole::Applicant, SubjectKind::NaturalPerson, "示例某甲", person)];
        let licence = Licence { application: &human, ..licence };
        assert_eq!(
            (of(&licence, "XK_XDR_ZJHM"), of(&licence, "XK_FRDB")),
            ("110***********0015".into(), "".into())
        );
        assert!(licence.missing().is_empty() && !licence.values().contains(&PERSON.into()));
    }

    #[test]
    fn r091_what_a_department_gives_fits_its_field() {
        let cases = [
            ("XK_NR", "食品经营（2026）", None),
            ("XK_XKJGDM", "91110000101623741K", None),
            ("XK_YXQZ", "2026-09-24", None),
            ("XK_NR", " ", Some(FieldFault::Length)),
            ("XK_WSH", "示许〔2026〕7号", Some(FieldFault::NotGiven)),
            ("XK_FR_ZJHM", PERSON, Some(FieldFault::NotGiven)),
            ("nr", "食品经营", Some(FieldFault::NotGiven)),
            ("XK_YXQZ", "2026-9-24", Some(FieldFault::Day)),
            ("XK_YXQZI", "20260924", Some(FieldFault::Day)),
            ("XK_XKJGDM", "示例市", Some(FieldFault::Uscc)),
            ("XK_BZ", "法定代表人110101199001010015。", Some(FieldFault::IdentityNumber)),
        ];
        for (name, value, expected) in cases {
            let given = vec![(name.to_owned(), value.to_owned())];
            let found = faults(&given).first().map(|fault| fault.1);
            assert_eq!(found, expected, "{name} {value}");
        }
        let trap = [("XK_YXQZ", "2029-09-23"), ("XK_YXQZI", "2026-09-24")];
        let given = trap.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(faults(&given), [("XK_YXQZI", FieldFault::Order)]);
    }
}
