//! Tables of working days, as they are shown.

use creditgate_credit::calendar::YearTable;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::{Day, Instant};

/// Days off, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaysOff {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// The table of a year.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = YearTable)]
pub struct YearTableBody {
    /// The year.
    pub year: i16,
    /// `official` or `provisional`.
    pub status: String,
    /// The notice it is taken from.
    pub notice: String,
    /// Days off besides weekends.
    pub days_off: Vec<DaysOff>,
    /// Saturdays and Sundays that are worked.
    pub working_weekend_days: Vec<Day>,
    /// When it was imported; absent for one that came with the program or lies in
    /// the data folder.
    pub imported_at: Option<Instant>,
    /// Key id of who imported it.
    pub imported_by: Option<String>,
}

impl From<&YearTable> for YearTableBody {
    fn from(table: &YearTable) -> Self {
        let off = table.days_off().iter();
        Self {
            year: table.year(),
            status: table.status().code().to_owned(),
            notice: table.notice().to_owned(),
            days_off: off
                .map(|days| DaysOff { from: (*days.start()).into(), to: (*days.end()).into() })
                .collect(),
            working_weekend_days: table.working_weekend_days().iter().map(|day| (*day).into()).collect(),
            imported_at: None,
            imported_by: None,
        }
    }
}

/// The working calendar in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WorkingCalendar)]
pub struct CalendarBody {
    /// Names it in records.
    pub edition: String,
    /// Its tables, by year.
    pub years: Vec<YearTableBody>,
}

/// What an import of a table did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarImported {
    /// The year.
    pub year: i16,
    /// `official` or `provisional`.
    pub status: String,
    /// The year had the same table already; nothing was changed.
    pub unchanged: bool,
    /// Names the calendar in records from now on.
    pub edition: String,
    /// Duties whose last day moved.
    pub moved: usize,
}
