//! A made-up city of any size, for tests, measurements and demonstrations at the
//! scale real cities publish (R64): 37 memoranda, 470 items, 2,411 power items,
//! eleven departments, seven counties, and as many list entries and cases as
//! wanted.
//!
//! Everything follows from the seed: the same seed gives the same bytes, on every
//! machine, and a row is the same in a small city and in a large one. A row is
//! made when it is asked for, so that ten million take no more memory than one.
//!
//! Everybody is made up: divisions of the area 3799, which GB/T 2260 does not
//! assign, people born from 1901 to 1905, names of stems and branches. Check
//! characters are right. Laws and memoranda are made up too, after the form of
//! real ones.

mod bindings;
mod cases;
mod catalogue;
mod entry;
mod fault;
mod lists;
mod place;
mod policy;
mod random;
mod rows;
mod subject;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use creditgate_credit::catalogue::CatalogueItem;

pub use bindings::{Binding, CHECKPOINTS};
pub use cases::{Case, CheckRequest, ISSUED_HEADER, Party};
pub use catalogue::{CatalogueRow, EDITION, ITEMS, POWER_ITEMS};
use entry::Shelf;
pub use entry::{AS_OF, Entry};
pub use fault::Fault;
pub use lists::ListType;
use lists::Listed;
pub use place::{CITY, CITY_NAME, COUNTIES, County, DEPARTMENTS, Department};
pub use policy::Policy;
pub use rows::{Encoding, Format, write_json_lines};
pub use subject::{LISTED as MOST_ENTRIES, Subject};

/// A made-up city.
#[derive(Debug, Clone)]
pub struct City {
    seed: u64,
    entries: u64,
    fault: Option<Fault>,
    list_types: Vec<Listed>,
    items: Vec<CatalogueItem>,
    /// Lists for organisations, and for natural persons.
    shelves: [Shelf; 2],
}

impl City {
    /// A sound city with this many list entries, at most [`MOST_ENTRIES`].
    #[must_use]
    pub fn new(seed: u64, entries: u64) -> Self {
        let list_types = lists::list_types();
        let shelves = [Shelf::of(&list_types, false), Shelf::of(&list_types, true)];
        let items = catalogue::items();
        Self { seed, entries: entries.min(MOST_ENTRIES), fault: None, list_types, items, shelves }
    }

    /// The same city with one fault.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// How many list entries there are.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// The kinds of lists.
    #[must_use]
    pub fn list_types(&self) -> Vec<ListType> {
        let mut lists: Vec<_> = self.list_types.iter().map(|listed| listed.list.clone()).collect();
        if let Some(fault) = self.fault {
            fault.spoil_list_types(&mut lists);
        }
        lists
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[CatalogueItem] {
        &self.items
    }

    /// The catalogue, the edition first.
    #[must_use]
    pub fn catalogue(&self) -> Vec<CatalogueRow> {
        let mut rows = catalogue::rows(&self.list_types, &self.items);
        if let Some(fault) = self.fault {
            fault.spoil_catalogue(&mut rows);
        }
        rows
    }

    /// The bindings, three for each item.
    #[must_use]
    pub fn bindings(&self) -> Vec<Binding> {
        let mut bindings = bindings::bindings(&self.items);
        if let Some(fault) = self.fault {
            fault.spoil_bindings(&mut bindings);
        }
        bindings
    }

    /// The policies, one for each division.
    #[must_use]
    pub fn policies(&self) -> Vec<Policy> {
        policy::policies()
    }

    /// Writes all list entries. `written` is told how many there are so far, now
    /// and then.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_entries(
        &self,
        format: Format,
        encoding: Encoding,
        mut out: impl Write,
        mut written: impl FnMut(u64),
    ) -> io::Result<()> {
        if format == Format::Csv {
            out.write_all(rows::HEADER.as_bytes())?;
        }
        for number in 0..self.entries {
            let line = rows::entry_line(&self.entry(number), format)?;
            out.write_all(&self.line_bytes(number, &line, encoding))?;
            if number % 4096 == 0 {
                written(number);
            }
        }
        written(self.entries);
        out.flush()
    }
}
