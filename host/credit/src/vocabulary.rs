//! One macro: closed vocabularies with stable machine names.
//!
//! The names are the same in WIT (with hyphens), JSON, SQL and on the command
//! line, so they are written once, here.

/// Declares an enum whose variants have stable machine names, with `code`,
/// `from_code` and `ALL`.
macro_rules! vocabulary {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$case_meta:meta])* $case:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$case_meta])* $case,)+ }

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
    };
}
pub(crate) use vocabulary;
