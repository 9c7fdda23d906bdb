//! `creditgate id`: explains identifiers. Numbers that identify a person leave this command masked only.

use clap::Args;
use creditgate_credit::identifier::{
    CheckResult, Identifier, IdentifierKind, InspectedCheck, Inspection, Strictness, inspect,
};
use serde::Serialize;

use super::command::{CliError, Exit, Page, Show, Terminal, Tone, Work, one_of, row, toned};

/// Explain identifiers: kind, normal form, and each check with its result
///
/// Citizen ID numbers, and what may be one, are shown masked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate id 91110000101623741K
  creditgate id 10162374-1 --kind organisation_code --json
  creditgate id - < numbers.txt

Exit status: 0 if each value fits a kind, 1 if one fits none. The kind `other` fits nearly anything and \
counts only with `--kind other`.")]
pub(super) struct IdentifierCommand {
    /// Identifiers; `-` reads one a line from standard input, which keeps them out of the shell's history
    #[arg(required = true, value_name = "VALUE")]
    values: Vec<String>,
    /// Take the values as this kind instead of finding out
    #[arg(long, value_parser = one_of::<IdentifierKind>())]
    kind: Option<IdentifierKind>,
    /// What a value must satisfy to fit: its shape alone (format, check) or its check character too (strict)
    #[arg(long, default_value = "strict", value_parser = one_of::<Strictness>())]
    strictness: Strictness,
}

/// Each value explained.
#[derive(Serialize)]
pub(super) struct Explanations(Vec<Explanation>);

/// One value explained.
#[derive(Serialize)]
struct Explanation {
    /// Whether it fits a kind.
    fits: bool,
    kinds: Vec<ExplainedKind>,
}

#[derive(Serialize)]
struct ExplainedKind {
    kind: &'static str,
    fits: bool,
    /// Only where it may be shown in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    normal: Option<String>,
    masked: String,
    checks: Vec<InspectedCheck>,
}

impl Work for IdentifierCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<Explanations, CliError> {
        Ok(Explanations(self.values(terminal)?.iter().map(|value| self.explain(value)).collect()))
    }
}

impl IdentifierCommand {
    fn values(&self, terminal: &mut Terminal<'_>) -> Result<Vec<String>, CliError> {
        let mut values = Vec::new();
        for value in &self.values {
            if value == "-" {
                let text = terminal.read_text("-".as_ref())?;
                values.extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
            } else {
                values.push(value.clone());
            }
        }
        Ok(values)
    }

    fn explain(&self, value: &str) -> Explanation {
        let inspections = match self.kind {
            Some(kind) => vec![inspect_as(kind, value)],
            None => inspect(value),
        };
        let kinds: Vec<ExplainedKind> = inspections.iter().map(|found| self.explain_kind(found)).collect();
        let counts = |kind: &ExplainedKind| self.kind.is_some() || kind.kind != IdentifierKind::Other.code();
        Explanation { fits: kinds.iter().any(|kind| kind.fits && counts(kind)), kinds }
    }

    fn explain_kind(&self, inspection: &Inspection) -> ExplainedKind {
        let normal = inspection.identifier.as_ref().map(Identifier::value);
        let fits = match self.strictness {
            Strictness::Format | Strictness::Check => {
                inspection.identifier.as_ref().is_some_and(|identifier| identifier.filler().is_none())
            }
            Strictness::Strict => inspection.passed(),
        };
        ExplainedKind {
            kind: inspection.kind.code(),
            fits,
            normal: normal.filter(|normal| *normal == inspection.masked).map(str::to_owned),
            masked: inspection.masked.clone(),
            checks: inspection.checks.iter().map(|check| self.explain_check(check)).collect(),
        }
    }

    fn explain_check(&self, check: &InspectedCheck) -> InspectedCheck {
        // Under `check` a check character that does not fit is reported, and the value used all the same.
        let lenient = self.strictness == Strictness::Check && check.name == "check";
        let result = match check.result {
            CheckResult::Failed if lenient => CheckResult::Warning,
            result => result,
        };
        InspectedCheck { result, ..check.clone() }
    }
}

/// What the value looks like as this kind, also where nobody would take it for one.
fn inspect_as(kind: IdentifierKind, value: &str) -> Inspection {
    let all = inspect(value);
    if let Some(inspection) = all.iter().find(|inspection| inspection.kind == kind) {
        return inspection.clone();
    }
    let parsed = Identifier::parse(kind, value, Strictness::Format);
    let (identifier, check) = match parsed {
        Ok(parsed) => {
            let detail = format!("{} characters", parsed.identifier.value().chars().count());
            let filler = parsed.warnings.iter().find(|_| parsed.identifier.filler().is_some());
            let check = match filler {
                Some(warning) => InspectedCheck {
                    name: "filler",
                    result: CheckResult::Failed,
                    detail: warning.to_string(),
                },
                None => InspectedCheck { name: "shape", result: CheckResult::Passed, detail },
            };
            (Some(parsed.identifier), check)
        }
        Err(error) => {
            let detail = error.to_string();
            (None, InspectedCheck { name: "shape", result: CheckResult::Failed, detail })
        }
    };
    // As what it might really be it is masked at least as much as it must be.
    let masked = all
        .iter()
        .map(|inspection| inspection.masked.clone())
        .chain(identifier.as_ref().map(|identifier| identifier.masked().into_owned()))
        .max_by_key(|masked| masked.matches('*').count())
        .unwrap_or_default();
    Inspection { kind, identifier, masked, checks: vec![check] }
}

impl Show for Explanations {
    fn show(&self, page: &mut Page) {
        page.table(["FORM", "KIND", "FITS", "CHECK", "RESULT", "DETAIL"], self.0.iter().flat_map(rows));
        let misfits = self.0.iter().filter(|explanation| !explanation.fits).count();
        if misfits > 0 {
            page.line(toned(Tone::Bad, &format!("fit no kind: {misfits} of {}", self.0.len())));
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.0.iter().all(|explanation| explanation.fits)))
    }
}

/// A row for each check; what is explained stands in the first.
fn rows(explanation: &Explanation) -> Vec<[String; 6]> {
    if explanation.kinds.is_empty() {
        return vec![row!["-", "-", "no", "shape", "failed", "nothing but separators, or too long"]];
    }
    let mut rows = Vec::new();
    for kind in &explanation.kinds {
        rows.extend(kind.checks.iter().enumerate().map(|(place, check)| {
            if place == 0 {
                row![kind.masked, kind.kind, kind.fits, check.name, check.result.code(), check.detail]
            } else {
                row!["", "", "", check.name, check.result.code(), check.detail]
            }
        }));
    }
    rows
}

/// Reads a number with its kind, written KIND:NUMBER. Where one is asked for as an option, a file or standard input
/// keeps it out of the shell's history.
pub(super) fn of_kind(text: &str) -> Result<Identifier, CliError> {
    let usage = |message: &str| {
        CliError::usage(message, "write the party as KIND:NUMBER, such as uscc:91110105MA0000226Y")
    };
    let (kind, number) =
        text.trim().split_once(':').ok_or_else(|| usage("the party has no kind of number"))?;
    let kind = IdentifierKind::from_code(kind).ok_or_else(|| usage("the kind of number is not known"))?;
    let parsed = Identifier::parse(kind, number, Strictness::Check);
    parsed
        .map(|parsed| parsed.identifier)
        .map_err(|error| usage(&format!("the party's number cannot be one: {error}")))
}
