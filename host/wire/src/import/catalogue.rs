//! Rows of the measures catalogue. A row of type `edition` opens an edition; the
//! bases and measures after it belong to it, in any order.

use std::collections::HashMap;

use creditgate_credit::catalogue::{Basis, Catalogue, CatalogueError, CatalogueMeasure};
use creditgate_gate::FieldProblem;

use super::cells::{Cell, Column};
use super::fields::Fields;
use super::rows;
use super::rules::{Rules, duplicate, problem};
use super::{Findings, Format, Parsed};
use crate::catalogue::{BasisRow, CatalogueMeasureRow, EditionRow};

const COLUMNS: &[Column] = &[
    ("type", Cell::Text),
    ("edition", Cell::Text),
    ("effective_from", Cell::Text),
    ("effective_until", Cell::Text),
    ("code", Cell::Text),
    ("text", Cell::Text),
    ("category", Cell::Text),
    ("nature", Cell::Text),
    ("content", Cell::Text),
    ("direction", Cell::Text),
    ("target", Cell::Text),
    ("power_item", Cell::Text),
    ("section", Cell::Text),
    ("basis", Cell::Text),
    ("lists", Cell::List),
    ("departments", Cell::List),
    ("items", Cell::List),
    ("checkpoints", Cell::List),
];

/// Reads editions of the catalogue. An edition is returned without its bad rows.
#[must_use]
pub fn parse_catalogue(file: &str, format: Format, text: impl AsRef<[u8]>) -> Parsed<Catalogue> {
    let mut findings = Findings::new(file);
    let mut editions = Editions::default();
    let read = rows::each(format, text.as_ref(), COLUMNS, &mut findings, |line, fields, findings| {
        if let Err(problems) = editions.row(line, fields, findings) {
            problems.into_iter().for_each(|problem| findings.problem(line, problem));
        }
    });
    editions.close(&mut findings);
    findings.parsed(editions.complete, read)
}

#[derive(Default)]
struct Editions {
    complete: Vec<Catalogue>,
    names: HashMap<String, u64>,
    open: Option<Open>,
}

/// The edition that is being read, and where its parts stand.
struct Open {
    catalogue: Catalogue,
    bases: HashMap<String, u64>,
    measures: HashMap<String, u64>,
}

impl Editions {
    fn row(
        &mut self,
        line: u64,
        mut fields: Fields,
        findings: &mut Findings<'_>,
    ) -> Result<(), Vec<FieldProblem>> {
        let Some(kind) = fields.take("type") else {
            return Err(vec![problem("type", "field.missing", "is missing")]);
        };
        match serde_json::from_str::<String>(kind.get()).as_deref() {
            Ok("edition") => {
                self.close(findings);
                self.edition(line, &fields)
            }
            Ok("basis") => self.opened()?.basis(line, &fields),
            Ok("measure") => self.opened()?.measure(line, &fields),
            _ => Err(vec![problem("type", "value.unknown", "must be one of edition, basis, measure")]),
        }
    }

    fn opened(&mut self) -> Result<&mut Open, Vec<FieldProblem>> {
        self.open.as_mut().ok_or_else(|| {
            let message = "stands before any good row of the type `edition`, so it belongs to none";
            vec![problem("type", "catalogue.no_edition", message)]
        })
    }

    fn edition(&mut self, line: u64, fields: &Fields) -> Result<(), Vec<FieldProblem>> {
        let row: EditionRow = fields.read()?;
        let mut rules = Rules::default();
        rules.filled("edition", &row.edition);
        rules.span(("effective_from", row.effective_from), ("effective_until", row.effective_until));
        rules.passed(())?;
        first(&mut self.names, "edition", &row.edition, line)?;
        self.open = Some(Open { catalogue: row.into(), bases: HashMap::new(), measures: HashMap::new() });
        Ok(())
    }

    /// Completes the edition that is being read: what only the whole of it shows
    /// is found now.
    fn close(&mut self, findings: &mut Findings<'_>) {
        let Some(mut open) = self.open.take() else { return };
        let mut bad = Vec::new();
        for fault in open.catalogue.faults() {
            let (measure, problem) = explain(fault);
            let line = open.measures.get(&measure).copied().unwrap_or_default();
            findings.problem(line, problem);
            bad.push(measure);
        }
        open.catalogue.measures.retain(|measure| !bad.contains(&measure.code));
        self.complete.push(open.catalogue);
    }
}

impl Open {
    fn basis(&mut self, line: u64, fields: &Fields) -> Result<(), Vec<FieldProblem>> {
        let row: BasisRow = fields.read()?;
        let mut rules = Rules::default();
        rules.filled("code", &row.code);
        rules.filled("text", &row.text);
        rules.span(("effective_from", row.effective_from), ("effective_until", row.effective_until));
        rules.passed(())?;
        first(&mut self.bases, "code", &row.code, line)?;
        self.catalogue.bases.push(Basis::from(row));
        Ok(())
    }

    fn measure(&mut self, line: u64, fields: &Fields) -> Result<(), Vec<FieldProblem>> {
        let row: CatalogueMeasureRow = fields.read()?;
        let mut rules = Rules::default();
        rules.filled("code", &row.code);
        rules.passed(())?;
        first(&mut self.measures, "code", &row.code, line)?;
        self.catalogue.measures.push(CatalogueMeasure::from(row));
        Ok(())
    }
}

/// Refuses a key that stood in an earlier row.
fn first(
    seen: &mut HashMap<String, u64>,
    field: &str,
    key: &str,
    line: u64,
) -> Result<(), Vec<FieldProblem>> {
    match seen.insert(key.to_owned(), line) {
        None => Ok(()),
        Some(earlier) => {
            seen.insert(key.to_owned(), earlier);
            Err(vec![duplicate(field, earlier)])
        }
    }
}

/// The measure a fault is about, and the fault as a finding.
fn explain(fault: CatalogueError) -> (String, FieldProblem) {
    let message = fault.to_string();
    match fault {
        CatalogueError::DuplicateCode(code) => (code, problem("code", "row.duplicate", message)),
        CatalogueError::UnknownBasis { measure, .. } => {
            (measure, problem("basis", "catalogue.unknown_basis", message))
        }
        CatalogueError::MissingField { measure, field } => (measure, problem(field, "field.empty", message)),
        CatalogueError::NoTrigger(measure) => (measure, problem("lists", "field.empty", message)),
    }
}
