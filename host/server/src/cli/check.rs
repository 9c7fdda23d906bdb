//! `creditgate check`: one check, from a file.

use std::path::PathBuf;

use clap::Args;
use creditgate_api::{Answer, Match};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::Status;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, details, table, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate check request.json --config creditgate.toml
  creditgate check request.json --server http://127.0.0.1:8480 --key-file caller.key --json
  creditgate check - --server http://127.0.0.1:8480 --idempotency-key 2026-000123/review \\
      < request.json

Exit status: 0 if the parties were checked, whatever was found; 1 if no check took place; 3 if one did, but its \
status is could_not_check.";

/// Run one check, as an approval system would
///
/// With --config no server is needed: the host is opened in this process, and the check is recorded there.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckCommand {
    /// The request as JSON, as POST /v1/checks takes it; `-` is standard input
    file: PathBuf,
    /// Answer a repetition of this request with the first answer
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl CheckCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let request = terminal.read(&self.file)?;
        with_host(&self.host, async |client| {
            let mut call = Call::post(&["v1", "checks"]).body("application/json", request);
            if let Some(key) = &self.idempotency_key {
                call = call.header("idempotency-key", key);
            }
            let answer = client.ask(call).await?;
            let shown = Shown(answer.read()?);
            if self.form.json {
                terminal.json(&answer.document()?)?;
            } else {
                shown.write(terminal)?;
            }
            let could_not_check = shown.0.status == Status::CouldNotCheck;
            Ok(if could_not_check { Exit::CouldNotCheck } else { Exit::Success })
        })
        .await
    }
}

/// An answer for people.
pub(super) struct Shown(pub(super) Answer<'static>);

impl Shown {
    pub(super) fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        let answer = &self.0;
        let plugin = answer.plugin.as_ref().map(|plugin| format!("{} {}", plugin.name, plugin.version));
        let mut rows = vec![
            ("case", format!("{}, {} at {}", answer.case_no, answer.item, answer.checkpoint)),
            ("check", answer.check_id.to_string()),
            ("plug-in", plugin.unwrap_or_else(|| "-".to_owned())),
            ("mode", answer.mode.code().to_owned()),
        ];
        rows.extend(answer.receipt.iter().map(|receipt| ("receipt", receipt.to_string())));
        let status = toned(tone_of_status(answer.status), answer.status.code());
        let outcome = toned(tone_of_outcome(answer.outcome), answer.outcome.code());
        terminal.line(&format!("{status}: {outcome}"))?;
        terminal.table(&details(rows))?;
        self.remarks().iter().try_for_each(|line| terminal.line(line))?;
        write_entries(terminal, "ENTRY", &answer.matches)?;
        write_entries(terminal, "HINT (name alone)", &answer.hints)?;
        self.write_measures(terminal)
    }

    /// Everything that is said in words.
    fn remarks(&self) -> Vec<String> {
        let answer = &self.0;
        let mut lines = Vec::new();
        if !answer.explanation.is_empty() {
            lines.push(answer.explanation.to_string());
        }
        lines
            .extend(answer.reasons.iter().map(|reason| format!("reason: {} ({})", reason.text, reason.code)));
        lines.extend(
            answer.advice.iter().map(|advice| format!("advice: {}: {}", advice.kind(), advice.words())),
        );
        lines.extend(answer.commitment.iter().map(|commitment| {
            let missing = commitment.missing.join(", ");
            format!("commitment: {} [{missing}] due on {}", commitment.text, commitment.due_on)
        }));
        lines.extend(
            answer.warnings.iter().map(|warning| format!("warning: {}: {}", warning.field, warning.message)),
        );
        lines
    }

    fn write_measures(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        if self.0.measures.is_empty() {
            return Ok(());
        }
        let mut rows = table(["MEASURE", "NATURE", "DIRECTION", "CONTENT", "BASIS", "DISPOSITION"]);
        for measure in &self.0.measures {
            rows.add_row([
                &*measure.code,
                measure.nature.code(),
                measure.direction.code(),
                &*measure.content,
                &*measure.basis_text,
                measure.disposition.as_ref().map_or("-", |disposition| disposition.code()),
            ]);
        }
        terminal.line("")?;
        terminal.table(&rows)
    }
}

fn tone_of_status(status: Status) -> Tone {
    match status {
        Status::Clear => Tone::Good,
        Status::Hit => Tone::Bad,
        Status::CouldNotCheck => Tone::Doubtful,
    }
}

fn tone_of_outcome(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Proceed | Outcome::ProceedWithCommitment => Tone::Good,
        Outcome::ManualReview => Tone::Doubtful,
        Outcome::Refuse => Tone::Bad,
    }
}

fn write_entries(terminal: &mut Terminal<'_>, title: &str, matches: &[Match<'_>]) -> Result<(), CliError> {
    if matches.is_empty() {
        return Ok(());
    }
    let mut rows = table([title, "PARTY", "KIND", "LIST", "AUTHORITY", "SINCE", "SUSPENDED"]);
    for Match { party, entry, .. } in matches {
        rows.add_row([
            &*entry.id,
            &**party,
            entry.kind.code(),
            &*entry.list_name,
            &*entry.authority,
            &entry.recognised_on.0.to_string(),
            if entry.suspended { "yes" } else { "no" },
        ]);
    }
    terminal.line("")?;
    terminal.table(&rows)?;
    let linked = matches.iter().filter_map(|found| Some((&found.entry.id, found.by.as_ref()?)));
    linked.into_iter().try_for_each(|(entry, by)| terminal.line(&format!("{entry} was found under {by}")))
}
