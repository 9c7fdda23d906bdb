//! How values stand in columns: instants, days, vocabularies, attributes.

use creditgate_credit::application::Attributes;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;

use crate::error::StoreError;

/// Nanoseconds since 1970; instants before the year 1677 and after 2262
/// become the nearest there is.
pub(crate) fn instant_to_sql(instant: Timestamp) -> i64 {
    let nearest = if instant < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX };
    i64::try_from(instant.as_nanosecond()).unwrap_or(nearest)
}

pub(crate) fn instant_from_sql(nanoseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .map_err(|_| StoreError::Damaged { what: "an instant" })
}

/// The instant in column `index`.
pub(crate) fn instant(row: &Row<'_>, index: usize) -> Result<Timestamp, StoreError> {
    instant_from_sql(row.get(index)?)
}

/// The instant in column `index`, which may be empty.
pub(crate) fn optional_instant(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>, StoreError> {
    row.get::<_, Option<i64>>(index)?.map(instant_from_sql).transpose()
}

/// The day in column `index`.
pub(crate) fn day(row: &Row<'_>, index: usize) -> Result<Date, StoreError> {
    optional_day(row, index)?.ok_or(StoreError::Damaged { what: "a day" })
}

/// The day in column `index`, which may be empty.
pub(crate) fn optional_day(row: &Row<'_>, index: usize) -> Result<Option<Date>, StoreError> {
    let Some(text) =
        row.get_ref(index)?.as_str_or_null().map_err(|_| StoreError::Damaged { what: "a day" })?
    else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| StoreError::Damaged { what: "a day" })
}

/// The vocabulary value in column `index`; `what` names it for the error.
pub(crate) fn coded<T>(
    row: &Row<'_>,
    index: usize,
    from_code: impl FnOnce(&str) -> Option<T>,
    what: &'static str,
) -> Result<T, StoreError> {
    let code = row.get_ref(index)?.as_str().map_err(|_| StoreError::Damaged { what })?;
    from_code(code).ok_or(StoreError::Damaged { what })
}

/// The 32 bytes of a SHA-256 in column `index`, which may be empty.
pub(crate) fn optional_sha256(row: &Row<'_>, index: usize) -> Result<Option<[u8; 32]>, StoreError> {
    if row.get_ref(index)? == rusqlite::types::ValueRef::Null {
        Ok(None)
    } else {
        sha256(row, index).map(Some)
    }
}

/// The 32 bytes of a SHA-256 in column `index`.
pub(crate) fn sha256(row: &Row<'_>, index: usize) -> Result<[u8; 32], StoreError> {
    let bytes = row.get_ref(index)?.as_blob().map_err(|_| StoreError::Damaged { what: "a hash" })?;
    bytes.try_into().map_err(|_| StoreError::Damaged { what: "a hash" })
}

/// A day as `YYYY-MM-DD`. By hand: an import of millions of entries writes three
/// days for each.
pub(crate) fn day_to_sql(day: Date) -> String {
    let year = day.year();
    if !(0..=9999).contains(&year) {
        return day.to_string();
    }
    let digit = |number: i16| char::from(b'0' + u8::try_from(number % 10).unwrap_or_default());
    let (month, day) = (i16::from(day.month()), i16::from(day.day()));
    let mut text = String::with_capacity(10);
    text.extend([digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), '-']);
    text.extend([digit(month / 10), digit(month), '-', digit(day / 10), digit(day)]);
    text
}

/// Pairs of texts as a JSON array of arrays, which keeps their order.
pub(crate) fn pairs_to_sql(pairs: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    if pairs.is_empty() {
        return "[]".to_owned();
    }
    let pairs: Vec<[&str; 2]> = pairs.iter().map(|(key, value)| [key.as_ref(), value.as_ref()]).collect();
    // Texts always have a JSON form.
    serde_json::to_string(&pairs).unwrap_or_default()
}

/// The pairs of texts in column `index`.
pub(crate) fn pairs(row: &Row<'_>, index: usize) -> Result<Attributes, StoreError> {
    let damaged = || StoreError::Damaged { what: "attributes" };
    let text = row.get_ref(index)?.as_str().map_err(|_| damaged())?;
    if text == "[]" {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_written_as_the_calendar_writes_it() {
        for day in [date(2026, 11, 23), date(1, 2, 3), date(9999, 12, 31), date(-44, 3, 15), date(0, 1, 1)] {
            assert_eq!(day_to_sql(day), day.to_string());
        }
    }
}
