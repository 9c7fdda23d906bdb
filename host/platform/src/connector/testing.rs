//! A profile for the tests of this folder.

use super::profile::Profile;

/// The profile with one change.
pub(crate) fn profile(found: &str, replaced: &str) -> Profile {
    toml::from_str(&include_str!("testing/profile.toml").replacen(found, replaced, 1)).unwrap()
}
