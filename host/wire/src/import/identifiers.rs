//! Rows of links between numbers of one organisation (R23, R24).

use std::collections::HashMap;

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::link::IdentifierLink;

use super::cells::{Cell, Column};
use super::fields::Fields;
use super::rows::{self, Good, duplicate};
use super::{Format, Parsed};
use crate::link::LinkRow;

const COLUMNS: &[Column] = &[
    ("kind", Cell::Text),
    ("value", Cell::Text),
    ("uscc", Cell::Text),
    ("valid_from", Cell::Text),
    ("valid_until", Cell::Text),
    ("source", Cell::Text),
];

/// Reads links. `known` are those there are already; a number that would belong to
/// two organisations at the same time is a fault, wherever the other link stands.
#[must_use]
pub fn parse_identifiers(
    file: &str,
    format: Format,
    text: impl AsRef<[u8]>,
    strictness: Strictness,
    known: Vec<IdentifierLink>,
) -> Parsed<IdentifierLink> {
    // Those of one number, with the line they stand in; none for known ones.
    let mut by_number: HashMap<Identifier, Vec<(Option<u64>, IdentifierLink)>> = HashMap::new();
    for link in known {
        by_number.entry(link.number.clone()).or_default().push((None, link));
    }
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, fields| {
        let good = link(&fields, strictness)?;
        let others = by_number.entry(good.value.number.clone()).or_default();
        if let Some(fault) = others.iter().find_map(|(at, other)| against(&good.value, *at, other)) {
            return Err(vec![fault]);
        }
        others.push((Some(line), good.value.clone()));
        Ok(good)
    })
}

fn link(fields: &Fields, strictness: Strictness) -> Result<Good<IdentifierLink>, Vec<FieldProblem>> {
    let row: LinkRow = fields.read()?;
    let mut faults = Faults::default();
    faults.not_empty("source", &row.source);
    if let Some(from) = row.valid_from {
        faults.span(("valid_from", from), ("valid_until", row.valid_until));
    }
    let mut warnings = Vec::new();
    let mut read = |field: &str, kind, text: &str| match Identifier::parse(kind, text, strictness) {
        Ok(parsed) => {
            warnings.extend(
                parsed.warnings.iter().map(|one| FieldProblem::new(field, one.code(), one.to_string())),
            );
            Some(parsed.identifier)
        }
        Err(error) => {
            faults.refuse(field, error.code(), error.to_string());
            None
        }
    };
    let number = read("value", row.kind, &row.value);
    let uscc = read("uscc", IdentifierKind::Uscc, &row.uscc);
    let (Some(number), Some(uscc)) = (number, uscc) else {
        faults.passed(())?;
        // A number that could not be read is a fault already.
        return Err(Vec::new());
    };
    let link = IdentifierLink {
        number,
        uscc,
        valid_from: row.valid_from.map(|day| day.0),
        valid_until: row.valid_until.map(|day| day.0),
        source: row.source,
    };
    if let Some(fault) = link.fault() {
        faults.refuse("value", fault.code(), fault.to_string());
    }
    faults.passed(Good { value: link, warnings })
}

/// What is wrong with a link beside another of the same number.
fn against(link: &IdentifierLink, at: Option<u64>, other: &IdentifierLink) -> Option<FieldProblem> {
    match at {
        Some(earlier) if link.uscc == other.uscc => return Some(duplicate("value", earlier)),
        _ if !link.contradicts(other) => return None,
        _ => {}
    }
    let place = at.map_or_else(|| "imported before".to_owned(), |line| format!("of line {line}"));
    let message = format!(
        "belongs to another unified code on the same days by the link {place} (source: {}); \
         end one before the other begins",
        other.source
    );
    Some(FieldProblem::new("value", "link.two_subjects", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "\
kind,value,uscc,valid_from,valid_until,source
registration_number,110105000000012,91110105MA00003490,,2015-09-30,示例登记机关
uscc,91110105MA0000226Y,91110105MA00003490,,,示例登记机关
other,NB-000123,91110105MA00003490,,,示例审批系统
";

    fn parse(text: &str, known: Vec<IdentifierLink>) -> Parsed<IdentifierLink> {
        parse_identifiers("f.csv", Format::Csv, text, Strictness::Check, known)
    }

    #[test]
    fn r023_links_are_read_and_written_the_same() {
        let parsed = parse(ROWS, Vec::new());
        assert_eq!((parsed.problems.as_slice(), parsed.rows.len()), (&[][..], 3));
        for link in &parsed.rows {
            let text = serde_json::to_string(&LinkRow::from(link)).unwrap();
            let row: LinkRow = serde_json::from_str(&text).unwrap();
            assert_eq!(row.into_link().as_ref(), Some(link));
        }
        assert_eq!(parse(ROWS, parsed.rows).problems, [], "the same again is no fault");
    }

    #[test]
    fn r024_every_fault_of_a_link_has_its_place_and_no_number() {
        let known = parse(ROWS, Vec::new()).rows;
        let row = |fields: &str| format!("kind,value,uscc,valid_from,valid_until,source\n{fields}\n");
        let cases = [
            ("other,NB-000123,91110105MA00000908,,,x", "value", "link.two_subjects"),
            ("citizen_id,110101199001010015,91110105MA00003490,,,x", "value", "link.person"),
            ("uscc,91110105MA00003490,91110105MA00003490,,,x", "value", "link.same"),
            ("other,不详,91110105MA00003490,,,x", "value", "link.placeholder"),
            ("other,A1,111111111111111111,,,x", "uscc", "id.placeholder"),
            ("organisation_code,101623741,91110105MA00003490,,,x", "value", "link.other_organisation_code"),
            ("registration_number,11010500000,91110105MA00003490,,,x", "value", "id.length"),
            ("other,A1,9111,,,x", "uscc", "id.length"),
            ("other,A1,91110105MA00003490,,,", "source", "field.missing"),
            ("other,A1,91110105MA00003490,2020-01-02,2020-01-01,x", "valid_until", "date.order"),
            ("tax,A1,91110105MA00003490,,,x", "kind", "value.unknown"),
        ];
        for (fields, field, code) in cases {
            let parsed = parse(&row(fields), known.clone());
            let [fault] = parsed.problems.as_slice() else { panic!("{fields}: {:?}", parsed.problems) };
            assert_eq!((fault.line, fault.field.as_str(), &*fault.code), (2, field, code), "{fields}");
            assert!(!fault.message.contains("110101199001010015") && !fault.message.contains("NB-000123"));
        }
        let twice = row("other,A1,91110105MA00003490,,,x\nother,A1,91110105MA00003490,2020-01-01,,y");
        let fault = &parse(&twice, Vec::new()).problems[0];
        assert_eq!((fault.line, &*fault.code), (3, "row.duplicate"));
        let after = row("other,NB-000123,91110105MA00000908,2020-01-01,,x");
        let ended =
            ROWS.replace("NB-000123,91110105MA00003490,,", "NB-000123,91110105MA00003490,,2019-12-31");
        assert_eq!(parse(&after, parse(&ended, Vec::new()).rows).problems, [], "one after the other");
        let mistyped = parse(&row("other,A1,91110000600037341M,,,x"), Vec::new());
        assert_eq!(&*mistyped.warnings[0].code, "id.check_failed");
    }
}
