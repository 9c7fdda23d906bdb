//! The rows of a sheet as lines of CSV.
//!
//! The first row that has a value is the header. A workbook leaves out cells that
//! are empty, and has empty ones where a column was once formatted; CSV has a cell
//! for each column of the header.

use calamine::{DataRef, Dimensions};
use creditgate_credit::identifier::without_numbers;
use creditgate_wire::import::{Holds, Unknown, list_column};

use super::SheetError;
use super::cell;

/// Rows and columns a sheet may have, which is as many as Excel's has. A cell that
/// claims to lie beyond them would have to be written with all the empty ones
/// before it.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

/// Bytes of one row.
const LONGEST_ROW: usize = 1 << 20;

/// Longest name of a sheet, in characters, as in Excel.
const LONGEST_NAME: usize = 31;

/// A sheet on its way to CSV.
pub(super) struct Page {
    /// The lines that are written.
    pub(super) text: String,
    sheet: String,
    /// What the columns hold; some have no name. Nothing before the header.
    columns: Option<Vec<Option<Holds>>>,
    merged: Merged,
    row: u32,
    /// The values of the row, by column.
    cells: Vec<(u32, String)>,
    /// Bytes of them.
    size: usize,
}

impl Page {
    /// Of the sheet of this name, where these cells are merged.
    pub(super) fn new(sheet: &str, merged: Vec<Dimensions>) -> Self {
        Self {
            text: String::new(),
            sheet: without_numbers(sheet).chars().take(LONGEST_NAME).collect(),
            columns: None,
            merged: Merged::new(merged),
            row: 0,
            cells: Vec::new(),
            size: 0,
        }
    }

    /// Takes the next cell of the sheet, by row and column from 0.
    ///
    /// # Errors
    /// [`SheetError`] where it lies where none can.
    pub(super) fn take(
        &mut self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        formula: bool,
    ) -> Result<(), SheetError> {
        if !formula && cell::is_empty(value) {
            return Ok(());
        }
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(SheetError::Beyond);
        }
        let after = self.cells.last().is_none_or(|(last, _)| *last < column);
        if row < self.row || row == self.row && !after {
            return Err(SheetError::Disorder(row + 1));
        }
        while self.row < row {
            self.end_row()?;
        }
        let holds = match &self.columns {
            None => Some(Holds::Text),
            Some(columns) => columns.get(column as usize).copied().flatten(),
        };
        let known = holds.map_or(Err(Unknown::NoColumn), |holds| cell::text(value, formula, holds));
        let text = known.map_or_else(|unknown| unknown.mark(&self.sheet, row, column), Into::into);
        self.size += text.len();
        if self.size > LONGEST_ROW {
            return Err(SheetError::Long(row + 1));
        }
        self.cells.push((column, text));
        Ok(())
    }

    /// Writes the row.
    ///
    /// # Errors
    /// [`SheetError::Merged`].
    pub(super) fn end_row(&mut self) -> Result<(), SheetError> {
        let covered = self.merged.covered(self.row)?;
        let mut cells = std::mem::take(&mut self.cells);
        if let Some((last, _)) = cells.last() {
            let width = match &self.columns {
                None => {
                    let mut columns = vec![None; *last as usize + 1];
                    for (column, name) in &cells {
                        // A name that is none is refused by whoever reads the header.
                        columns[*column as usize] = Some(list_column(name.trim()).unwrap_or(Holds::Text));
                    }
                    self.columns.insert(columns).len()
                }
                Some(columns) => {
                    for column in
                        covered.filter(|column| columns.get(*column as usize).is_some_and(Option::is_some))
                    {
                        if let Err(place) = cells.binary_search_by_key(&column, |(known, _)| *known) {
                            cells
                                .insert(place, (column, Unknown::Merged.mark(&self.sheet, self.row, column)));
                        }
                    }
                    columns.len()
                }
            };
            self.write(&cells, width);
        }
        self.text.push('\n');
        (self.row, self.size) = (self.row + 1, 0);
        Ok(())
    }

    fn write(&mut self, cells: &[(u32, String)], width: usize) {
        let mut at = 0;
        for (column, text) in cells {
            self.skip_to(&mut at, *column as usize);
            push_quoted(&mut self.text, text);
        }
        self.skip_to(&mut at, width.saturating_sub(1));
    }

    fn skip_to(&mut self, at: &mut usize, column: usize) {
        while *at < column {
            self.text.push(',');
            *at += 1;
        }
    }
}

/// Adds a value as a cell of CSV. A line end inside it becomes a blank.
fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\"\""),
            '\n' | '\r' => text.push(' '),
            other => text.push(other),
        }
    }
    text.push('"');
}

/// Cells that are merged with others: the value of all of them stands in the first.
struct Merged {
    /// The last one begins first.
    later: Vec<Dimensions>,
    /// Those that reach into the row.
    here: Vec<Dimensions>,
}

impl Merged {
    fn new(mut merged: Vec<Dimensions>) -> Self {
        merged.sort_unstable_by_key(|merged| std::cmp::Reverse(merged.start));
        Self { later: merged, here: Vec::new() }
    }

    /// The columns of this row whose cells have their value elsewhere. Rows are asked
    /// for in their order.
    fn covered(&mut self, row: u32) -> Result<impl Iterator<Item = u32> + use<>, SheetError> {
        while let Some(next) = self.later.pop_if(|next| next.start.0 <= row) {
            self.here.push(next);
        }
        self.here.retain(|merged| merged.end.0 >= row);
        if self.here.len() > MOST_COLUMNS as usize {
            return Err(SheetError::Merged(row + 1));
        }
        let mut columns = Vec::new();
        for Dimensions { start, end } in &self.here {
            columns.extend((start.1..=end.1.min(MOST_COLUMNS - 1)).filter(|column| (row, *column) != *start));
        }
        Ok(columns.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a sheet becomes whose cells lie here.
    fn page(places: &[(u32, u32)]) -> Result<String, SheetError> {
        let mut page = Page::new("法人", Vec::new());
        for place in places {
            page.take(*place, &DataRef::SharedString("x"), false)?;
        }
        page.end_row()?;
        Ok(page.text)
    }

    #[test]
    fn cells_that_are_left_out_are_empty_ones() {
        assert_eq!(page(&[(0, 0), (0, 1), (0, 2), (2, 1)]).unwrap(), "\"x\",\"x\",\"x\"\n\n,\"x\",\n");
        assert_eq!(page(&[(0, 0), (0, 2), (1, 0)]).unwrap(), "\"x\",,\"x\"\n\"x\",,\n");
    }

    #[test]
    fn cells_without_a_value_are_none_wherever_they_lie() {
        let mut page = Page::new("法人", Vec::new());
        for (place, value) in [
            ((0, 0), DataRef::SharedString("id")),
            ((0, 1), DataRef::Empty),
            ((0, 2), DataRef::SharedString(" ")),
            ((1, 0), DataRef::SharedString("e1")),
            ((1, 1), DataRef::Empty),
            ((1, 16_383), DataRef::Empty),
            ((3, 5), DataRef::Empty),
        ] {
            page.take(place, &value, false).unwrap();
        }
        page.end_row().unwrap();
        assert_eq!(page.text, "\"id\"\n\"e1\"\n");
    }

    #[test]
    fn a_value_without_a_column_names_its_cell() {
        let text = page(&[(0, 0), (0, 2), (1, 0), (1, 1), (2, 3)]).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert!(rows[0].contains("cell.no_column 法人!B2"), "{}", rows[0]);
        assert!(rows[1].contains("cell.no_column 法人!D3"), "{}", rows[1]);
    }

    #[test]
    fn a_cell_that_is_merged_with_another_one_names_itself_and_is_not_empty() {
        let merged = |start, end| Dimensions { start, end };
        // A2:A4 and B3:C3, and one beside the columns that have a name.
        let all = vec![merged((1, 0), (3, 0)), merged((2, 1), (2, 2)), merged((1, 3), (9, 9))];
        let mut page = Page::new("法人", all);
        for place in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 1), (3, 1), (5, 0)] {
            page.take(place, &DataRef::SharedString("x"), false).unwrap();
        }
        page.end_row().unwrap();
        let rows: Vec<&str> = page.text.lines().collect();
        assert_eq!(rows[1], "\"x\",\"x\",");
        assert!(
            rows[2].contains("cell.merged 法人!A3") && rows[2].contains("cell.merged 法人!C3"),
            "{}",
            rows[2]
        );
        assert!(rows[3].contains("cell.merged 法人!A4") && !rows[3].contains("法人!B4"), "{}", rows[3]);
        assert_eq!((rows[4], rows[5]), ("", "\"x\",,"), "a row without a value is none");
    }

    #[test]
    fn a_cell_where_no_sheet_has_one_is_refused_before_anything_is_written_for_it() {
        for place in [(MOST_ROWS, 0), (u32::MAX - 1, 0), (0, MOST_COLUMNS), (0, u32::MAX)] {
            assert!(matches!(page(&[place]), Err(SheetError::Beyond)), "{place:?}");
        }
        assert!(page(&[(MOST_ROWS - 1, MOST_COLUMNS - 1)]).is_ok());
    }

    #[test]
    fn cells_out_of_order_are_refused_and_not_read_as_others() {
        for places in [[(0, 0), (0, 0)], [(0, 1), (0, 0)], [(2, 0), (1, 5)]] {
            assert!(matches!(page(&places), Err(SheetError::Disorder(_))), "{places:?}");
        }
    }

    #[test]
    fn a_row_is_not_kept_beyond_what_a_row_may_have() {
        let long = "长".repeat(30_000);
        let mut page = Page::new("法人", Vec::new());
        let taken =
            (0..20).try_for_each(|column| page.take((0, column), &DataRef::SharedString(&long), false));
        assert!(matches!(taken, Err(SheetError::Long(1))));
    }
}
