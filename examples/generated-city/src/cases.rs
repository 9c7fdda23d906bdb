//! A history of cases: what approval systems asked, and which cases were issued.

use creditgate_credit::identifier::IdentifierText;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::City;
use crate::bindings::CHECKPOINTS;
use crate::catalogue::division_of;
use crate::entry::AS_OF;
use crate::random::{Purpose, Random};
use crate::subject::{LISTED, Subject};

/// The first line of a file of issued cases.
pub const ISSUED_HEADER: &str = "case_no,department,item,issued_on\n";

/// Days before [`AS_OF`] in which cases were filed.
const DAYS: u64 = 180;
/// Applicants who stand on no list.
const CLEAN: u64 = 2_400_000;

/// A case with its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Number of the case.
    pub case_no: String,
    /// Department that decides.
    pub department: String,
    /// Item.
    pub item: String,
    /// Division where it is handled.
    pub division: &'static str,
    /// Day of filing.
    pub filed_on: Date,
    /// Day on which the licence was issued, in nine of ten cases.
    pub issued_on: Option<Date>,
    /// Everyone concerned.
    pub parties: Vec<Party>,
}

/// A party of a case, as an approval system describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Handle within the case.
    pub id: &'static str,
    /// The part it plays.
    pub role: &'static str,
    /// Handle of the party it acts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<&'static str>,
    /// Kind of subject.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// Numbers.
    pub identifiers: Vec<IdentifierText>,
}

/// The body of a `POST /v1/checks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckRequest<'a> {
    checkpoint: &'static str,
    department: &'a str,
    item: &'a str,
    case_no: &'a str,
    operator: &'static str,
    division: &'a str,
    filed_on: String,
    parties: &'a [Party],
}

impl City {
    /// The case with this number. One applicant in five stands on a list.
    #[must_use]
    pub fn case(&self, number: u64) -> Case {
        let mut random = Random::of(self.seed, Purpose::Case, number);
        let place = random.below(self.items.len() as u64) as usize;
        let item = &self.items[place];
        let filed_on = AS_OF.saturating_sub((1 + random.below(DAYS) as i64).days());
        let issued_on = filed_on.saturating_add((5 + random.below(20) as i64).days());
        let listed = self.entries > 0 && random.percent(20);
        let owner = if listed { self.owner(random.below(self.entries)) } else { LISTED + number % CLEAN };
        Case {
            // The code of the item, the day and a serial number, as in practice.
            case_no: format!("{}{}{number:08}", item.code, filed_on.strftime("%Y%m%d")),
            department: item.department.clone(),
            item: item.code.clone(),
            division: division_of(place),
            filed_on,
            issued_on: random.percent(90).then_some(issued_on),
            parties: parties(self.seed, owner),
        }
    }
}

fn parties(seed: u64, owner: u64) -> Vec<Party> {
    let subject = Subject::numbered(seed, owner);
    let person = subject.is_person();
    let mut parties = vec![party("applicant", None, subject)];
    if !person {
        let representative = Subject::representative(seed, owner);
        parties.push(party("legal_representative", Some("applicant"), representative));
    }
    parties
}

fn party(role: &'static str, acts_for: Option<&'static str>, subject: Subject) -> Party {
    let Subject { kind, name, identifier, .. } = subject;
    Party { id: role, role, acts_for, kind, name, identifiers: vec![identifier] }
}

impl Case {
    /// The requests of its checks, one for each checkpoint.
    #[must_use]
    pub fn requests(&self) -> [CheckRequest<'_>; 3] {
        CHECKPOINTS.map(|checkpoint| CheckRequest {
            checkpoint,
            department: &self.department,
            item: &self.item,
            case_no: &self.case_no,
            operator: "officer-001",
            division: self.division,
            filed_on: self.filed_on.to_string(),
            parties: &self.parties,
        })
    }

    /// Its line in a file of issued cases, after [`ISSUED_HEADER`]; none when it
    /// was not issued.
    #[must_use]
    pub fn issued_line(&self) -> Option<String> {
        let Self { case_no, department, item, issued_on, .. } = self;
        issued_on.map(|day| format!("{case_no},{department},{item},{day}\n"))
    }
}
