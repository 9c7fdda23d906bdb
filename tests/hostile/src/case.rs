//! The cases: read from `cases/*.toml`, one file for each kind of harm.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// A plug-in that means harm, and what has to come of it.
///
/// The plug-in is one of `body`, `component`, `wants`, `made` and `guest`; its end
/// one of `refused`, `reason` and `harmless`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name: that of the plug-in and of the item it serves.
    pub name: String,
    /// What it tries, in one sentence.
    pub tries: String,
    /// What stops it, in a few words.
    pub stopped_by: String,
    /// The plug-in, as the body of its hook in a core module with the usual fields.
    pub body: Option<String>,
    /// Further fields of that module.
    #[serde(default)]
    pub more: String,
    /// Further imports of that module.
    #[serde(default)]
    pub imports: String,
    /// The allocator of that module, in place of the usual one.
    pub allocator: Option<String>,
    /// What its world has beside the contract.
    #[serde(default)]
    pub world: String,
    /// WIT packages beside the contract.
    #[serde(default)]
    pub packages: String,
    /// A whole component in text.
    pub component: Option<String>,
    /// Interfaces it wants; each is a component of its own.
    #[serde(default)]
    pub wants: Vec<String>,
    /// Made by the function of this name in `bombs.rs`.
    pub made: Option<String>,
    /// A behaviour of the guest in `tests/guests`.
    pub guest: Option<String>,
    /// How much of it, for behaviours that come in sizes.
    #[serde(default)]
    pub size: u32,
    /// Problem code, when it is refused as it is pushed.
    pub refused: Option<String>,
    /// HTTP status of that problem; 422 where none is given.
    pub http: Option<u16>,
    /// Code of the first reason, when its check comes to nothing.
    pub reason: Option<String>,
    /// Explanation of the verdict, when what it tries harms nobody.
    pub harmless: Option<String>,
    /// Status of the check, where it does not follow: `could_not_check` with a
    /// reason, `clear` when harmless.
    pub status: Option<String>,
    /// What the text for the officer or the vendor has to say.
    #[serde(default)]
    pub named: String,
    /// Limits that differ from the defaults.
    #[serde(default)]
    pub limits: Map<String, Value>,
    /// The checkpoint it is asked at; `review` where none is given.
    pub checkpoint: Option<String>,
    /// The applicant is a company on a black list.
    #[serde(default)]
    pub banned: bool,
    /// Takes seconds; left out where every case is run again and again.
    #[serde(default)]
    pub slow: bool,
}

/// What has to come of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Its push is answered by a problem.
    Refused {
        /// HTTP status.
        http: u16,
        /// Problem code.
        code: String,
    },
    /// It is called, and its verdict does not stand.
    Stopped {
        /// Status of the check.
        status: String,
        /// Code of the first reason.
        reason: String,
    },
    /// It is called, and nothing comes of what it tries.
    Harmless {
        /// Status of the check.
        status: String,
        /// The explanation, word for word.
        explanation: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// Where the cases are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Every case, in the order of files and lines.
///
/// # Panics
/// When a file is not as described here.
#[must_use]
pub fn cases() -> Vec<Case> {
    let files = std::fs::read_dir(folder()).expect("the folder of cases");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).expect("a file of cases");
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        file.case
    };
    files.iter().flat_map(read).collect()
}

impl Case {
    /// What has to come of it.
    ///
    /// # Panics
    /// When the case says nothing, or more than one thing, about it.
    #[must_use]
    pub fn end(&self) -> End {
        let status = |usual: &str| self.status.clone().unwrap_or_else(|| usual.to_owned());
        match (&self.refused, &self.reason, &self.harmless) {
            (Some(code), None, None) => End::Refused { http: self.http.unwrap_or(422), code: code.clone() },
            (None, Some(reason), None) => {
                End::Stopped { status: status("could_not_check"), reason: reason.clone() }
            }
            (None, None, Some(text)) => End::Harmless { status: status("clear"), explanation: text.clone() },
            _ => panic!("{}: says one of `refused`, `reason` and `harmless`", self.name),
        }
    }

    /// The checkpoint it is asked at.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        self.checkpoint.as_deref().unwrap_or("review")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The case as a row of the table in `docs/hostile.md`.
    fn row(case: &Case) -> String {
        let end = match case.end() {
            End::Refused { code, .. } => format!("refused: `{code}`"),
            End::Stopped { reason, .. } => format!("`{reason}`"),
            End::Harmless { .. } => "harmless".to_owned(),
        };
        format!("| `{}` | {} | {} | {end} |\n", case.name, case.tries, case.stopped_by)
    }

    #[test]
    fn the_document_has_every_case() {
        const HEAD: &str = "| case | what it tries | what stops it | how it ends |\n|---|---|---|---|\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hostile.md");
        let text = std::fs::read_to_string(&file).expect("the document");
        let (before, table) = text.split_once(HEAD).expect("the table of cases");
        let right: String = cases().iter().map(row).collect();
        if std::env::var_os("UPDATE_HOSTILE").is_some() {
            std::fs::write(&file, format!("{before}{HEAD}{right}")).expect("the document is written");
            return;
        }
        assert_eq!(table, right, "this test writes the table with UPDATE_HOSTILE=1 set");
    }

    #[test]
    fn every_case_has_a_name_of_its_own_and_one_end() {
        let cases = cases();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len());
        for case in &cases {
            let _ = case.end();
        }
    }
}
