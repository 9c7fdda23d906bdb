//! Days and instants as text.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::calendar::instant_text;

/// What a day must be, in an error of serde and in messages.
pub const EXPECTED_DAY: &str = "a day of the calendar, written YYYY-MM-DD";
/// What an instant must be, in an error of serde and in messages.
pub const EXPECTED_INSTANT: &str = "an instant, written like 2026-08-03T09:30:00+08:00 (RFC 3339)";

/// A day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// The day this text means; only the form `YYYY-MM-DD` is read.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let formed = bytes.len() == 10
            && bytes.iter().enumerate().all(|(index, byte)| {
                if matches!(index, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() }
            });
        if formed { text.parse().ok().map(Self) } else { None }
    }
}

impl From<Date> for Day {
    fn from(day: Date) -> Self {
        Self(day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text { expected: EXPECTED_DAY, parse: Self::parse })
    }
}

/// An instant, RFC 3339; written in milliseconds and at +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub Timestamp);

impl Instant {
    /// The instant this text means.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl From<Timestamp> for Instant {
    fn from(instant: Timestamp) -> Self {
        Self(instant)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant_text(self.0))
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text { expected: EXPECTED_INSTANT, parse: Self::parse })
    }
}

/// How days and instants are described.
#[cfg(feature = "schema")]
mod described {
    use std::borrow::Cow;

    use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};
    use utoipa::openapi::{ObjectBuilder, RefOr};
    use utoipa::{PartialSchema, ToSchema};

    use super::{Day, Instant};

    fn text(format: KnownFormat) -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format))).into()
    }

    impl PartialSchema for Day {
        fn schema() -> RefOr<Schema> {
            text(KnownFormat::Date)
        }
    }

    impl ToSchema for Day {
        fn name() -> Cow<'static, str> {
            Cow::Borrowed("Day")
        }
    }

    impl PartialSchema for Instant {
        fn schema() -> RefOr<Schema> {
            text(KnownFormat::DateTime)
        }
    }

    impl ToSchema for Instant {
        fn name() -> Cow<'static, str> {
            Cow::Borrowed("Instant")
        }
    }
}

struct Text<T> {
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_form_only() {
        for good in ["2026-08-03", "2024-02-29", "0001-01-01"] {
            assert_eq!(Day::parse(good).unwrap().0.to_string(), good);
        }
        for bad in ["2026-02-29", "2026-8-3", "2026/08/03", "20260803", "2026-08-03T00:00", "", "二〇二六"]
        {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_instant_is_written_at_plus_eight_and_read_at_any_offset() {
        let instant = Instant::parse("2026-08-03T01:30:00.5Z").unwrap();
        let text = serde_json::to_string(&instant).unwrap();
        assert_eq!(text, "\"2026-08-03T09:30:00.500+08:00\"");
        assert_eq!(serde_json::from_str::<Instant>(&text).unwrap(), instant);
        assert_eq!(Instant::parse("2026-08-03 09:30"), None);
    }
}
