//! A profile: how one platform is spoken to. It is a TOML file of requests to
//! make, of where an answer has its parts, and of tables of codes.
//!
//! These are the types of the file; `check.rs` holds what a well-formed file may
//! still get wrong. Secrets and addresses are not in it: a profile can be shared.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::path::{Path, RowsPath};
use super::rule::{Rule, Scalar, Tables};
use super::signing::Signing;

/// How one platform is spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Characters of requests and answers.
    #[serde(default)]
    pub charset: Charset,
    /// Longest answer that is read, in bytes.
    #[serde(default = "Profile::default_body_limit")]
    pub body_limit_bytes: usize,
    /// How requests are signed; not at all when absent.
    pub signing: Option<Signing>,
    /// How an answer says that it is one.
    #[serde(default)]
    pub envelope: Envelope,
    /// Tables of codes.
    #[serde(default)]
    pub tables: Tables,
    /// The query about one party at check time.
    pub query: Option<QueryCall>,
    /// The question what has changed since.
    pub pull: Option<PullCall>,
    /// The report of what was done about a measure.
    pub feedback: Option<FeedbackCall>,
}

impl Profile {
    const fn default_body_limit() -> usize {
        1 << 20
    }
}

/// Characters of requests and answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Charset {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// GBK, read as GB 18030.
    #[serde(rename = "gbk")]
    Gbk,
}

/// `[envelope]`: where an answer says whether it is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Where the code stands; without it the HTTP status says all.
    pub code: Option<Path>,
    /// Codes of success, such as `0`, `"00"`, `200`.
    #[serde(default)]
    pub success: Vec<Scalar>,
    /// Codes that say that nothing is known of the party.
    #[serde(default)]
    pub nothing: Vec<Scalar>,
    /// Codes that say that sending the same again can never help.
    #[serde(default)]
    pub refused: Vec<Scalar>,
}

/// How a request is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRules {
    /// GET or POST.
    #[serde(default)]
    pub method: HttpMethod,
    /// Path below the connector's address.
    pub path: String,
    /// Form of the body.
    #[serde(default)]
    pub body: BodyForm,
    /// Parameters in the address. Never a number or a name of a party: addresses
    /// are logged on their way.
    #[serde(default)]
    pub query: BTreeMap<String, Rule>,
    /// Fields of the body; `a.b` stands for an object in an object.
    #[serde(default)]
    pub fields: BTreeMap<String, Rule>,
}

/// Method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum HttpMethod {
    /// Asks without a body.
    #[serde(rename = "GET")]
    Get,
    /// Asks with a body.
    #[default]
    #[serde(rename = "POST")]
    Post,
}

/// Form of a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyForm {
    /// A JSON object.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// Where the rows of an answer are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsRules {
    /// The list of rows.
    pub path: RowsPath,
    /// Whether a platform that has no rows leaves the list out.
    #[serde(default)]
    pub may_be_absent: bool,
}

/// How more pages are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "style", rename_all = "snake_case")]
pub enum Paging {
    /// By number.
    Page(NumberedPages),
    /// By a mark.
    Cursor(MarkedPages),
}

/// Pages by number: until as many rows came as the platform says there are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberedPages {
    /// Field of the page's number.
    pub page: String,
    /// Field of the page's size.
    pub size: String,
    /// Rows of a page.
    pub rows: u32,
    /// Number of the first page.
    #[serde(default = "one")]
    pub first: u32,
    /// Where the platform says how many rows there are.
    pub total: Path,
    /// Pages after which the answer is refused as endless.
    #[serde(default = "most_pages")]
    pub most_pages: u32,
}

/// Pages by a mark that each answer gives for the next.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkedPages {
    /// Field of the mark.
    pub cursor: String,
    /// Where the answer has the next one; nothing or empty ends it.
    pub next: Path,
    /// Pages after which the answer is refused as endless.
    #[serde(default = "most_pages")]
    pub most_pages: u32,
}

const fn one() -> u32 {
    1
}

const fn most_pages() -> u32 {
    20
}

/// `[query]`: what is asked about one party at check time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryCall {
    /// The request.
    pub request: RequestRules,
    /// Where the records are.
    pub rows: RowsRules,
    /// How more pages are asked for; one answer has all when absent.
    pub paging: Option<Paging>,
    /// What a record says.
    pub entry: EntryRules,
}

/// `[pull]`: what is asked to keep the lists up to date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullCall {
    /// The request, with `since` where the last pull came to.
    pub request: RequestRules,
    /// Where the records are.
    pub rows: RowsRules,
    /// How more pages are asked for.
    pub paging: Option<Paging>,
    /// What a record says.
    pub entry: EntryRules,
    /// When a record was last changed, by the platform's clock.
    pub changed_at: Rule,
    /// The next pull asks from so much before the newest change on, in seconds:
    /// what a platform makes visible late is not missed.
    #[serde(default)]
    pub overlap_seconds: u32,
}

/// `[feedback]`: how a disposition is reported.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackCall {
    /// The request, with paths into the host's own form of feedback.
    pub request: RequestRules,
}

/// What a record says, by the fields of a list entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRules {
    /// The platform's id of the record.
    pub id: Rule,
    /// Code of the list.
    pub list: Rule,
    /// Name of the list.
    pub list_name: Rule,
    /// Family of the list.
    pub kind: Rule,
    /// Field it was recognised in.
    pub field: Option<Rule>,
    /// Severity.
    pub severity: Option<Rule>,
    /// Name of the subject.
    pub subject_name: Rule,
    /// The number that was asked for, as the answer repeats it. For queries only.
    pub identifier: Option<Rule>,
    /// Unified social credit code.
    pub uscc: Option<Rule>,
    /// Organisation code.
    pub organisation_code: Option<Rule>,
    /// Registration number.
    pub registration_number: Option<Rule>,
    /// Citizen ID number.
    pub citizen_id: Option<Rule>,
    /// Legal entity identifier.
    pub lei: Option<Rule>,
    /// Any other number.
    pub other_id: Option<Rule>,
    /// Facts found.
    pub facts: Option<Rule>,
    /// Recognising authority.
    pub authority: Rule,
    /// Legal basis.
    pub basis: Option<Rule>,
    /// Day of recognition.
    pub recognised_on: Rule,
    /// Last day of validity.
    pub valid_until: Option<Rule>,
    /// What the recogniser last said.
    pub status: Option<Rule>,
    /// Day of repair or withdrawal.
    pub ended_on: Option<Rule>,
    /// Under objection or verification.
    pub suspended: Option<Rule>,
    /// What else the recogniser says, by the names of an entry's particulars.
    #[serde(default)]
    pub particulars: BTreeMap<String, Rule>,
    /// The platform's extras.
    #[serde(default)]
    pub attributes: BTreeMap<String, Rule>,
}

impl EntryRules {
    /// The plain fields with their rules, by the names an entry has them under.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'static str, &Rule)> {
        let given = [
            ("id", Some(&self.id)),
            ("list", Some(&self.list)),
            ("list_name", Some(&self.list_name)),
            ("kind", Some(&self.kind)),
            ("field", self.field.as_ref()),
            ("severity", self.severity.as_ref()),
            ("subject_name", Some(&self.subject_name)),
            ("facts", self.facts.as_ref()),
            ("authority", Some(&self.authority)),
            ("basis", self.basis.as_ref()),
            ("recognised_on", Some(&self.recognised_on)),
            ("valid_until", self.valid_until.as_ref()),
            ("status", self.status.as_ref()),
            ("ended_on", self.ended_on.as_ref()),
            ("suspended", self.suspended.as_ref()),
        ];
        given.into_iter().filter_map(|(name, rule)| rule.map(|rule| (name, rule)))
    }

    /// The numbers of the subject with their kinds; an empty kind is that of the
    /// number that was asked for.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = (&'static str, &'static str, &Rule)> {
        let given = [
            ("identifier", "", self.identifier.as_ref()),
            ("uscc", "uscc", self.uscc.as_ref()),
            ("organisation_code", "organisation_code", self.organisation_code.as_ref()),
            ("registration_number", "registration_number", self.registration_number.as_ref()),
            ("citizen_id", "citizen_id", self.citizen_id.as_ref()),
            ("lei", "lei", self.lei.as_ref()),
            ("other_id", "other", self.other_id.as_ref()),
        ];
        given.into_iter().filter_map(|(name, kind, rule)| rule.map(|rule| (name, kind, rule)))
    }
}
