//! The working calendar of a host: the tables that come with it, those its
//! operator adds as `calendar/*.txt` in the data folder, and those imported while
//! it runs.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use creditgate_credit::calendar::{WorkingCalendar, YearTable};
use creditgate_store::Store;

use super::HostError;

/// The calendar of a host that starts: the tables of the folder, and over them
/// those that were imported.
///
/// # Errors
/// [`HostError::Calendar`] naming the file at fault, or [`HostError::Store`].
pub(crate) fn in_force(folder: &Path, store: &Store) -> Result<WorkingCalendar, HostError> {
    let imported = store.calendar_tables()?;
    Ok(imported.into_iter().fold(load(folder)?, |calendar, imported| calendar.with_table(imported.table)))
}

/// The built-in tables with those of the folder in place of any for the same
/// year. The folder need not exist.
///
/// # Errors
/// [`HostError::Calendar`] naming the file at fault: a deadline counted by half a
/// calendar would be wrong without anyone noticing.
fn load(folder: &Path) -> Result<WorkingCalendar, HostError> {
    let mut calendar = WorkingCalendar::builtin();
    for file in files(folder)? {
        let unusable = |source| HostError::Calendar { file: file.clone(), source };
        let text = std::fs::read_to_string(&file).map_err(|error| unusable(error.into()))?;
        let table = YearTable::parse(&text).map_err(|error| unusable(error.into()))?;
        tracing::info!(year = table.year(), status = table.status().code(), "working-day table loaded");
        calendar = calendar.with_table(table);
    }
    Ok(calendar)
}

/// In the order of their names, so that the last of two tables for one year is
/// the same on every start.
fn files(folder: &Path) -> Result<Vec<PathBuf>, HostError> {
    let unusable =
        |source: std::io::Error| HostError::Calendar { file: folder.to_owned(), source: source.into() };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unusable)?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TABLE: &str = "year 2027\nstatus official\nnotice test\noff 2027-01-01..2027-01-03\n";

    #[test]
    fn an_added_table_makes_its_year_official() {
        let folder = tempfile::tempdir().unwrap();
        let calendar = load(&folder.path().join("none")).unwrap();
        assert!(calendar.is_working_day(date(2027, 1, 4)).provisional);
        std::fs::write(folder.path().join("2027.txt"), TABLE).unwrap();
        std::fs::write(folder.path().join("notes.md"), "not a table").unwrap();
        let calendar = load(folder.path()).unwrap();
        let answer = calendar.is_working_day(date(2027, 1, 4));
        assert!(answer.working && !answer.provisional);
    }

    #[test]
    fn a_faulty_table_stops_the_start_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("2027.txt"), "year twenty").unwrap();
        let error = load(folder.path()).unwrap_err();
        assert!(error.to_string().contains("2027.txt"), "{error}");
    }
}
