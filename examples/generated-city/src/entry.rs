//! List entries, each made by itself from the seed and its number.

use creditgate_credit::entry::{ExitGround, ListKind, Particulars, ParticularsText};
use creditgate_credit::identifier::{IdentifierKind, IdentifierText};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::City;
use crate::lists::{ListType, Listed};
use crate::random::{Purpose, Random};
use crate::subject::{Subject, old_code, registration_number};

/// The day on which the lists are as they are. Who is effective on it stays so
/// for years: entries end between 2031 and 2035.
pub const AS_OF: Date = Date::constant(2026, 7, 1);

/// One of ten entries may be of the subject of one before it.
const BLOCK: u64 = 10;

/// A list entry; serialises as a row of `creditgate import lists`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry<'a> {
    /// Id, from the number.
    pub id: String,
    /// Code of the list.
    pub list: &'a str,
    /// Name of the list.
    pub list_name: &'a str,
    /// Family of the list.
    pub kind: &'static str,
    /// Field it was recognised in.
    pub field: &'a str,
    /// Severity, where the list has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<&'static str>,
    /// Name of the subject.
    pub subject_name: String,
    /// Its numbers; none in some old records.
    pub subject_identifiers: Vec<IdentifierText>,
    /// Facts found.
    pub facts: String,
    /// Recognising authority.
    pub authority: &'a str,
    /// Legal basis of the recognition.
    pub basis: &'a str,
    /// Day of recognition.
    pub recognised_on: String,
    /// Last day of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// What the recogniser last said.
    pub status: &'static str,
    /// Day of repair or withdrawal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<String>,
    /// Under objection or verification.
    pub suspended: bool,
    /// What else the recogniser says.
    #[serde(skip_serializing_if = "Particulars::is_empty")]
    pub particulars: ParticularsText,
}

/// The part of its life an entry is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Effective,
    Suspended,
    Preliminary,
    Expired,
    Repaired,
    Withdrawn,
}

impl Stage {
    fn draw(random: &mut Random) -> Self {
        match random.below(100) {
            0..80 => Self::Effective,
            80..83 => Self::Suspended,
            83..87 => Self::Preliminary,
            87..93 => Self::Expired,
            93..99 => Self::Repaired,
            _ => Self::Withdrawn,
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Preliminary => "preliminary",
            Self::Repaired => "repaired",
            Self::Withdrawn => "withdrawn",
            Self::Effective | Self::Suspended | Self::Expired => "effective",
        }
    }
}

impl City {
    /// The entry with this number, below [`City::entries`].
    #[must_use]
    pub fn entry(&self, number: u64) -> Entry<'_> {
        let mut entry = self.sound_entry(number);
        self.spoil_entry(number, &mut entry);
        entry
    }

    /// The entry before any fault.
    pub(crate) fn sound_entry(&self, number: u64) -> Entry<'_> {
        let mut random = Random::of(self.seed, Purpose::Entry, number);
        let owner = self.owner(number);
        let subject = Subject::numbered(self.seed, owner);
        let list = self.list(&mut random, number, subject.is_person());
        let stage = Stage::draw(&mut random);
        let mut entry = Entry {
            id: format!("G{number:010}"),
            list: &list.code,
            list_name: &list.name,
            kind: list.kind.code(),
            field: &list.field,
            severity: severity(&mut random, list),
            subject_identifiers: identifiers(&mut random, &subject, owner),
            subject_name: subject.name.clone(),
            facts: facts(&mut random, list).to_owned(),
            authority: &list.authorities[0],
            basis: &list.standard,
            recognised_on: String::new(),
            valid_until: None,
            status: stage.status(),
            ended_on: None,
            suspended: stage == Stage::Suspended,
            particulars: Default::default(),
        };
        let recognised = entry.date(&mut random, stage);
        entry.say_more(&mut random, recognised, stage);
        entry.name_persons(&mut random, recognised, &subject);
        if list.kind == ListKind::Black && !subject.is_person() && random.percent(30) {
            let person = Subject::representative(self.seed, owner);
            entry.particulars.representative_name = person.name;
            entry.particulars.representative_identifiers = vec![person.identifier];
        }
        entry
    }

    /// The number of the subject of an entry: its own, or that of one before it in
    /// its block. A red-list entry shares its subject with none.
    pub(crate) fn owner(&self, number: u64) -> u64 {
        if Self::is_of_triple(number) {
            return number / BLOCK * BLOCK + 1;
        }
        if number % BLOCK != BLOCK - 1 {
            return number;
        }
        let shared = number - 1 - Random::of(self.seed, Purpose::Entry, !number).below(BLOCK - 1);
        let person = Subject::numbered(self.seed, shared).is_person();
        let list = |row: u64| self.list(&mut Random::of(self.seed, Purpose::Entry, row), row, person);
        let (theirs, own) = (list(shared), list(number));
        let apart = theirs.kind == ListKind::Red || own.kind == ListKind::Red || theirs.code == own.code;
        if apart || Self::is_of_triple(shared) { number } else { shared }
    }

    /// Whether it is one of three watch-list entries of one subject in three key
    /// fields (R44): in every thousandth block, entries 1 to 3.
    fn is_of_triple(number: u64) -> bool {
        number / BLOCK % 1000 == 7 && (1..=3).contains(&(number % BLOCK))
    }

    /// The list an entry stands on; the first draw of its row.
    fn list(&self, random: &mut Random, number: u64, person: bool) -> &ListType {
        let kind = random.below(100);
        let shelf = &self.shelves[usize::from(person)];
        if Self::is_of_triple(number) {
            return &self.list_types[shelf.watch[(number % BLOCK) as usize]].list;
        }
        let lists = match kind {
            0..5 => &shelf.red,
            // Half of the black list is the court's.
            5..18 => &shelf.court,
            18..30 => &shelf.black,
            30..35 => &shelf.watch,
            _ => &shelf.other,
        };
        &self.list_types[random.pick(lists)].list
    }
}

/// Lists by their kind, as positions; one shelf for organisations, one for
/// persons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    red: Vec<usize>,
    court: Vec<usize>,
    black: Vec<usize>,
    watch: Vec<usize>,
    other: Vec<usize>,
}

impl Shelf {
    pub(crate) fn of(lists: &[Listed], person: bool) -> Self {
        let mut shelf = Self::default();
        for (position, Listed { list, persons }) in lists.iter().enumerate() {
            let place = match list.kind {
                ListKind::Red if *persons == person || list.field == "honour" => &mut shelf.red,
                ListKind::Red => continue,
                ListKind::Black if list.field == "judicial" => &mut shelf.court,
                ListKind::Black => &mut shelf.black,
                ListKind::Watch => &mut shelf.watch,
                _ => &mut shelf.other,
            };
            place.push(position);
        }
        shelf
    }
}

fn severity(random: &mut Random, list: &ListType) -> Option<&'static str> {
    match list.kind {
        ListKind::Red => None,
        ListKind::Black => Some("serious"),
        ListKind::Watch => Some("general"),
        _ => Some(match random.below(10) {
            0..3 => "slight",
            3..9 => "general",
            _ => "serious",
        }),
    }
}

fn facts(random: &mut Random, list: &ListType) -> &'static str {
    let known: &[&'static str] = match list.kind {
        ListKind::Red => &["连续三年信用记录良好", "获得市级表彰", "主动公开信用承诺并如期履行"],
        ListKind::Watch => &["一年内两次因同类违法行为受到行政处罚", "未按期整改"],
        ListKind::Black if list.field == "judicial" => {
            &["有履行能力而拒不履行生效法律文书确定的义务", "违反财产报告制度", "违反限制消费令"]
        }
        ListKind::Black => {
            &["提供虚假材料取得许可，情节严重", "造成较大事故，负有主要责任", "拒不履行行政处罚决定"]
        }
        _ => &["未按规定报送材料", "超出许可范围经营", "未按期履行给付义务"],
    };
    random.pick(known)
}

/// Most subjects have their code; some old records another number, or none.
fn identifiers(random: &mut Random, subject: &Subject, owner: u64) -> Vec<IdentifierText> {
    let code = &subject.identifier;
    let other = match random.below(100) {
        0 => return Vec::new(),
        1..=2 => old_code(&code.value).map(|old| (IdentifierKind::OrganisationCode, old.to_owned())),
        3 => Some((IdentifierKind::RegistrationNumber, registration_number(subject.division, owner))),
        _ => None,
    };
    match other.filter(|_| !subject.is_person()) {
        Some((kind, value)) => vec![IdentifierText { kind, value }],
        None => vec![code.clone()],
    }
}

fn before(day: Date, days: u64) -> Date {
    day.saturating_sub((days as i64).days())
}

fn after(day: Date, days: u64) -> Date {
    day.saturating_add((days as i64).days())
}

impl Entry<'_> {
    /// Dates it by its stage. Answers the day of recognition.
    fn date(&mut self, random: &mut Random, stage: Stage) -> Date {
        let recognised = match stage {
            Stage::Effective | Stage::Suspended => before(AS_OF, 30 + random.below(700)),
            Stage::Preliminary => before(AS_OF, random.below(30)),
            Stage::Expired => before(AS_OF, 1500 + random.below(1000)),
            Stage::Repaired | Stage::Withdrawn => before(AS_OF, 900 + random.below(600)),
        };
        let until = match stage {
            Stage::Expired => after(recognised, 365 + random.below(1000)),
            _ => after(Date::constant(2031, 1, 1), random.below(1800)),
        };
        self.recognised_on = recognised.to_string();
        self.valid_until = Some(until.to_string());
        if matches!(stage, Stage::Repaired | Stage::Withdrawn) {
            self.ended_on = Some(after(recognised, 366 + random.below(500)).to_string());
        }
        recognised
    }

    fn say_more(&mut self, random: &mut Random, recognised: Date, stage: Stage) {
        let said = &mut self.particulars;
        said.exit_ground = match stage {
            Stage::Repaired => Some(ExitGround::Repaired),
            Stage::Withdrawn => Some(ExitGround::Error),
            _ => None,
        };
        if self.kind == "red" || !random.percent(50) {
            return;
        }
        let reason = if self.field == "judicial" { "judgment-not-performed" } else { "penalty" };
        said.reason = reason.to_owned();
        said.document = format!("示字〔{}〕{}号", recognised.year(), 1 + random.below(9999));
        said.decided_on = Some(recognised);
        if self.severity == Some("serious") && matches!(stage, Stage::Effective | Stage::Suspended) {
            said.minimum_publicity_until = Some(after(recognised, 365));
            said.maximum_publicity_until = Some(after(recognised, 3 * 365));
        }
        if random.percent(40) {
            said.repairable = Some(true);
            said.repair_modes = vec!["commitment".to_owned(), "training".to_owned()];
        }
    }

    /// Who is told before being listed, and who is warned (R34, R43).
    fn name_persons(&mut self, random: &mut Random, recognised: Date, subject: &Subject) {
        let day = before(recognised, 10 + random.below(20));
        if subject.is_person() && matches!(self.kind, "black" | "watch") {
            self.particulars.prior_notice_on = Some(day);
        }
        if self.kind == "watch" {
            self.particulars.warned_on = Some(recognised);
        }
    }
}
