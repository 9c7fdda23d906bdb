//! `creditgate id`: explains identifiers. Numbers that identify a person leave this command masked only.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use creditgate_credit::identifier::{
    CheckResult, Identifier, IdentifierKind, InspectedCheck, Inspection, Strictness, inspect,
};
use serde::Serialize;

use super::error::CliError;
use super::output::{Terminal, Tone, table, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate id 91110000101623741K
  creditgate id 10162374-1 --kind organisation_code --json
  creditgate id - < numbers.txt

Exit status: 0 if each value fits a kind, 1 if one fits none. The kind `other` fits nearly anything and \
counts only with `--kind other`.";

/// Explain identifiers: kind, normal form, and each check with its result
///
/// Citizen ID numbers, and what may be one, are shown masked.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct IdentifierCommand {
    /// Identifiers; `-` reads one a line from standard input, which keeps them out of the shell's history
    #[arg(required = true, value_name = "VALUE")]
    values: Vec<String>,
    /// Take the values as this kind instead of finding out
    #[arg(long, value_parser = kinds())]
    kind: Option<IdentifierKind>,
    /// What a value must satisfy to fit: its shape alone (format, check) or its check character too (strict)
    #[arg(long, default_value = "strict", value_parser = strictnesses())]
    strictness: Strictness,
    #[command(flatten)]
    form: OutputForm,
}

fn kinds() -> impl TypedValueParser<Value = IdentifierKind> {
    PossibleValuesParser::new(IdentifierKind::ALL.iter().map(|kind| kind.code()))
        .try_map(|code| IdentifierKind::from_code(&code).ok_or("unknown kind"))
}

fn strictnesses() -> impl TypedValueParser<Value = Strictness> {
    PossibleValuesParser::new(Strictness::ALL.iter().map(|strictness| strictness.code()))
        .try_map(|code| Strictness::from_code(&code).ok_or("unknown strictness"))
}

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
    checks: Vec<ExplainedCheck>,
}

#[derive(Serialize)]
struct ExplainedCheck {
    check: &'static str,
    result: &'static str,
    detail: String,
}

impl IdentifierCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let explanations: Vec<Explanation> =
            self.values(terminal)?.iter().map(|value| self.explain(value)).collect();
        if self.form.json {
            terminal.json(&explanations)?;
        } else {
            write_table(terminal, &explanations)?;
        }
        Ok(Exit::of(explanations.iter().all(|explanation| explanation.fits)))
    }

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

    fn explain_check(&self, check: &InspectedCheck) -> ExplainedCheck {
        // Under `check` a check character that does not fit is reported, and the value used all the same.
        let lenient = self.strictness == Strictness::Check && check.name == "check";
        let result = match check.result {
            CheckResult::Failed if lenient => CheckResult::Warning,
            result => result,
        };
        ExplainedCheck { check: check.name, result: result.code(), detail: check.detail.clone() }
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

fn write_table(terminal: &mut Terminal<'_>, explanations: &[Explanation]) -> Result<(), CliError> {
    let mut rows = table(["FORM", "KIND", "FITS", "CHECK", "RESULT", "DETAIL"]);
    for explanation in explanations {
        if explanation.kinds.is_empty() {
            rows.add_row(["-", "-", "no", "shape", "failed", "nothing but separators, or too long"]);
        }
        for kind in &explanation.kinds {
            let fits = if kind.fits { "yes" } else { "no" };
            let mut lead = [kind.masked.as_str(), kind.kind, fits];
            for check in &kind.checks {
                let [form, name, fits] = lead;
                rows.add_row([form, name, fits, check.check, check.result, check.detail.as_str()]);
                lead = [""; 3];
            }
        }
    }
    terminal.table(&rows)?;
    let misfits = explanations.iter().filter(|explanation| !explanation.fits).count();
    match misfits {
        0 => Ok(()),
        _ => terminal.line(&toned(Tone::Bad, &format!("fit no kind: {misfits} of {}", explanations.len()))),
    }
}
