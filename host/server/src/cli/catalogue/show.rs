//! `creditgate catalogue list` and `show`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use creditgate_credit::catalogue::state::EditionState;
use creditgate_wire::catalogue::{Edition, EditionContents};
use creditgate_wire::pages::Editions;

use crate::cli::command::{
    Ask, Call, CliError, Client, Page, Show, Terminal, Tone, asks, details, row, toned,
};
use crate::cli::page::Either;
use crate::cli::report_file::Written;
use crate::cli::vocabulary::word_of;

/// List the editions with their states
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate catalogue list --config creditgate.toml --json")]
pub(in crate::cli) struct ListCommand {}

/// Show an edition with its history, or write tables of it
///
/// With --out, a workbook with a sheet for each part (.xlsx), or one part as a table (.csv), both headed in Chinese.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue show 示例市2024版 --server http://127.0.0.1:8480
  creditgate catalogue show 示例市2024版 --out catalogue.xlsx --config creditgate.toml
  creditgate catalogue show 示例市2024版 --part key-items --out 重点事项.csv --config creditgate.toml")]
pub(in crate::cli) struct ShowCommand {
    /// Name of the edition
    edition: String,
    /// Write tables to this file, in the form its ending says
    #[arg(long, value_name = "FILE.xlsx|FILE.csv")]
    out: Option<PathBuf>,
    /// Which part goes into a .csv file [default: measures]
    #[arg(long, requires = "out")]
    part: Option<Part>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// Measures with their seven particulars
    Measures,
    /// Items
    Items,
    /// Key items that may be made public
    KeyItems,
    /// Power items
    PowerItems,
    /// Memoranda of cooperation
    Memoranda,
    /// Categories of measures
    Categories,
    /// Legal bases
    Bases,
}

asks!(ListCommand, Editions, |_| Call::list(&["v1", "admin", "catalogue"], "editions"));

impl Show for Editions {
    fn show(&self, page: &mut Page) {
        page.table(
            ["EDITION", "STATE", "FROM", "UNTIL", "MEASURES", "ITEMS", "POWER ITEMS"],
            self.editions.iter().map(|edition| {
                row![
                    edition.edition,
                    edition.state.code(),
                    edition.effective_from,
                    edition.effective_until,
                    edition.size.measures,
                    edition.size.items,
                    edition.size.power_items,
                ]
            }),
        );
    }
}

impl Ask for ShowCommand {
    async fn ask(
        self,
        host: &Client,
        _: &mut Terminal<'_>,
    ) -> Result<Either<EditionContents, Written>, CliError> {
        let call = Call::get(&["v1", "admin", "catalogue", &self.edition]);
        let Some(file) = self.out else { return host.ask(call).await.map(Either::One) };
        let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
        let form = ending.as_deref().and_then(|ending| ending.to_str());
        let form = form.filter(|form| ["csv", "xlsx"].contains(form)).ok_or_else(|| {
            let message = format!("{}: the name does not tell in which form to write it", file.display());
            CliError::usage(message, "name the file .xlsx or .csv; for JSON use --json without --out")
        })?;
        // Words are divided by `-` on the command line, and by `_` for hosts.
        let part = self.part.as_ref().map(|part| word_of(part).replace('-', "_"));
        let answer = host.send(call.query("format", form).maybe("part", part)).await?;
        std::fs::write(&file, answer.bytes()).map_err(CliError::file("write", &file))?;
        Ok(Either::Other(Written { file }))
    }
}

impl Show for EditionContents {
    fn show(&self, page: &mut Page) {
        self.edition.show(page);
    }
}

/// An edition without its contents.
impl Show for Edition {
    fn show(&self, page: &mut Page) {
        let published = self.state == EditionState::Published;
        let tone = if published { Tone::Good } else { Tone::Doubtful };
        page.details(
            details()
                .row("edition", &self.edition)
                .row("state", toned(tone, self.state.code()))
                .row("in force from", self.effective_from)
                .row("until", self.effective_until)
                .row("measures", self.size.measures)
                .row("items", self.size.items)
                .row("power items", self.size.power_items)
                .row("memoranda", self.size.memoranda)
                .row("categories", self.size.categories)
                .row("legal bases", self.size.bases),
        );
        page.section(
            ["AT", "STEP", "RESULT", "STATE", "BY", "COMMENT"],
            self.history.iter().map(|step| {
                let result = step.result.map(|result| result.code());
                row![step.at, step.step, result, step.state.code(), step.actor, step.comment]
            }),
        );
    }
}
