//! Strict reading of TOML tables with positions: every key is asked for, what
//! nobody asked for is an unknown key, and every problem names its line.
//!
//! Knows nothing of what a manifest means; see `manifest` and `settings`.

use std::collections::BTreeMap;
use std::fmt;

use crate::text::{excerpt, one_line};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Everything that is wrong with one manifest, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// Name of the file (or section) the text came from, as given by the caller.
    pub file: String,
    /// Never empty.
    pub problems: Vec<ManifestProblem>,
}

impl std::error::Error for ManifestError {}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{}:{}: ", self.file, problem.line)?;
            if !problem.key.is_empty() {
                write!(formatter, "`{}`: ", excerpt(&problem.key))?;
            }
            write!(formatter, "{}", problem.fault)?;
        }
        Ok(())
    }
}

/// One thing wrong with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestProblem {
    /// Line of the text, counted from 1.
    pub line: usize,
    /// Dotted key, such as `settings.deferral_working_days.minimum`; empty
    /// where the text is not TOML at all.
    pub key: String,
    /// What is wrong with it.
    pub fault: ManifestFault,
}

/// What can be wrong with a key of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestFault {
    /// The text is not TOML.
    #[error("not valid TOML: {}", one_line(.0))]
    Syntax(String),
    /// No such key exists here.
    #[error("unknown key{}", suggestion(nearest.as_deref()))]
    UnknownKey {
        /// The known key that is spelled most alike, if any is close.
        nearest: Option<String>,
    },
    /// The whole text is too large to be read.
    #[error("has {bytes} bytes, at most {most}")]
    TooLarge {
        /// Bytes it has.
        bytes: usize,
        /// Most it may have.
        most: usize,
    },
    /// A key that every manifest needs is not there.
    #[error("is missing")]
    Missing,
    /// The value has another TOML type.
    #[error("must be {expected}, but is {found}")]
    WrongType {
        /// What the key takes.
        expected: &'static str,
        /// The TOML type found.
        found: &'static str,
    },
    /// The value has the right type and still makes no sense.
    #[error("`{}` is not accepted: {expected}", excerpt(value))]
    Invalid {
        /// The value as written.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
}

/// `; did you mean ...?`, or nothing where no known name is close.
pub(crate) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// The known name that is spelled most alike, if it is close enough to help.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate.to_owned())
}

/// The problems found so far, and the text their lines are counted in.
pub(crate) struct Findings<'t> {
    text: &'t str,
    problems: Vec<ManifestProblem>,
}

impl<'t> Findings<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, problems: Vec::new() }
    }

    /// Notes a problem at a byte offset of the text.
    pub(crate) fn add(&mut self, offset: usize, key: impl Into<String>, fault: ManifestFault) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        self.problems.push(ManifestProblem { line, key: key.into(), fault });
    }

    pub(crate) fn add_syntax(&mut self, error: &toml::de::Error) {
        let offset = error.span().map_or(0, |span| span.start);
        self.add(offset, "", ManifestFault::Syntax(error.message().to_owned()));
    }

    /// The value if nothing was found, otherwise every problem by line.
    pub(crate) fn settle<T>(mut self, file: &str, value: Option<T>) -> Result<T, ManifestError> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => {
                self.problems.sort_by_key(|problem| problem.line);
                Err(ManifestError { file: file.to_owned(), problems: self.problems })
            }
        }
    }
}

/// A value read from a table, with where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) offset: usize,
    /// Dotted key.
    pub(crate) key: String,
}

impl<T> Found<T> {
    /// Notes that this value makes no sense here.
    pub(crate) fn refuse(
        &self,
        findings: &mut Findings<'_>,
        value: impl Into<String>,
        expected: &'static str,
    ) {
        let fault = ManifestFault::Invalid { value: value.into(), expected };
        findings.add(self.offset, self.key.clone(), fault);
    }
}

/// One table being read: keys are taken out by name, `finish` reports the rest.
pub(crate) struct TableReader<'d> {
    path: String,
    offset: usize,
    entries: BTreeMap<&'d str, (usize, &'d Spanned<DeValue<'d>>)>,
    asked: Vec<&'static str>,
}

impl<'d> TableReader<'d> {
    /// `path` is the table's dotted key, empty for the whole document.
    pub(crate) fn new(path: &str, offset: usize, table: &'d DeTable<'d>) -> Self {
        let entries =
            table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span().start, value))).collect();
        Self { path: path.to_owned(), offset, entries, asked: Vec::new() }
    }

    fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take<T>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        findings: &mut Findings<'_>,
        convert: impl FnOnce(&'d DeValue<'d>) -> Option<T>,
    ) -> Option<Found<T>> {
        self.asked.push(key);
        let (_, spanned) = self.entries.remove(key)?;
        let offset = spanned.span().start;
        let value = spanned.get_ref();
        match convert(value) {
            Some(value) => Some(Found { value, offset, key: self.dotted(key) }),
            None => {
                let fault = ManifestFault::WrongType { expected, found: value.type_str() };
                findings.add(offset, self.dotted(key), fault);
                None
            }
        }
    }

    /// Notes a missing key, unless the key was there with a wrong value.
    pub(crate) fn require<T>(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
        read: impl FnOnce(&mut Self, &'static str, &mut Findings<'_>) -> Option<T>,
    ) -> Option<T> {
        let present = self.entries.contains_key(key);
        let value = read(self, key, findings);
        if !present {
            findings.add(self.offset, self.dotted(key), ManifestFault::Missing);
        }
        value
    }

    pub(crate) fn string(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<Found<String>> {
        self.take(key, "a string", findings, |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn boolean(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<Found<bool>> {
        self.take(key, "true or false", findings, DeValue::as_bool)
    }

    pub(crate) fn integer(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<Found<i64>> {
        self.take(key, "a 64-bit integer", findings, |value| {
            let integer = value.as_integer()?;
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        })
    }

    pub(crate) fn strings(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<Found<Vec<String>>> {
        self.take(key, "a list of strings", findings, |value| {
            value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        })
    }

    /// The tables below `key`, by name, each with its own reader.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Vec<(&'d str, TableReader<'d>)> {
        let path = self.dotted(key);
        let Some(found) = self.take(key, "a table", findings, DeValue::as_table) else {
            return Vec::new();
        };
        let mut readers = Vec::new();
        for (name, value) in found.value {
            let name = name.get_ref().as_ref();
            let path = format!("{path}.{name}");
            let offset = value.span().start;
            match value.get_ref().as_table() {
                Some(table) => readers.push((name, TableReader::new(&path, offset, table))),
                None => {
                    let found = value.get_ref().type_str();
                    findings.add(offset, path, ManifestFault::WrongType { expected: "a table", found });
                }
            }
        }
        readers
    }

    /// The table itself as something that can be refused.
    pub(crate) fn here(&self) -> Found<()> {
        Found { value: (), offset: self.offset, key: self.path.clone() }
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self, findings: &mut Findings<'_>) {
        for (key, (offset, _)) in &self.entries {
            let nearest = nearest(key, self.asked.iter().copied());
            findings.add(*offset, self.dotted(key), ManifestFault::UnknownKey { nearest });
        }
    }
}
