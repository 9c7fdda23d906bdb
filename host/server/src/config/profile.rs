//! Reading a profile, and saying what is wrong with it: file, place or key, and
//! what would be right.

use std::path::Path;

use creditgate_platform::connector::Profile;

use super::ConfigError;
use super::read::{explain, from_toml, place};

/// Reads the profile in a file.
///
/// # Errors
/// [`ConfigError`]: the place in the file, or every key that cannot work.
pub fn load_profile(file: &Path) -> Result<Profile, ConfigError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| ConfigError::ReadProfile { file: file.to_owned(), source })?;
    let profile: Profile = from_toml(&text).map_err(|error| {
        let (line, column) = place(&text, error.span().map_or(0, |span| span.start));
        ConfigError::Invalid { file: file.to_owned(), line, column, problem: explain(error.message()) }
    })?;
    match profile.check() {
        Ok(()) => Ok(profile),
        Err(faults) => {
            let problems = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Err(ConfigError::Profile { file: file.to_owned(), problems })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_values_is_no_part_of_a_profile() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profile.toml");
        for text in ["envelope = [\"code\", [0]]", "feedback = [{ path = \"/feedback\" }]"] {
            std::fs::write(&file, text).unwrap();
            let refused = load_profile(&file).unwrap_err();
            assert!(matches!(refused, ConfigError::Invalid { line: 1, .. }), "{text}: {refused}");
        }
    }
}
