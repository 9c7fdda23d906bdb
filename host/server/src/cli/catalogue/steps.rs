//! `creditgate catalogue review` and `publish`.

use clap::{Args, ValueEnum};
use creditgate_credit::catalogue::state::{ReviewKind, ReviewResult};
use creditgate_wire::catalogue::{EditionBody, ReviewBody};

use super::show::write_edition;
use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cli::{Exit, OutputForm};

const REVIEW_EXAMPLES: &str = "\
Examples:
  creditgate catalogue review 示例市2024版 --kind normative --result passed \\
      --server http://127.0.0.1:8480 --key-file chief.key
  creditgate catalogue review 示例市2024版 --kind legal --result returned \\
      --comment '第12项措施依据已失效' --operator legal-office --config creditgate.toml";

const PUBLISH_EXAMPLES: &str = "\
Examples:
  creditgate catalogue publish 示例市2024版 --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate catalogue publish 示例市2024版 --config creditgate.toml --json";

/// Record a review of an edition
///
/// The normative review comes first, then the legal one; nobody reviews what they imported.
#[derive(Debug, Args)]
#[command(after_help = REVIEW_EXAMPLES)]
pub(super) struct ReviewCommand {
    /// Name of the edition
    edition: String,
    /// What was looked at
    #[arg(long)]
    kind: Kind,
    /// What was found; an edition that is returned is a draft again
    #[arg(long)]
    result: Found,
    /// What the reviewer says of it; needed where it is returned
    #[arg(long, default_value = "")]
    comment: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// 规范性审核: form, wording, completeness
    Normative,
    /// 合法性审核: whether the law carries it
    Legal,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Found {
    /// It may go on
    Passed,
    /// It goes back to its maker
    Returned,
}

/// Publish an edition that was reviewed
///
/// It serves the checks of its days from then on, and never changes.
#[derive(Debug, Args)]
#[command(after_help = PUBLISH_EXAMPLES)]
pub(super) struct PublishCommand {
    /// Name of the edition
    edition: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ReviewCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let kind = match self.kind {
            Kind::Normative => ReviewKind::Normative,
            Kind::Legal => ReviewKind::Legal,
        };
        let result = match self.result {
            Found::Passed => ReviewResult::Passed,
            Found::Returned => ReviewResult::Returned,
        };
        let review = ReviewBody { kind, result, comment: self.comment.clone() };
        let call = Call::post(&["v1", "admin", "catalogue", &self.edition, "reviews"]).json(&review)?;
        step(terminal, &self.host, self.form, call).await
    }
}

impl PublishCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = Call::post(&["v1", "admin", "catalogue", &self.edition, "publication"]);
        step(terminal, &self.host, self.form, call).await
    }
}

async fn step(
    terminal: &mut Terminal<'_>,
    host: &HostOptions,
    form: OutputForm,
    call: Call,
) -> Result<Exit, CliError> {
    with_host(host, async |client| {
        let edition: EditionBody = client.ask(call).await?.read()?;
        if form.json {
            terminal.json(&edition)?;
        } else {
            write_edition(terminal, &edition)?;
        }
        Ok(Exit::Success)
    })
    .await
}
