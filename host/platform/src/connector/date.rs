//! Forms in which platforms write days and instants. Local times are those of
//! China, +08:00.

use creditgate_credit::calendar::LOCAL_OFFSET;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use serde::Deserialize;

/// A form of writing a day or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `2026-08-07`.
    Day,
    /// `2026-08-07 16:00:00`, local.
    Datetime,
    /// `20260807160000`, local.
    Compact,
    /// `20260807`.
    CompactDay,
    /// Milliseconds since 1970.
    EpochMs,
    /// Seconds since 1970.
    EpochS,
    /// `2026-08-07T16:00:00+08:00`.
    Instant,
}

impl DateForm {
    const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Day => Some("%Y-%m-%d"),
            Self::Datetime => Some("%Y-%m-%d %H:%M:%S"),
            Self::Compact => Some("%Y%m%d%H%M%S"),
            Self::CompactDay => Some("%Y%m%d"),
            Self::EpochMs | Self::EpochS | Self::Instant => None,
        }
    }

    /// What a text in this form says, in local time.
    pub(crate) fn read(self, text: &str) -> Option<DateTime> {
        let instant = match self {
            Self::EpochMs => Timestamp::from_millisecond(text.parse().ok()?).ok()?,
            Self::EpochS => Timestamp::from_second(text.parse().ok()?).ok()?,
            Self::Instant => text.parse().ok()?,
            // jiff reads `2026-8-7` too, which is unambiguous with its dashes and
            // not without them.
            Self::Compact if text.len() != 14 => return None,
            Self::CompactDay if text.len() != 8 => return None,
            Self::Day | Self::CompactDay => {
                return strtime::parse(self.pattern()?, text).ok()?.to_date().ok().map(Into::into);
            }
            Self::Datetime | Self::Compact => {
                // Some platforms add tenths of a second.
                let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
                return strtime::parse(self.pattern()?, whole).ok()?.to_datetime().ok();
            }
        };
        Some(LOCAL_OFFSET.to_datetime(instant))
    }

    /// A local time in this form.
    pub(crate) fn write(self, local: DateTime) -> Option<String> {
        match self.pattern() {
            Some(pattern) => strtime::format(pattern, local).ok(),
            None => {
                let instant = LOCAL_OFFSET.to_timestamp(local).ok()?;
                Some(match self {
                    Self::EpochMs => instant.as_millisecond().to_string(),
                    Self::EpochS => instant.as_second().to_string(),
                    _ => instant.display_with_offset(LOCAL_OFFSET).to_string(),
                })
            }
        }
    }
}

/// The host's own forms: a day, or an instant with its offset.
pub(crate) fn read_own(text: &str) -> Option<DateTime> {
    match text.parse::<Timestamp>() {
        Ok(instant) => Some(LOCAL_OFFSET.to_datetime(instant)),
        Err(_) => text.parse::<Date>().ok().map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_is_read_and_written() {
        let local = datetime(2026, 8, 7, 16, 5, 9, 0);
        let midnight = datetime(2026, 8, 7, 0, 0, 0, 0);
        let cases = [
            (DateForm::Day, "2026-08-07", midnight),
            (DateForm::Datetime, "2026-08-07 16:05:09", local),
            (DateForm::Compact, "20260807160509", local),
            (DateForm::CompactDay, "20260807", midnight),
            (DateForm::EpochMs, "1786089909000", local),
            (DateForm::EpochS, "1786089909", local),
            (DateForm::Instant, "2026-08-07T16:05:09+08:00", local),
        ];
        for (form, text, expected) in cases {
            assert_eq!(form.read(text), Some(expected), "{form:?}");
            assert_eq!(form.write(expected).as_deref(), Some(text), "{form:?}");
        }
        assert_eq!(DateForm::Datetime.read("2026-08-07 16:05:09.0"), Some(local));
        assert_eq!(read_own("2026-08-07T08:05:09Z"), Some(local));
        assert_eq!(read_own("2026-08-07"), Some(midnight));
    }

    #[test]
    fn what_is_no_date_in_the_form_is_none() {
        let cases = [
            (DateForm::Day, "2026-02-30"),
            (DateForm::Day, "2026/08/07"),
            (DateForm::Datetime, "2026-08-07"),
            (DateForm::Datetime, "2026-08-07 25:00:00"),
            (DateForm::Compact, "2026080716050"),
            (DateForm::CompactDay, "2026087"),
            (DateForm::EpochMs, "99999999999999999999"),
            (DateForm::Instant, "2026-08-07T16:05:09"),
        ];
        for (form, text) in cases {
            assert_eq!(form.read(text), None, "{form:?} {text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_form_panic(text in "\\PC{0,24}", form in 0..7usize) {
            let forms = [DateForm::Day, DateForm::Datetime, DateForm::Compact, DateForm::CompactDay,
                         DateForm::EpochMs, DateForm::EpochS, DateForm::Instant];
            if let Some(read) = forms[form].read(&text) {
                let _ = forms[form].write(read);
            }
            let _ = read_own(&text);
        }
    }
}
