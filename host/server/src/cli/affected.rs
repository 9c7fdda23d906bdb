//! `creditgate affected`: which decisions a list entry took part in.

use clap::Args;
use creditgate_gate::Likeness;
use creditgate_wire::affected::{AffectedBody, AffectedCheckBody};

use super::backtest::comparison;
use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate affected --entry SD-2026-0042 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate affected --entry SD-2026-0042 --without --config creditgate.toml --json

An entry that no check had is no error: the list is empty, and the exit status 0.";

/// List the checks a list entry took part in
///
/// Those whose parties had the entry on the day of the check, effective or in their history, with the measures that
/// followed from it and what was reported on each. With --without, each is
/// run again without it, in the component and under the rules that judged it: which decisions would have come out
/// differently.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AffectedCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Run each check again without the entry
    #[arg(long)]
    without: bool,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl AffectedCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "affected"])
                .query("entry", &self.entry)
                .query("without", self.without.to_string());
            let found: AffectedBody = client.ask_all(call, "checks", None).await?.read()?;
            if self.form.json {
                terminal.json(&found)?;
            } else {
                self.write(terminal, &found.checks)?;
            }
            Ok(Exit::Success)
        })
        .await
    }

    fn write(&self, terminal: &mut Terminal<'_>, checks: &[AffectedCheckBody]) -> Result<(), CliError> {
        if checks.is_empty() {
            return terminal.line(&format!("no check had the entry `{}`", self.entry));
        }
        let mut rows = table(["CASE", "CHECK", "ITEM", "CHECKPOINT", "AT", "OUTCOME", "ENTRY", "WITHOUT IT"]);
        for check in checks {
            rows.add_row([
                check.case_no.as_str(),
                &check.check_id,
                &check.item,
                &check.checkpoint,
                &local_time(check.checked_at),
                check.outcome.code(),
                if check.effective { "effective" } else { "history" },
                &without(check),
            ]);
        }
        terminal.table(&rows)?;
        write_measures(terminal, checks)?;
        for check in checks {
            write_difference(terminal, check)?;
        }
        Ok(())
    }
}

/// The measures that followed from the entry: what may have to be taken back.
fn write_measures(terminal: &mut Terminal<'_>, checks: &[AffectedCheckBody]) -> Result<(), CliError> {
    if checks.iter().all(|check| check.measures.is_empty()) {
        return Ok(());
    }
    terminal.line("")?;
    let mut rows = table(["CASE", "MEASURE", "DIRECTION", "NATURE", "REPORTED", "ACTION"]);
    for check in checks {
        for measure in &check.measures {
            let reported = measure.disposition.as_ref();
            rows.add_row([
                check.case_no.as_str(),
                &measure.code,
                measure.direction.code(),
                measure.nature.code(),
                reported.map_or("-", |reported| reported.result.code()),
                reported.map_or("-", |reported| reported.action.as_str()),
            ]);
        }
    }
    terminal.table(&rows)
}

fn without(check: &AffectedCheckBody) -> String {
    match (&check.without, &check.not_reconstructible) {
        (Some(comparison), _) if decides_otherwise(check) => {
            format!("{}: {}", comparison.likeness.code(), comparison.now.outcome.code())
        }
        (Some(_), _) => "the same".to_owned(),
        (None, Some(gap)) => format!("not known: {}", gap.code),
        (None, None) => "-".to_owned(),
    }
}

fn decides_otherwise(check: &AffectedCheckBody) -> bool {
    let likeness = check.without.as_ref().map(|comparison| comparison.likeness);
    matches!(likeness, Some(Likeness::Changed | Likeness::Failed))
}

fn write_difference(terminal: &mut Terminal<'_>, check: &AffectedCheckBody) -> Result<(), CliError> {
    let Some(found) = check.without.as_ref().filter(|_| decides_otherwise(check)) else { return Ok(()) };
    terminal.line("")?;
    terminal.line(&format!("case {}, check {}", check.case_no, check.check_id))?;
    terminal.table(&comparison(found, "without"))
}
