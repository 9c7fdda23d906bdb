//! Rows of the measures catalogue. A row of type `edition` opens an edition; the
//! rows of other types after it belong to it, in any order.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use creditgate_credit::catalogue::{
    Basis, Catalogue, CatalogueError, CatalogueItem, CatalogueMeasure, Category, Memorandum, Part, PowerItem,
};
use creditgate_credit::day;
use creditgate_credit::fault::{Faults, FieldProblem};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cells::{Cell, Column};
use super::fields::Fields;
use super::rows::{self, duplicate};
use super::{Findings, Format, Parsed};

const COLUMNS: &[Column] = &[
    ("type", Cell::Text),
    ("edition", Cell::Text),
    ("effective_from", Cell::Text),
    ("effective_until", Cell::Text),
    ("code", Cell::Text),
    ("text", Cell::Text),
    ("name", Cell::Text),
    ("title", Cell::Text),
    ("document_number", Cell::Text),
    ("department", Cell::Text),
    ("kind", Cell::Text),
    ("report_required", Cell::Flag),
    ("key_item", Cell::Flag),
    ("power_items", Cell::List),
    ("non_disclosure", Cell::Text),
    ("statutory_materials", Cell::List),
    ("category", Cell::Text),
    ("nature", Cell::Text),
    ("content", Cell::Text),
    ("direction", Cell::Text),
    ("target", Cell::Text),
    ("power_item", Cell::Text),
    ("section", Cell::Text),
    ("basis", Cell::Text),
    ("memorandum", Cell::Text),
    ("lists", Cell::List),
    ("departments", Cell::List),
    ("items", Cell::List),
    ("checkpoints", Cell::List),
];

/// The row that opens an edition; the rows after it belong to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionRow {
    edition: String,
    #[serde(with = "day")]
    effective_from: Date,
    #[serde(default, with = "day::optional")]
    effective_until: Option<Date>,
}

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

/// The edition that is being read, and where its parts stand, by kind and code.
struct Open {
    catalogue: Catalogue,
    lines: HashMap<(&'static str, String), u64>,
}

/// Every type of row but `edition`.
const KINDS: &[&str] = &[
    Category::KIND,
    Memorandum::KIND,
    Basis::KIND,
    PowerItem::KIND,
    CatalogueItem::KIND,
    CatalogueMeasure::KIND,
];

impl Editions {
    fn row(
        &mut self,
        line: u64,
        mut fields: Fields,
        findings: &mut Findings<'_>,
    ) -> Result<(), Vec<FieldProblem>> {
        let Some(kind) = fields.take("type") else {
            return Err(vec![FieldProblem::new("type", "field.missing", "is missing")]);
        };
        let kind = serde_json::from_str::<String>(kind.get()).unwrap_or_default();
        if kind == "edition" {
            self.close(findings);
            return self.edition(line, &fields);
        }
        match KINDS.iter().find(|known| **known == kind) {
            Some(kind) => self.opened()?.row(kind, line, &fields),
            None => {
                let message = format!("must be one of edition, {}", KINDS.join(", "));
                Err(vec![FieldProblem::new("type", "value.unknown", message)])
            }
        }
    }

    fn opened(&mut self) -> Result<&mut Open, Vec<FieldProblem>> {
        self.open.as_mut().ok_or_else(|| {
            let message = "stands before any good row of the type `edition`, so it belongs to none";
            vec![FieldProblem::new("type", "catalogue.no_edition", message)]
        })
    }

    fn edition(&mut self, line: u64, fields: &Fields) -> Result<(), Vec<FieldProblem>> {
        let row: EditionRow = fields.read()?;
        let mut faults = Faults::default();
        faults.not_empty("edition", &row.edition);
        faults.span(("effective_from", row.effective_from), ("effective_until", row.effective_until));
        faults.passed(())?;
        first(&mut self.names, "edition", row.edition.clone(), line)?;
        let empty = Catalogue::empty(row.edition, row.effective_from);
        let catalogue = Catalogue { effective_until: row.effective_until, ..empty };
        self.open = Some(Open { catalogue, lines: HashMap::new() });
        Ok(())
    }

    /// Completes the edition that is being read: what only the whole of it shows
    /// is found now.
    fn close(&mut self, findings: &mut Findings<'_>) {
        let Some(mut open) = self.open.take() else { return };
        let mut bad = HashSet::new();
        for fault in open.catalogue.faults() {
            let (kind, code) = fault.about();
            let thing = (kind, code.to_owned());
            let line = open.lines.get(&thing).copied().unwrap_or_default();
            findings.problem(line, explain(&fault));
            bad.insert(thing);
        }
        let good = |kind, code: &String| !bad.contains(&(kind, code.clone()));
        open.catalogue.items.retain(|item| good("item", &item.code));
        open.catalogue.measures.retain(|measure| good("measure", &measure.code));
        self.complete.push(open.catalogue);
    }
}

impl Open {
    /// Takes a row of one of [`KINDS`].
    fn row(&mut self, kind: &str, line: u64, fields: &Fields) -> Result<(), Vec<FieldProblem>> {
        let span = |faults: &mut Faults, from: Date, until: Option<Date>| {
            faults.span(("effective_from", from), ("effective_until", until));
        };
        match kind {
            Category::KIND => self.part(
                line,
                fields,
                |row: &Category, faults| faults.not_empty("name", &row.name),
                |edition| &mut edition.categories,
            ),
            Memorandum::KIND => self.part(
                line,
                fields,
                |row: &Memorandum, faults| {
                    faults.not_empty("title", &row.title);
                    faults.not_empty("document_number", &row.document_number);
                    span(faults, row.effective_from, row.effective_until);
                },
                |edition| &mut edition.memoranda,
            ),
            Basis::KIND => self.part(
                line,
                fields,
                |row: &Basis, faults| {
                    faults.not_empty("text", &row.text);
                    span(faults, row.effective_from, row.effective_until);
                },
                |edition| &mut edition.bases,
            ),
            PowerItem::KIND => self.part(
                line,
                fields,
                |row: &PowerItem, faults| {
                    faults.not_empty("name", &row.name);
                    faults.not_empty("department", &row.department);
                },
                |edition| &mut edition.power_items,
            ),
            CatalogueItem::KIND => self.part(
                line,
                fields,
                |row: &CatalogueItem, faults| {
                    faults.not_empty("name", &row.name);
                    faults.not_empty("department", &row.department);
                    faults.not_empty("kind", &row.kind);
                },
                |edition| &mut edition.items,
            ),
            // Whether its particulars say something is asked of the whole edition.
            _ => self.part(line, fields, |_: &CatalogueMeasure, _| (), |edition| &mut edition.measures),
        }
    }

    /// Takes a part with a code of its own that passes the rules of its kind.
    fn part<T: Part + DeserializeOwned>(
        &mut self,
        line: u64,
        fields: &Fields,
        hold: impl Fn(&T, &mut Faults),
        place: impl Fn(&mut Catalogue) -> &mut Vec<T>,
    ) -> Result<(), Vec<FieldProblem>> {
        let part: T = fields.read()?;
        let mut faults = Faults::default();
        faults.not_empty("code", part.code());
        hold(&part, &mut faults);
        faults.passed(())?;
        first(&mut self.lines, "code", (T::KIND, part.code().to_owned()), line)?;
        place(&mut self.catalogue).push(part);
        Ok(())
    }
}

/// Refuses a key that stood in an earlier row.
fn first<K: Eq + Hash>(
    seen: &mut HashMap<K, u64>,
    field: &str,
    key: K,
    line: u64,
) -> Result<(), Vec<FieldProblem>> {
    match seen.entry(key) {
        Entry::Vacant(place) => {
            place.insert(line);
            Ok(())
        }
        Entry::Occupied(earlier) => Err(vec![duplicate(field, *earlier.get())]),
    }
}

/// A fault of a whole edition as a finding about the row it is in.
fn explain(fault: &CatalogueError) -> FieldProblem {
    let message = fault.to_string();
    match fault {
        CatalogueError::DuplicateCode { .. } => FieldProblem::new("code", "row.duplicate", message),
        CatalogueError::Unknown { field, .. } => FieldProblem::new(*field, unknown(field), message),
        CatalogueError::MissingField { field, .. } => FieldProblem::new(*field, "field.empty", message),
        CatalogueError::NoTrigger(_) => FieldProblem::new("lists", "field.empty", message),
    }
}

fn unknown(field: &str) -> &'static str {
    match field {
        "basis" | "statutory_materials" => "catalogue.unknown_basis",
        "category" => "catalogue.unknown_category",
        "memorandum" => "catalogue.unknown_memorandum",
        _ => "catalogue.unknown_power_item",
    }
}
