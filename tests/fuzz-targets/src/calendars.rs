//! Tables of working days.

use creditgate_credit::calendar::YearTable;
use creditgate_credit::identifier::without_numbers;

use crate::Target;

/// A text of any kind.
pub(crate) const CALENDAR: Target = Target {
    name: "calendar",
    run,
    seeds: || vec![TABLE.into()],
    words: &[
        "off",
        "work",
        "year",
        "status",
        "provisional",
        "..",
        "#",
        "\n",
        "2026-02-29",
        "9999-12-31",
        "-1",
    ],
    rounds: 4_000,
};

const TABLE: &str = "year 2026
status official
notice 国务院办公厅关于2026年部分节假日安排的通知
off 2026-01-01..2026-01-03  # inclusive
off 2026-04-04..2026-04-06
off 2026-06-19
work 2026-01-04
work 2026-02-14
";

/// A table that is accepted is written as it is read; a refused one names a line
/// it has, if any.
fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match YearTable::parse(&text) {
        Ok(table) => {
            let again = YearTable::parse(&table.to_string());
            assert!(again.as_ref() == Ok(&table), "a table reads back as another");
            let own = |day: &jiff::civil::Date| day.year() == table.year();
            let off = table.days_off().iter().all(|days| own(days.start()) && own(days.end()));
            assert!(off && table.working_weekend_days().iter().all(own), "a day is of another year");
        }
        Err(error) => {
            let lines = text.lines().count();
            let line = error.line.unwrap_or(1);
            assert!((1..=lines.max(1)).contains(&line), "line {line} of {lines}");
            // A digest may hold many digits in a row, and stays.
            let said = error.to_string();
            assert!(without_numbers(&said) == said, "a finding repeats a number");
        }
    }
}
