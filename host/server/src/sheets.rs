//! Tables for people: sheets of a workbook (.xlsx) and CSV, headed in Chinese.

use std::borrow::Cow;

use creditgate_wire::report::Report;
pub(crate) use creditgate_wire::report::ReportCell as Cell;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Width of a column whose cells hold sentences, in characters.
const WIDE: f64 = 60.0;

/// Says to spreadsheets that a CSV file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One sheet. Texts are written as texts: nothing in them is a formula.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) name: Cow<'static, str>,
    pub(crate) titles: Vec<Cow<'static, str>>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Columns with sentences.
    pub(crate) wide: &'static [u16],
}

impl Sheet {
    /// A sheet without columns of sentences.
    pub(crate) fn new(
        name: &'static str,
        titles: &[&'static str],
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Self {
        let titles = titles.iter().map(|title| Cow::Borrowed(*title)).collect();
        Self { name: Cow::Borrowed(name), titles, rows: rows.into_iter().collect(), wide: &[] }
    }
}

/// The tables of a report as sheets, under their names for people.
pub(crate) fn of_report(report: &Report) -> Vec<Sheet> {
    let tables = report.tables.iter().map(|table| Sheet {
        name: Cow::Owned(table.title.clone()),
        titles: table.columns.iter().map(|column| Cow::Owned(column.title.clone())).collect(),
        rows: table.rows.clone(),
        wide: &[],
    });
    tables.collect()
}

/// The workbook as the bytes of an .xlsx file.
pub(crate) fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        add(&mut workbook, sheet)?;
    }
    workbook.save_to_buffer()
}

/// The sheets as one CSV file: where there are several, each after a line with
/// its name and before an empty one.
pub(crate) fn csv(sheets: &[Sheet]) -> Result<Vec<u8>, csv::Error> {
    let mut file = BYTE_ORDER_MARK.to_vec();
    for (position, sheet) in sheets.iter().enumerate() {
        if position > 0 {
            file.extend_from_slice(b"\r\n");
        }
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(&mut file);
        if sheets.len() > 1 {
            writer.write_record([&*sheet.name])?;
        }
        writer.write_record(sheet.titles.iter().map(|title| &**title))?;
        for row in &sheet.rows {
            writer.write_record(row.iter().map(shown))?;
        }
        writer.flush()?;
    }
    Ok(file)
}

fn shown(cell: &Cell) -> Cow<'_, [u8]> {
    match cell {
        // A spreadsheet would take it for a formula.
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            Cow::Owned(format!("'{text}").into_bytes())
        }
        Cell::Text(text) => Cow::Borrowed(text.as_bytes()),
        Cell::Count(count) => Cow::Owned(count.to_string().into_bytes()),
    }
}

fn add(workbook: &mut Workbook, sheet: &Sheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    let worksheet = workbook.add_worksheet().set_name(&*sheet.name)?;
    for (column, title) in (0_u16..).zip(&sheet.titles) {
        worksheet.write_string_with_format(0, column, &**title, &bold)?;
    }
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) if sheet.wide.contains(&column) => {
                    worksheet.write_string_with_format(row, column, text, &wrapped)?;
                }
                Cell::Text(text) => {
                    worksheet.write_string(row, column, text)?;
                }
                Cell::Count(count) => {
                    #[expect(clippy::cast_precision_loss, reason = "a workbook has no other numbers")]
                    worksheet.write_number(row, column, *count as f64)?;
                }
            }
        }
    }
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.autofit();
    for column in sheet.wide {
        worksheet.set_column_width(*column, WIDE)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it_and_holds_no_formula() {
        let rows = [vec!["甲,乙".into(), Cell::Count(3)], vec!["=1+1".into(), "\"".into()]];
        let sheet = Sheet::new("One", &["名称", "数量"], rows);
        let text = |sheets: &[Sheet]| String::from_utf8(csv(sheets).unwrap()).unwrap();
        assert_eq!(
            text(std::slice::from_ref(&sheet)),
            "\u{feff}名称,数量\r\n\"甲,乙\",3\r\n'=1+1,\"\"\"\"\r\n"
        );
        assert_eq!(text(&[sheet.clone(), sheet.clone()]).matches("One\r\n").count(), 2);
        assert!(workbook(&[sheet]).is_ok_and(|bytes| bytes.starts_with(b"PK")));
    }
}
