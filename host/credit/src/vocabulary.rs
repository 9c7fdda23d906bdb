//! One macro: closed vocabularies with stable machine names.
//!
//! The names are the same in WIT (with hyphens), JSON, SQL and on the command
//! line, so they are written once: with a vocabulary come its reading, its writing
//! and, with the feature `schema`, its description.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};

/// What the macro's users need not depend on themselves.
#[doc(hidden)]
pub mod support {
    pub use serde;
    #[cfg(feature = "schema")]
    pub use utoipa;
}

/// How what is expected of a text begins, where that is one of a vocabulary.
pub const ONE_OF: &str = "one of ";

/// A closed vocabulary.
pub trait Vocabulary: Copy + 'static {
    /// Every value, in the order of the declaration.
    const VALUES: &'static [Self];

    /// The machine name.
    fn name(self) -> &'static str;

    /// Every machine name, for a message: `a, b, c`.
    #[must_use]
    fn known() -> String {
        Self::VALUES.iter().map(|value| value.name()).collect::<Vec<_>>().join(", ")
    }

    /// Reads a value by its machine name.
    ///
    /// # Errors
    /// That the text is none, with what would be.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Name(PhantomData))
    }
}

struct Name<T>(PhantomData<T>);

impl<T: Vocabulary> Visitor<'_> for Name<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{ONE_OF}{}", T::known())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let found = T::VALUES.iter().copied().find(|value| value.name() == text);
        found.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Declares an enum whose variants have stable machine names, with `code`,
/// `from_code` and `ALL`.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($(#[$case_meta:meta])* $case:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $visibility enum $name { $($(#[$case_meta])* $case,)+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The machine name, stable across versions.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$case => $code,)+ }
            }

            /// The value with this machine name, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$case),)+ _ => None }
            }
        }

        $crate::on_the_wire!($name);
    };
}

/// Gives a vocabulary that has `ALL` and `code` its form on the wire: a string, and in
/// a description an enumeration.
#[macro_export]
macro_rules! on_the_wire {
    ($name:ident) => {
        impl $crate::vocabulary::Vocabulary for $name {
            const VALUES: &'static [Self] = Self::ALL;

            fn name(self) -> &'static str {
                self.code()
            }
        }

        impl $crate::vocabulary::support::serde::Serialize for $name {
            fn serialize<S: $crate::vocabulary::support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> $crate::vocabulary::support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::vocabulary::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <Self as $crate::vocabulary::Vocabulary>::read(deserializer)
            }
        }

        $crate::described!($name);
    };
}

/// The description of a vocabulary, where descriptions are made.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! described {
    ($name:ident) => {
        impl $crate::vocabulary::support::utoipa::PartialSchema for $name {
            fn schema() -> $crate::vocabulary::support::utoipa::openapi::RefOr<
                $crate::vocabulary::support::utoipa::openapi::schema::Schema,
            > {
                $crate::vocabulary::support::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::vocabulary::support::utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|value| value.code())))
                    .into()
            }
        }

        impl $crate::vocabulary::support::utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

/// No descriptions are made.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! described {
    ($name:ident) => {};
}

#[cfg(test)]
mod tests {
    use crate::verdict::Outcome;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn every_machine_name_is_read_back() {
        for outcome in Outcome::ALL {
            let text = serde_json::to_string(outcome).unwrap();
            assert_eq!(text, format!("\"{}\"", outcome.code()));
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), *outcome);
        }
        let error = serde_json::from_str::<Outcome>("\"fine\"").unwrap_err().to_string();
        assert!(error.contains(&Outcome::known()), "{error}");
        assert!(serde_json::from_str::<Outcome>("1").is_err());
    }
}
