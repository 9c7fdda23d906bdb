//! `creditgate replay`: a recorded check, run again.

use clap::Args;
use creditgate_wire::replay::ReplayBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, details, table, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate replay 01a208b7-5547-7be4-ba02-769162f83f06 --server http://127.0.0.1:8480
  creditgate replay 01a208b7-5547-7be4-ba02-769162f83f06 --config creditgate.toml --json

Exit status: 0 if the check came out the same; 1 if it did not, or cannot be run again.";

/// Run a recorded check again, and say whether it comes out the same
///
/// In the component that judged it, on what was known that day, under the settings, limits, policy and catalogue
/// of that day. Compared are verdict, host calls, fuel and what the host made of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReplayCommand {
    /// Id of the check
    #[arg(value_name = "CHECK_ID")]
    check: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ReplayCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let replay: ReplayBody =
                client.ask(Call::get(&["v1", "checks", &self.check, "replay"])).await?.read()?;
            if self.form.json {
                terminal.json(&replay)?;
            } else {
                write(terminal, &replay)?;
            }
            Ok(Exit::of(replay.result == "identical"))
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, replay: &ReplayBody) -> Result<(), CliError> {
    let tone = match replay.result.as_str() {
        "identical" => Tone::Good,
        "different" => Tone::Bad,
        _ => Tone::Doubtful,
    };
    terminal.line(&toned(tone, &replay.result).to_string())?;
    let mut rows = vec![("check", replay.check_id.clone()), ("engine", replay.engine.clone())];
    if replay.engine != replay.recorded_engine {
        rows.push(("recorded engine", format!("{} (fuel is not compared)", replay.recorded_engine)));
    }
    rows.extend(replay.fuel.map(|fuel| ("fuel", fuel.to_string())));
    rows.extend(replay.reason.as_ref().map(|gap| ("reason", format!("{} ({})", gap.text, gap.code))));
    terminal.table(&details(rows))?;
    if replay.differences.is_empty() {
        return Ok(());
    }
    let mut differences = table(["PART", "RECORDED", "NOW"]);
    for difference in &replay.differences {
        differences.add_row([&difference.part, &difference.recorded, &difference.replayed]);
    }
    terminal.line("")?;
    terminal.table(&differences)
}
