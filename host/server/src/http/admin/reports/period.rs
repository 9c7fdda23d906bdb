//! Which days a report is about.

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::DutyKind;
use creditgate_credit::vocabulary;
use creditgate_wire::time::Day;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

vocabulary! {
    /// The kinds of reports.
    pub(super) enum Kind {
        Monthly = "monthly",
        HalfYear = "half-year",
        Exits = "exits",
        Cases = "cases",
        Publicity = "publicity",
        KeyItems = "key-items",
    }
}

/// Days as the query gives them.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) month: Option<String>,
    pub(super) since: Option<Day>,
    pub(super) until: Option<String>,
}

impl Kind {
    /// The duty that ends when such a report is made.
    pub(super) const fn duty(self) -> Option<DutyKind> {
        match self {
            Self::Monthly => Some(DutyKind::MonthlyReport),
            Self::HalfYear => Some(DutyKind::HalfYearlyReport),
            Self::Cases => Some(DutyKind::TypicalCases),
            Self::Exits | Self::Publicity | Self::KeyItems => None,
        }
    }

    /// First and last day.
    ///
    /// # Errors
    /// What the query has to say.
    pub(super) fn days(self, asked: &Asked, now: Timestamp) -> Result<(Date, Date), &'static str> {
        let Asked { month, since, until } = asked;
        match (self, month, since, until) {
            (Self::HalfYear, None, None, Some(until)) => {
                half_year(until).ok_or("ends with June or December: until=2026-06")
            }
            (Self::HalfYear, ..) => Err("ends with June or December: until=2026-06"),
            (_, Some(text), None, None) => month_of(text).ok_or("takes a month written like 2026-11"),
            (Self::Monthly, ..) => Err("takes a month: month=2026-11"),
            (_, None, Some(Day(since)), until) => {
                let until = match until {
                    Some(text) => Day::parse(text).ok_or("takes days written like 2026-11-01")?.0,
                    None => local_date(now),
                };
                if *since <= until { Ok((*since, until)) } else { Err("does not end before it begins") }
            }
            _ => Err("takes a month (month=2026-11) or days (since=2026-11-01, until=2026-11-30)"),
        }
    }
}

/// First and last day of a month, written `2026-11`.
fn month_of(text: &str) -> Option<(Date, Date)> {
    let first = Day::parse(&format!("{text}-01"))?.0;
    Some((first, first.last_of_month()))
}

/// First and last day of the half-year that ends with this month.
fn half_year(text: &str) -> Option<(Date, Date)> {
    let (first, last) = month_of(text)?;
    matches!(first.month(), 6 | 12).then(|| (first.saturating_sub(5.months()), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r108_r109_a_month_and_a_half_year_have_their_days() {
        let now: Timestamp = "2026-11-23T18:00:00Z".parse().unwrap();
        let asked = |month: &str, since: &str, until: &str| Asked {
            month: (!month.is_empty()).then(|| month.to_owned()),
            since: Day::parse(since),
            until: (!until.is_empty()).then(|| until.to_owned()),
        };
        let cases = [
            (Kind::Monthly, asked("2026-02", "", ""), Some("2026-02-01/2026-02-28")),
            (Kind::Monthly, asked("2026-13", "", ""), None),
            (Kind::Monthly, asked("", "2026-01-01", ""), None),
            (Kind::HalfYear, asked("", "", "2026-06"), Some("2026-01-01/2026-06-30")),
            (Kind::HalfYear, asked("", "", "2026-12"), Some("2026-07-01/2026-12-31")),
            (Kind::HalfYear, asked("", "", "2026-05"), None),
            (Kind::HalfYear, asked("2026-06", "", ""), None),
            (Kind::Exits, asked("", "2026-11-01", ""), Some("2026-11-01/2026-11-24")),
            (Kind::Exits, asked("", "2026-11-02", "2026-11-01"), None),
            (Kind::Cases, asked("2026-11", "", ""), Some("2026-11-01/2026-11-30")),
            (Kind::Cases, asked("", "", ""), None),
        ];
        for (kind, asked, expected) in cases {
            let days = kind.days(&asked, now).map(|(since, until)| format!("{since}/{until}"));
            assert_eq!(days.ok().as_deref(), expected, "{kind:?} {asked:?}");
        }
    }
}
