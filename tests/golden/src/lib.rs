//! Files that are kept of what must not move unnoticed. `UPDATE_GOLDEN=1` writes them
//! anew, for the difference to be looked at.
#![expect(clippy::panic, reason = "a test ends so")]

use std::path::Path;

/// Holds a text against the file that is kept of it, `src/golden/<name>` in the folder
/// of a crate (`env!("CARGO_MANIFEST_DIR")`).
///
/// # Panics
/// When the file says something else, or is not there.
pub fn is_as_kept(package: &str, name: &str, found: &str) {
    let kept = Path::new(package).join("src/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&kept, found).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
        return;
    }
    let text = std::fs::read_to_string(&kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
    let other = text.lines().zip(found.lines()).position(|(kept, found)| kept != found);
    let line = other.unwrap_or_else(|| text.lines().count().min(found.lines().count())) + 1;
    assert!(text == found, "{name} is another from line {line} on");
}
