//! `creditgate connector check`: is a profile one, and what does the platform say by it?

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use creditgate_credit::application::{Application, Party, PartyRole, SubjectKind};
use creditgate_credit::calendar::local_date;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_gate::{Question, chain};
use creditgate_platform::connector::{Connector, ConnectorOptions, Profile};
use creditgate_platform::{BearerToken, Endpoint};
use serde::Serialize;

use crate::cli::command::{CliError, Page, Show, Terminal, Work, one_of, row};
use crate::cli::identifier::of_kind;
use crate::clock;
use crate::config::load_profile;
use crate::host::read_secret;

/// Check a profile, and with --try ask the platform about one party and show what is understood of the answer
///
/// Nothing is kept, and no host is needed. Numbers of persons are shown masked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate connector check examples/connectors/taizhou.toml
  echo uscc:91110105MA0000226Y | creditgate connector check taizhou.toml --try - --name 示例公司 \\
      --url http://127.0.0.1:8900 --app-key creditgate-example --secret-file secret
  creditgate connector check taizhou.toml --json

Exit status: 0 if the profile is good and, with --try, the platform answered; 1 otherwise.")]
pub(in crate::cli) struct CheckCommand {
    /// The profile
    profile: PathBuf,
    /// The party to ask about, as KIND:NUMBER; `-` reads it from standard input, which keeps it out of the
    /// shell's history
    #[arg(long = "try", value_name = "PARTY", requires = "url")]
    party: Option<String>,
    /// Address of the platform
    #[arg(long, value_name = "URL", requires = "party", value_parser = endpoint)]
    url: Option<Endpoint>,
    /// Name of the party
    #[arg(long, default_value = "", requires = "party")]
    name: String,
    /// Kind of the party
    #[arg(long, default_value = "legal_person", requires = "party", value_parser = one_of::<SubjectKind>())]
    kind: SubjectKind,
    /// Item the platform is told
    #[arg(long, default_value = "connector-check", requires = "party")]
    item: String,
    /// Department the platform is told
    #[arg(long, default_value = "connector-check", requires = "party")]
    department: String,
    /// Operator the platform is told
    #[arg(long, default_value = "connector-check", requires = "party")]
    operator: String,
    /// Application key the platform gave out
    #[arg(long, default_value = "", requires = "party", value_name = "KEY")]
    app_key: String,
    /// File with the secret for signatures, mode 0600
    #[arg(long, requires = "party", value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// File with a bearer token, mode 0600
    #[arg(long, requires = "party", value_name = "FILE")]
    token_file: Option<PathBuf>,
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    Endpoint::parse(text).map_err(|error| chain(&error))
}

/// What came of it.
#[derive(Serialize)]
pub(in crate::cli) struct Checked {
    profile: String,
    /// The calls the profile has.
    calls: Vec<&'static str>,
    /// What the platform holds on the party; none where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Vec<FoundEntry>>,
}

/// An entry as far as it helps to see whether the profile is right.
#[derive(Serialize)]
struct FoundEntry {
    id: String,
    list: String,
    list_name: String,
    kind: &'static str,
    subject_name: String,
    /// Masked where they identify a person.
    subject_identifiers: Vec<String>,
    authority: String,
    recognised_on: String,
    valid_until: Option<String>,
    status: &'static str,
    /// Whether it is the party by its number; otherwise it only has the name.
    matched: bool,
}

impl Work for CheckCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<Checked, CliError> {
        let profile = load_profile(&self.profile).map_err(|error| CliError::host(&error, "cli.profile"))?;
        let calls = [
            ("query", profile.query.is_some()),
            ("pull", profile.pull.is_some()),
            ("feedback", profile.feedback.is_some()),
        ];
        let found = match (&self.party, &self.url) {
            (Some(party), Some(url)) => Some(self.ask(terminal, party, url, profile).await?),
            _ => None,
        };
        Ok(Checked {
            profile: self.profile.display().to_string(),
            calls: calls.into_iter().filter_map(|(name, there)| there.then_some(name)).collect(),
            found,
        })
    }
}

impl CheckCommand {
    async fn ask(
        &self,
        terminal: &mut Terminal<'_>,
        party: &str,
        url: &Endpoint,
        profile: Profile,
    ) -> Result<Vec<FoundEntry>, CliError> {
        let party = self.party(terminal, party)?;
        let application = Arc::new(self.application(party.clone()));
        let question = Question { application: &application, operator: &self.operator, now: clock::now() };
        let connector = Connector::new(self.options(url)?, Arc::new(profile))
            .map_err(|error| CliError::host(&error, "cli.connector"))?;
        let (evidence, _) = connector
            .ask(&question, &party)
            .await
            .map_err(|error| CliError::host(&*error, error.fault().code()))?;
        Ok(shown(&evidence))
    }

    fn options(&self, url: &Endpoint) -> Result<ConnectorOptions, CliError> {
        let unusable = |error: &dyn std::error::Error| CliError::host(error, "cli.secret");
        let mut options = ConnectorOptions::new("connector-check", url.clone());
        options.credentials.app_key.clone_from(&self.app_key);
        if let Some(file) = &self.secret_file {
            let secret = read_secret(file).map_err(|error| unusable(&error))?;
            options.credentials.secret = secret.trim_ascii().to_vec();
        }
        if let Some(file) = &self.token_file {
            let token = read_secret(file).map_err(|error| unusable(&error))?;
            let token = String::from_utf8_lossy(token.trim_ascii()).into_owned();
            options.token = Some(BearerToken::new(&token).map_err(|error| unusable(&error))?);
        }
        Ok(options)
    }

    fn party(&self, terminal: &mut Terminal<'_>, text: &str) -> Result<Party, CliError> {
        let text = if text == "-" { terminal.read_text("-".as_ref())? } else { text.to_owned() };
        Ok(Party {
            id: "p1".to_owned(),
            role: PartyRole::Applicant,
            acts_for: None,
            kind: self.kind,
            name: self.name.clone(),
            identifiers: vec![of_kind(&text)?],
            attributes: Vec::new(),
        })
    }

    fn application(&self, party: Party) -> Application {
        let today = local_date(clock::now());
        Application {
            case_no: "connector-check".to_owned(),
            item: self.item.clone(),
            checkpoint: "connector-check".to_owned(),
            department: self.department.clone(),
            division: "000000".to_owned(),
            filed_on: today,
            decided_on: today,
            parties: vec![party],
            materials: Vec::new(),
            reports: Vec::new(),
            form: "{}".to_owned(),
            attributes: Vec::new(),
        }
    }
}

fn shown(evidence: &Evidence) -> Vec<FoundEntry> {
    let entry = |matched: bool| {
        move |entry: &ListEntry| FoundEntry {
            id: entry.id.clone(),
            list: entry.list.clone(),
            list_name: entry.list_name.clone(),
            kind: entry.kind.code(),
            subject_name: entry.subject_name.clone(),
            subject_identifiers: entry
                .subject_identifiers
                .iter()
                .map(|number| number.masked().into_owned())
                .collect(),
            authority: entry.authority.clone(),
            recognised_on: entry.recognised_on.to_string(),
            valid_until: entry.valid_until.map(|day| day.to_string()),
            status: entry.status.code(),
            matched,
        }
    };
    let matched = evidence.by_identifier.iter().map(entry(true));
    matched.chain(evidence.by_name.iter().map(entry(false))).collect()
}

impl Show for Checked {
    fn show(&self, page: &mut Page) {
        page.line(format!("{} is good; it has: {}", self.profile, self.calls.join(", ")));
        let Some(found) = &self.found else { return };
        page.list(
            "the platform holds nothing on the party",
            ["ID", "LIST", "KIND", "SUBJECT", "NUMBERS", "RECOGNISED", "UNTIL", "STATUS", "MATCHED BY"],
            found.iter().map(|entry| {
                row![
                    entry.id,
                    entry.list,
                    entry.kind,
                    entry.subject_name,
                    entry.subject_identifiers.join(" "),
                    entry.recognised_on,
                    entry.valid_until,
                    entry.status,
                    if entry.matched { "number" } else { "name" },
                ]
            }),
        );
    }
}
