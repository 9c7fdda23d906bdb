//! A plug-in's examples: the JSON files of its `examples` folder, as one section
//! of the component. What they mean is the host's to read.

use std::fs;
use std::path::{Path, PathBuf};

use creditgate_manifest::{EXAMPLES_SECTION, MOST_EXAMPLE_BYTES, MOST_EXAMPLES};
use serde_json::{Map, Value};

use crate::build::{BuildError, failed};

/// Folder of the examples in a plug-in's crate folder.
const FOLDER: &str = "examples";

/// Examples that cannot be put into a component.
#[derive(Debug, thiserror::Error)]
pub enum ExamplesProblem {
    /// The file is no JSON.
    #[error("it is not JSON")]
    Json(#[from] serde_json::Error),
    /// The file is JSON and no object.
    #[error("it must hold one JSON object")]
    NotAnObject,
    /// There are too many.
    #[error("there are {found} examples, at most {MOST_EXAMPLES}")]
    TooMany {
        /// How many.
        found: usize,
    },
    /// They are too long.
    #[error("together the examples have {bytes} bytes, at most {MOST_EXAMPLE_BYTES} (`{EXAMPLES_SECTION}`)")]
    TooLong {
        /// Bytes of the section.
        bytes: usize,
    },
}

/// The text of the section, or none where the crate has no example. Other files
/// in the folder, such as cargo's own examples, are left alone.
pub(crate) fn read(crate_dir: &Path) -> Result<Option<String>, BuildError> {
    let folder = crate_dir.join(FOLDER);
    if !folder.is_dir() {
        return Ok(None);
    }
    let files = files(&folder)?;
    if files.is_empty() {
        return Ok(None);
    }
    let refused = |problem| BuildError::Examples { path: folder.clone(), source: problem };
    if files.len() > MOST_EXAMPLES {
        return Err(refused(ExamplesProblem::TooMany { found: files.len() }));
    }
    let examples = files.iter().map(|file| example(file)).collect::<Result<Vec<_>, _>>()?;
    let text = Value::from(examples).to_string();
    if text.len() > MOST_EXAMPLE_BYTES {
        return Err(refused(ExamplesProblem::TooLong { bytes: text.len() }));
    }
    Ok(Some(text))
}

/// By name, so that the same files always give the same bytes.
fn files(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let path = entry.map_err(failed("read", folder))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The object in a file, under the file's name.
fn example(file: &Path) -> Result<Value, BuildError> {
    let text = fs::read_to_string(file).map_err(failed("read", file))?;
    let refused = |problem| BuildError::Examples { path: file.to_owned(), source: problem };
    let value: Value = serde_json::from_str(&text).map_err(|error| refused(error.into()))?;
    let Value::Object(fields) = value else { return Err(refused(ExamplesProblem::NotAnObject)) };
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut example = Map::from_iter([("name".to_owned(), Value::String(name))]);
    example.extend(fields);
    Ok(Value::Object(example))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join(FOLDER)).expect("writable");
        for (name, text) in files {
            fs::write(folder.path().join(FOLDER).join(name), text).expect("writable");
        }
        folder
    }

    #[test]
    fn examples_are_put_together_by_name() {
        let files = [("b.json", "{\"on\": 2}"), ("a.json", "{\"on\": 1}\n"), ("cargo.rs", "fn main() {}")];
        let text = read(crate_with(&files).path()).expect("good files");
        assert_eq!(text.as_deref(), Some(r#"[{"name":"a","on":1},{"name":"b","on":2}]"#));
        assert_eq!(read(crate_with(&[]).path()).expect("no file"), None);
        assert_eq!(read(tempfile::tempdir().expect("a folder").path()).expect("no folder"), None);
    }

    #[test]
    fn a_file_that_is_no_example_is_named() {
        for (text, expected) in [("{", "it is not JSON"), ("[]", "it must hold one JSON object")] {
            let error = read(crate_with(&[("bad.json", text)]).path()).expect_err(text);
            let BuildError::Examples { path, source } = error else { panic!("{error:?}") };
            assert!(path.ends_with("examples/bad.json"), "{path:?}");
            assert_eq!(source.to_string(), expected);
        }
    }

    #[test]
    fn there_is_an_end_to_their_number_and_length() {
        let many: Vec<String> = (0..=MOST_EXAMPLES).map(|number| format!("{number}.json")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "{}")).collect();
        let long = format!("{{\"note\": \"{}\"}}", "x".repeat(MOST_EXAMPLE_BYTES));
        for (files, expected) in
            [(many, "there are 65 examples"), (vec![("a.json", &*long)], "together the examples")]
        {
            let error = read(crate_with(&files).path()).expect_err(expected);
            let BuildError::Examples { source, .. } = error else { panic!("{error:?}") };
            assert!(source.to_string().starts_with(expected), "{source}");
        }
    }
}
