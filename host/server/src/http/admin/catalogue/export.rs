//! Tables of an edition as files: a workbook, or one table as CSV (R66).

use creditgate_credit::catalogue::Catalogue;

use super::tables::{Part, Table, table};
use crate::sheets::{Cell, Sheet};

/// A part as a sheet.
pub(super) fn sheet(catalogue: &Catalogue, part: Part) -> Sheet {
    let Table { titles, rows } = table(catalogue, part);
    let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect());
    Sheet::new(part.title(), titles, rows)
}

#[cfg(test)]
mod tests {
    use creditgate_credit::catalogue::{CatalogueItem, NonDisclosure, PowerItem};
    use jiff::civil::date;

    use super::*;
    use crate::sheets;

    fn edition() -> Catalogue {
        let item = |code: &str, non_disclosure| CatalogueItem {
            code: code.into(),
            name: "食品经营许可".into(),
            department: "market-regulation".into(),
            kind: "licence".into(),
            report_required: false,
            key_item: true,
            power_items: vec!["p1".into()],
            non_disclosure,
            statutory_materials: Vec::new(),
        };
        let power = |code: &str, name: &str| PowerItem {
            code: code.into(),
            name: name.into(),
            department: "market-regulation".into(),
            section: "许可科".into(),
        };
        Catalogue {
            items: vec![item("public", None), item("secret", Some(NonDisclosure::StateSecret))],
            power_items: vec![power("p1", "食品经营许可核发"), power("p2", "=1+1")],
            ..Catalogue::empty("2026", date(2026, 1, 1))
        }
    }

    fn text(part: Part) -> String {
        String::from_utf8(sheets::csv(&[sheet(&edition(), part)]).unwrap()).unwrap()
    }

    #[test]
    fn r063_the_list_of_key_items_leaves_out_what_must_not_be_made_public() {
        assert_eq!(
            text(Part::KeyItems),
            "\u{feff}事项代码,事项名称,所属部门,事项类型,权责事项,奖惩措施\r\n\
             public,食品经营许可,market-regulation,licence,食品经营许可核发,\r\n"
        );
        assert!(text(Part::Items).contains("secret") && text(Part::Items).contains("涉及国家秘密"));
    }

    #[test]
    fn r066_a_table_is_headed_in_chinese_and_holds_no_formula() {
        assert!(text(Part::PowerItems).contains("\np2,'=1+1,market-regulation,许可科\r\n"));
        for part in Part::ALL {
            let Table { titles, rows } = table(&edition(), *part);
            assert!(titles.iter().all(|title| !title.is_ascii()), "{part:?}");
            assert!(rows.iter().all(|row| row.len() == titles.len()), "{part:?}");
            assert_eq!(Part::from_code(part.code()), Some(*part));
        }
        let all: Vec<Sheet> = Part::ALL.iter().map(|part| sheet(&edition(), *part)).collect();
        assert!(sheets::workbook(&all).is_ok());
    }
}
