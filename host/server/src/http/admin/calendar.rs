//! The working calendar: shown, and given the table of a year.

use creditgate_credit::calendar::{TableStatus, WorkingCalendar, YearTable};
use creditgate_gate::calendar_edition;
use creditgate_store::ImportedTable;
use creditgate_wire::calendar::{CalendarBody, CalendarImported, YearTableBody};
use creditgate_wire::charset;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::host::{Shared, duties};
use crate::http::{Answer, Answered, Code, File, HostState, Principal, Problem, Query, Who, input};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CalendarQuery {
    /// Name of the file, for the errors
    #[serde(default)]
    #[param(max_length = 255)]
    file: String,
    /// Replace another official table of the year
    #[serde(default)]
    replace: bool,
}

/// Imports the table of a year
///
/// A table has lines with `year`, `status`, `notice`, `off` and `work`. The table
/// counts at once, and the host counts provisional last days anew. The host replaces
/// another official table of the year only when `replace` says so. The host keeps the
/// earlier calendar, and records go on naming the calendar under which they were made.
#[utoipa::path(post, path = "/v1/admin/calendar", tag = "administration")]
pub(in crate::http) async fn import_calendar(
    shared: HostState,
    who: Who,
    Query(query): Query<CalendarQuery>,
    File(bytes): File,
) -> Answered<CalendarImported> {
    input::file_name(&query.file)?;
    let table = parse(&bytes).map_err(|fault| malformed(&query.file, &fault))?;
    // Two imports at once must not lose one of them.
    let _one_at_a_time = shared.calendar_imports.lock().await;
    let calendar = WorkingCalendar::clone(shared.gate.world().calendar());
    let known = calendar.tables().find(|known| known.year() == table.year());
    let unchanged = known == Some(&table);
    if !unchanged && !query.replace && known.is_some_and(|known| known.status() == TableStatus::Official) {
        return Err(taken(table.year()));
    }
    let (year, status) = (table.year(), table.status().code().to_owned());
    creditgate_store::says(year.to_string(), format!("{status}, nothing new"));
    let moved = if unchanged { 0 } else { apply(&shared, &who, calendar, table).await? };
    let edition = calendar_edition(shared.gate.world().calendar());
    Ok(Answer(CalendarImported { year, status, unchanged, edition, moved }))
}

/// Shows the working calendar
#[utoipa::path(get, path = "/v1/admin/calendar", tag = "administration")]
pub(in crate::http) async fn get_calendar(shared: HostState) -> Answered<CalendarBody> {
    let imported = shared.store.calendar_tables()?;
    let world = shared.gate.world();
    let shown = |table: &YearTable| {
        let from = imported.iter().rfind(|imported| imported.table == *table);
        YearTableBody {
            imported_at: from.map(|imported| imported.at.into()),
            imported_by: from.map(|imported| imported.actor.clone()),
            ..table.into()
        }
    };
    let years = world.calendar().tables().map(shown).collect();
    Ok(Answer(CalendarBody { edition: world.calendar_edition().to_owned(), years }))
}

/// Keeps the table, counts by it from now on; gives back how many duties moved.
async fn apply(
    shared: &Shared,
    principal: &Principal,
    calendar: WorkingCalendar,
    table: YearTable,
) -> Result<usize, Problem> {
    let now = clock::now();
    let calendar = calendar.with_table(table.clone());
    let imported = ImportedTable { table, at: now, actor: principal.id().to_owned() };
    let edition = calendar_edition(&calendar);
    let told = duties::tell_of_moves(shared, now);
    // What records will name is kept before any of them can name it.
    let moved = shared.store.import_calendar_table(imported, edition, calendar.clone(), told).await?;
    shared.deployer.set_calendar(calendar, now).await;
    Ok(moved)
}

fn parse(bytes: &[u8]) -> Result<YearTable, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| match charset::seems(bytes) {
        Some(seeming) => format!("it is not UTF-8 and seems to be {seeming}"),
        None => "it is not UTF-8".to_owned(),
    })?;
    YearTable::parse(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())
}

fn malformed(file: &str, fault: &str) -> Problem {
    let place = if file.is_empty() { String::new() } else { format!("{file}: ") };
    Problem::new(Code::CalendarMalformed, format!("{place}{fault}; nothing was applied"))
}

fn taken(year: i16) -> Problem {
    let detail = format!("{year} has an official table with other days; say `replace` if this one is right");
    Problem::new(Code::CalendarYearTaken, detail)
}
