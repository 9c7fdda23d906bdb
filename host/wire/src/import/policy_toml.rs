//! Divisions and layers of policy in TOML, one file for many divisions.
//!
//! ```toml
//! [division.440700]
//! name = "江门市"
//! level = "city"
//!
//! [[layer]]
//! division = "440700"
//! version = "2026-04"
//! effective_from = 2026-04-01
//! clean_window_years = 3
//!
//! [layer.duties]
//! publicity_limit = { count = 7, unit = "days" }
//! ```
//!
//! What the file says is held against what is known already, because a fault may
//! lie between the two; a file with a fault is not applied at all.

use std::collections::HashMap;

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::policy::{Division, PolicyLayer, PolicyTree, TreeFault};
use toml::de::{DeTable, DeValue};

use super::policy::check;
use super::rows::duplicate;
use super::toml_rows::{Document, Table};
use super::{Findings, Parsed};
use crate::read::unknown_field;

/// What one table of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyItem {
    /// A division.
    Division(Division),
    /// A layer.
    Layer(Box<PolicyLayer>),
}

/// Tables a file may have at the top.
const TABLES: &[&str] = &["division", "layer"];

/// Reads a file of divisions and layers. `divisions` and `layers` are what is
/// known already.
#[must_use]
pub fn parse_policy_toml(
    file: &str,
    text: impl AsRef<[u8]>,
    divisions: &[Division],
    layers: &[PolicyLayer],
) -> Parsed<PolicyItem> {
    let mut findings = Findings::new(file);
    let document = match Document::of(text.as_ref()) {
        Ok(document) => document,
        Err((line, fault)) => {
            findings.problem(line, fault);
            return findings.parsed(Vec::new(), 0);
        }
    };
    let mut reading = Reading { findings, lines: HashMap::new(), items: Vec::new(), read: 0 };
    match document.tables() {
        Ok(top) => reading.top(&document, &top),
        Err((line, fault)) => reading.findings.problem(line, fault),
    }
    if reading.findings.is_good() {
        reading.hold_against(divisions, layers);
    }
    let items = if reading.findings.is_good() { reading.items } else { Vec::new() };
    reading.findings.parsed(items, reading.read)
}

struct Reading<'a> {
    findings: Findings<'a>,
    /// Where each division and layer stands, by its name.
    lines: HashMap<String, u64>,
    items: Vec<PolicyItem>,
    read: usize,
}

impl Reading<'_> {
    fn top(&mut self, document: &Document<'_>, top: &DeTable<'_>) {
        for (key, value) in top {
            let line = document.line(key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("division", DeValue::Table(divisions)) => self.divisions(document, divisions),
                ("layer", DeValue::Array(layers)) => {
                    for layer in layers {
                        let line = document.line(layer.span().start);
                        match layer.get_ref() {
                            DeValue::Table(table) => self.layer(&Table { document, table, line }),
                            _ => self.findings.problem(line, not_tables("layer", "[[layer]]")),
                        }
                    }
                }
                ("division", _) => self.findings.problem(line, not_tables("division", "[division.440700]")),
                ("layer", _) => self.findings.problem(line, not_tables("layer", "[[layer]]")),
                (name, _) => self.findings.problem(line, unknown_field("", name, TABLES)),
            }
        }
    }

    fn divisions(&mut self, document: &Document<'_>, divisions: &DeTable<'_>) {
        for (code, value) in divisions {
            let line = document.line(code.span().start);
            let DeValue::Table(table) = value.get_ref() else {
                self.findings.problem(line, not_tables("division", "[division.440700]"));
                continue;
            };
            self.read += 1;
            let table = Table { document, table, line };
            match division(code.get_ref().as_ref(), &table) {
                Ok(division) => {
                    self.lines.insert(division.code.clone(), line);
                    self.items.push(PolicyItem::Division(division));
                }
                Err(problems) => self.refuse(&table, problems),
            }
        }
    }

    fn layer(&mut self, table: &Table<'_>) {
        self.read += 1;
        let layer = match layer(table) {
            Ok(layer) => layer,
            Err(problems) => return self.refuse(table, problems),
        };
        let earlier = *self.lines.entry(layer.name()).or_insert(table.line);
        if earlier != table.line {
            return self.refuse(table, vec![duplicate("version", earlier)]);
        }
        self.items.push(PolicyItem::Layer(Box::new(layer)));
    }

    fn refuse(&mut self, table: &Table<'_>, problems: Vec<FieldProblem>) {
        for problem in problems {
            self.findings.problem(table.line_of(&problem.field), problem);
        }
    }

    /// What the file says together with what is known.
    fn hold_against(&mut self, divisions: &[Division], layers: &[PolicyLayer]) {
        let mut all: Vec<Division> = divisions.to_vec();
        let mut stack: Vec<PolicyLayer> = Vec::new();
        for item in &self.items {
            match item {
                // The tree keeps the last of two with the same code.
                PolicyItem::Division(division) => all.push(division.clone()),
                PolicyItem::Layer(layer) => stack.push((**layer).clone()),
            }
        }
        for known in layers {
            match stack.iter().find(|layer| layer.name() == known.name()) {
                None => stack.push(known.clone()),
                Some(same) if same == known => {}
                Some(changed) => {
                    let line = self.lines.get(&changed.name()).copied().unwrap_or(1);
                    self.findings.problem(line, version_changed());
                }
            }
        }
        if self.findings.is_good() {
            let tree = PolicyTree::new(all, stack);
            self.tree_faults(&tree);
            self.missing_values(&tree);
        }
    }

    /// Faults of the tree that something of this file has a part in.
    fn tree_faults(&mut self, tree: &PolicyTree) {
        for fault in tree.faults() {
            let (field, parts) = match &fault {
                TreeFault::UnknownParent { division, .. } => ("parent", vec![division]),
                TreeFault::Cycle { way, .. } => ("parent", way.iter().collect()),
                TreeFault::LevelOrder { division, parent, .. } => ("level", vec![division, parent]),
                TreeFault::Overlap { layer, other } => ("effective_from", vec![layer, other]),
            };
            if let Some(line) = parts.into_iter().find_map(|part| self.lines.get(part)) {
                self.findings.problem(*line, FieldProblem::new(field, fault.code(), fault.to_string()));
            }
        }
    }

    /// Remarks on layers under which no check can be made.
    fn missing_values(&mut self, tree: &PolicyTree) {
        let mut missing = Vec::new();
        for item in &self.items {
            let PolicyItem::Layer(layer) = item else { continue };
            if let Some(Err(gap)) = tree.policy(&layer.division, layer.effective_from) {
                let line = self.lines.get(&layer.name()).copied().unwrap_or(1);
                missing.push((line, FieldProblem::new(gap.value, "policy.value_missing", gap.to_string())));
            }
        }
        missing.into_iter().for_each(|(line, gap)| self.findings.warning(line, gap));
    }
}

fn division(code: &str, table: &Table<'_>) -> Result<Division, Vec<FieldProblem>> {
    let mut fields = table.fields()?;
    if fields.take("code").is_some() {
        return Err(vec![unknown_field("", "code", &["name", "level", "parent"])]);
    }
    fields.push_text("code", code);
    let division: Division = fields.read()?;
    let mut faults = Faults::default();
    faults.division(&division.code);
    faults.not_empty("name", &division.name);
    faults.passed(division)
}

fn layer(table: &Table<'_>) -> Result<PolicyLayer, Vec<FieldProblem>> {
    let layer = table.fields()?.read()?;
    check(&layer)?;
    Ok(layer)
}

fn not_tables(name: &str, form: &str) -> FieldProblem {
    FieldProblem::new(name, "value.type", format!("must be tables, written {form}"))
}

fn version_changed() -> FieldProblem {
    let message =
        "was imported before with other contents, and records name it; give the new contents a new version";
    FieldProblem::new("version", "import.version_changed", message)
}

#[cfg(test)]
mod tests;
