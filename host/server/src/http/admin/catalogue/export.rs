//! Tables of an edition as files: a workbook, or one table as CSV (R66).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use creditgate_credit::catalogue::Catalogue;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::tables::{Part, Table, table};
use crate::http::problem::Problem;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Says to spreadsheets that the text is UTF-8; without it they read it as GBK.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A workbook with a sheet for each part.
pub(super) fn workbook(catalogue: &Catalogue) -> Result<Response, Problem> {
    let bytes = sheets(catalogue).map_err(|error| Problem::internal(Some(&error)))?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, WORKBOOK)], bytes).into_response())
}

fn sheets(catalogue: &Catalogue) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    for part in Part::ALL {
        let Table { titles, rows } = table(catalogue, *part);
        let sheet = workbook.add_worksheet().set_name(part.title())?;
        for (column, title) in (0_u16..).zip(titles) {
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        for (line, row) in (1_u32..).zip(&rows) {
            for (column, text) in (0_u16..).zip(row) {
                // As text: nothing in it is a formula.
                sheet.write_string(line, column, text)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    workbook.save_to_buffer()
}

/// One part as CSV.
pub(super) fn csv(catalogue: &Catalogue, part: Part) -> Result<Response, Problem> {
    let bytes = lines(&table(catalogue, part)).map_err(|error| Problem::internal(Some(&error)))?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/csv; charset=utf-8")], bytes).into_response())
}

fn lines(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(table.titles)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|text| plain(text)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::catalogue::{CatalogueItem, NonDisclosure, PowerItem};
    use jiff::civil::date;

    use super::*;

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
        String::from_utf8(lines(&table(&edition(), part)).unwrap()).unwrap()
    }

    #[test]
    fn r063_the_list_of_key_items_leaves_out_what_must_not_be_made_public() {
        assert_eq!(
            text(Part::KeyItems),
            "\u{feff}事项代码,事项名称,所属部门,事项类型,权责事项,奖惩措施\n\
             public,食品经营许可,market-regulation,licence,食品经营许可核发,\n"
        );
        assert!(text(Part::Items).contains("secret") && text(Part::Items).contains("涉及国家秘密"));
    }

    #[test]
    fn r066_a_table_is_headed_in_chinese_and_holds_no_formula() {
        assert!(text(Part::PowerItems).contains("\np2,'=1+1,market-regulation,许可科\n"));
        for part in Part::ALL {
            let Table { titles, rows } = table(&edition(), *part);
            assert!(titles.iter().all(|title| !title.is_ascii()), "{part:?}");
            assert!(rows.iter().all(|row| row.len() == titles.len()), "{part:?}");
            assert_eq!(Part::from_code(part.code()), Some(*part));
        }
        assert!(sheets(&edition()).unwrap().starts_with(b"PK"));
    }
}
