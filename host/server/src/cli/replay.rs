//! `creditgate replay`: a recorded check, run again.

use clap::Args;
use creditgate_wire::replay::ReplayBody;

use super::command::{Call, CliError, Exit, Page, Show, Tone, asks, details, row, toned};

/// Run a recorded check again, and say whether it comes out the same
///
/// In the component that judged it, on what was known that day, under the settings, limits, policy and catalogue
/// of that day. Compared are verdict, host calls, fuel and what the host made of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate replay 01a208b7-5547-7be4-ba02-769162f83f06 --server http://127.0.0.1:8480
  creditgate replay 01a208b7-5547-7be4-ba02-769162f83f06 --config creditgate.toml --json

Exit status: 0 if the check came out the same; 1 if it did not, or cannot be run again.")]
pub(super) struct ReplayCommand {
    /// Id of the check
    #[arg(value_name = "CHECK_ID")]
    check: String,
}

asks!(ReplayCommand, ReplayBody, |command| Call::get(&["v1", "checks", &command.check, "replay"]));

impl Show for ReplayBody {
    fn show(&self, page: &mut Page) {
        let tone = match self.result.as_str() {
            "identical" => Tone::Good,
            "different" => Tone::Bad,
            _ => Tone::Doubtful,
        };
        page.line(toned(tone, &self.result));
        let recorded = Some(&self.recorded_engine).filter(|recorded| **recorded != self.engine);
        page.details(
            details()
                .row("check", &self.check_id)
                .row("engine", &self.engine)
                .each("recorded engine", recorded.map(|engine| format!("{engine} (fuel is not compared)")))
                .each("fuel", self.fuel)
                .each("reason", self.reason.as_ref().map(|gap| format!("{} ({})", gap.text, gap.code))),
        );
        page.section(
            ["PART", "RECORDED", "NOW"],
            self.differences.iter().map(|part| row![part.part, part.recorded, part.replayed]),
        );
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.result == "identical"))
    }
}
