//! `creditgate check`: one check, from a file.

use std::path::PathBuf;

use clap::Args;
use creditgate_api::{Answer, Match};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::Status;

use super::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, Tone, details, row, toned};

/// Run one check, as an approval system would
///
/// With --config no server is needed: the host is opened in this process, and the check is recorded there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate check request.json --config creditgate.toml
  creditgate check request.json --server http://127.0.0.1:8480 --key-file caller.key --json
  creditgate check - --server http://127.0.0.1:8480 --idempotency-key 2026-000123/review \\
      < request.json

Exit status: 0 if the parties were checked, whatever was found; 1 if no check took place; 3 if one did, but its \
status is could_not_check.")]
pub(super) struct CheckCommand {
    /// The request as JSON, as POST /v1/checks takes it; `-` is standard input
    file: PathBuf,
    /// Answer a repetition of this request with the first answer
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Ask for CheckCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<Answer<'static>, CliError> {
        let call = Call::post(&["v1", "checks"]).body("application/json", terminal.read(&self.file)?);
        host.ask(match &self.idempotency_key {
            Some(key) => call.header("idempotency-key", key),
            None => call,
        })
        .await
    }
}

impl Show for Answer<'_> {
    fn show(&self, page: &mut Page) {
        let status = toned(tone_of_status(self.status), self.status.code());
        let outcome = toned(tone_of_outcome(self.outcome), self.outcome.code());
        let plugin = self.plugin.as_ref().map(|plugin| format!("{} {}", plugin.name, plugin.version));
        page.line(format!("{status}: {outcome}"));
        page.details(
            details()
                .row("case", format!("{}, {} at {}", self.case_no, self.item, self.checkpoint))
                .row("check", &self.check_id)
                .row("plug-in", plugin)
                .row("mode", self.mode.code())
                .each("receipt", &self.receipt),
        );
        remarks(self).iter().for_each(|remark| page.line(remark));
        show_entries(page, "ENTRY", &self.matches);
        show_entries(page, "HINT (name alone)", &self.hints);
        show_measures(page, self);
    }

    fn end(self) -> Result<Exit, CliError> {
        let could_not_check = self.status == Status::CouldNotCheck;
        Ok(if could_not_check { Exit::CouldNotCheck } else { Exit::Success })
    }
}

/// Everything that is said in words.
fn remarks(answer: &Answer<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if !answer.explanation.is_empty() {
        lines.push(answer.explanation.to_string());
    }
    lines.extend(answer.reasons.iter().map(|reason| format!("reason: {} ({})", reason.text, reason.code)));
    lines.extend(answer.advice.iter().map(|advice| format!("advice: {}: {}", advice.kind(), advice.words())));
    lines.extend(answer.commitment.iter().map(|commitment| {
        let missing = commitment.missing.join(", ");
        format!("commitment: {} [{missing}] due on {}", commitment.text, commitment.due_on)
    }));
    lines.extend(
        answer.warnings.iter().map(|warning| format!("warning: {}: {}", warning.field, warning.message)),
    );
    lines
}

fn show_entries(page: &mut Page, title: &str, matches: &[Match<'_>]) {
    page.section(
        [title, "PARTY", "KIND", "LIST", "AUTHORITY", "SINCE", "SUSPENDED"],
        matches.iter().map(|Match { party, entry, .. }| {
            row![
                entry.id,
                party,
                entry.kind.code(),
                entry.list_name,
                entry.authority,
                entry.recognised_on,
                entry.suspended,
            ]
        }),
    );
    for (found, by) in matches.iter().filter_map(|found| Some((found, found.by.as_ref()?))) {
        page.line(format!("{} was found under {by}", found.entry.id));
    }
}

fn show_measures(page: &mut Page, answer: &Answer<'_>) {
    page.section(
        ["MEASURE", "NATURE", "DIRECTION", "CONTENT", "BASIS", "DISPOSITION"],
        answer.measures.iter().map(|measure| {
            row![
                measure.code,
                measure.nature.code(),
                measure.direction.code(),
                measure.content,
                measure.basis_text,
                measure.disposition.as_ref().map(|disposition| disposition.code()),
            ]
        }),
    );
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
