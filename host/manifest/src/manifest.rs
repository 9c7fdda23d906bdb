//! The manifest itself: its fields, their grammar, and how it is read.

use std::fmt;

use semver::Version;
use serde::{Serialize, Serializer};
use toml::de::DeTable;

use crate::MOST_MANIFEST_BYTES;
use crate::reader::{Findings, Found, ManifestError, ManifestFault, TableReader};
use crate::settings::SettingsSchema;
use crate::text::is_hidden;

/// Longest accepted name of a plug-in, department or custom checkpoint, in bytes.
const NAME_LENGTH_LIMIT: usize = 64;

const NAME_EXPECTED: &str = "1 to 64 lower-case letters, digits and single hyphens, a letter first";
/// Longest accepted version, in bytes: it stands in every record and receipt.
const VERSION_LENGTH_LIMIT: usize = 64;
/// Longest accepted description, in characters.
const DESCRIPTION_LENGTH_LIMIT: usize = 1000;
/// Most checkpoints a plug-in may serve: a push tries them all.
const MOST_HOOKS: usize = 64;

const VERSION_EXPECTED: &str = "a semantic version such as `1.0.0`, of at most 64 characters";
const WIT_EXPECTED: &str = "a WIT package with its version, such as `creditgate:plugin@1.0.0`";
const HOOK_EXPECTED: &str =
    "`intake`, `review`, `issuance`, `supervision` or `custom:` with a checkpoint's name, each once";
const HOOKS_EXPECTED: &str = "a plug-in serves one to 64 checkpoints";
const DESCRIPTION_EXPECTED: &str =
    "1 to 1000 characters, none of which is a control character or hides or turns round others";

/// What a plug-in says of itself. Obtained by [`Manifest::parse`] only, so
/// every field keeps to its grammar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Kebab-case, at most 64 bytes.
    pub name: String,
    /// Semantic version of the plug-in, at most 64 bytes.
    pub version: String,
    /// Identifier of the department whose rules it carries, kebab-case.
    pub department: String,
    /// WIT package the plug-in was written against, with its version.
    pub wit: String,
    /// Checkpoints it serves; one to 64, none twice.
    pub hooks: Vec<Hook>,
    /// One or two sentences for the person who installs it, at most 1000
    /// characters.
    pub description: String,
    /// Settings a binding may give it.
    #[serde(skip_serializing_if = "SettingsSchema::is_empty")]
    pub settings: SettingsSchema,
}

/// A checkpoint of an approval procedure that a plug-in can serve (R11).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hook {
    /// The application is received.
    Intake,
    /// The application is examined.
    Review,
    /// The decision is issued.
    Issuance,
    /// Supervision after the licence.
    Supervision,
    /// A checkpoint outside licensing, by its kebab-case name, such as
    /// `bid-qualification`.
    Custom(String),
}

impl Hook {
    /// Reads `intake`, `review`, `issuance`, `supervision` or `custom:<name>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix("custom:") {
            return is_name(name).then(|| Self::Custom(name.to_owned()));
        }
        let known = [Self::Intake, Self::Review, Self::Issuance, Self::Supervision];
        known.into_iter().find(|hook| hook.checkpoint() == text)
    }

    /// The checkpoint it serves, as requests and bindings name it.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        match self {
            Self::Intake => "intake",
            Self::Review => "review",
            Self::Issuance => "issuance",
            Self::Supervision => "supervision",
            Self::Custom(name) => name,
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Custom(name) => write!(formatter, "custom:{name}"),
            known => formatter.write_str(known.checkpoint()),
        }
    }
}

impl Serialize for Hook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Manifest {
    /// Reads a manifest's TOML text; `file` is what errors call it.
    ///
    /// # Errors
    ///
    /// Every problem of the text, each with its line and key: too large, not TOML, an
    /// unknown key, a missing key, a wrong type, a value outside its grammar,
    /// or a setting whose default breaks its own bounds.
    pub fn parse(file: &str, text: &str) -> Result<Self, ManifestError> {
        let mut findings = Findings::new(text);
        if text.len() > MOST_MANIFEST_BYTES {
            let fault = ManifestFault::TooLarge { bytes: text.len(), most: MOST_MANIFEST_BYTES };
            findings.add(0, "", fault);
            return findings.settle(file, None);
        }
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                findings.add_syntax(&error);
                return findings.settle(file, None);
            }
        };
        let mut reader = TableReader::new("", 0, document.get_ref());
        let manifest = Self::read(&mut reader, &mut findings);
        reader.finish(&mut findings);
        findings.settle(file, manifest)
    }

    fn read(reader: &mut TableReader<'_>, findings: &mut Findings<'_>) -> Option<Self> {
        // Every field is read before the first `?`, so that one bad field
        // does not hide the others.
        let name = matching(reader, findings, "name", is_name, NAME_EXPECTED);
        let version = matching(reader, findings, "version", is_semantic_version, VERSION_EXPECTED);
        let department = matching(reader, findings, "department", is_name, NAME_EXPECTED);
        let wit = matching(reader, findings, "wit", is_wit_package, WIT_EXPECTED);
        let hooks = reader.require("hooks", findings, TableReader::strings);
        let hooks = hooks.map(|found| read_hooks(&found, findings));
        let description = matching(reader, findings, "description", is_description, DESCRIPTION_EXPECTED);
        let settings = SettingsSchema::read(reader.tables("settings", findings), findings);
        Some(Self {
            name: name?,
            version: version?,
            department: department?,
            wit: wit?,
            hooks: hooks?,
            description: description?,
            settings,
        })
    }
}

/// A required string that keeps to a grammar.
fn matching(
    reader: &mut TableReader<'_>,
    findings: &mut Findings<'_>,
    key: &'static str,
    grammar: fn(&str) -> bool,
    expected: &'static str,
) -> Option<String> {
    let found = reader.require(key, findings, TableReader::string)?;
    if !grammar(&found.value) {
        found.refuse(findings, found.value.clone(), expected);
    }
    Some(found.value)
}

fn read_hooks(found: &Found<Vec<String>>, findings: &mut Findings<'_>) -> Vec<Hook> {
    let mut hooks = Vec::new();
    if found.value.len() > MOST_HOOKS {
        found.refuse(findings, format!("[{} checkpoints]", found.value.len()), HOOKS_EXPECTED);
        return hooks;
    }
    for text in &found.value {
        match Hook::parse(text) {
            Some(hook) if !hooks.contains(&hook) => hooks.push(hook),
            _ => found.refuse(findings, text.as_str(), HOOK_EXPECTED),
        }
    }
    if found.value.is_empty() {
        found.refuse(findings, "[]", HOOKS_EXPECTED);
    }
    hooks
}

/// Kebab-case within [`NAME_LENGTH_LIMIT`]; it ends up in file names.
fn is_name(text: &str) -> bool {
    text.len() <= NAME_LENGTH_LIMIT
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// A text that says something, at reasonable length, and is what it looks like.
fn is_description(text: &str) -> bool {
    let hidden = |character: char| is_hidden(character) && character != '\n';
    !text.trim().is_empty() && text.chars().count() <= DESCRIPTION_LENGTH_LIMIT && !text.contains(hidden)
}

/// Semantic Versioning 2.0.0, within [`VERSION_LENGTH_LIMIT`].
fn is_semantic_version(text: &str) -> bool {
    text.len() <= VERSION_LENGTH_LIMIT && Version::parse(text).is_ok()
}

/// `namespace:package@version`.
fn is_wit_package(text: &str) -> bool {
    let Some((package, version)) = text.split_once('@') else { return false };
    let Some((namespace, name)) = package.split_once(':') else { return false };
    is_name(namespace) && is_name(name) && is_semantic_version(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SettingKind;

    const GOOD: &str = r#"name = "market-registration"
version = "1.0.0"
department = "market-regulation"
wit = "creditgate:plugin@1.0.0"
hooks = ["intake", "custom:bid-qualification"]
description = "Registration of companies."

[settings.deferral_working_days]
type = "integer"
default = 20
minimum = 1
maximum = 60
description = "Working days a deferred material may take."
"#;

    #[test]
    fn a_manifest_is_no_larger_and_no_longer_than_people_read() {
        let replaced = |old: &str, new: &str| GOOD.replacen(old, new, 1);
        let hooks: String = (0..64).map(|number| format!(", \"custom:c{number}\"")).collect();
        let cases = [
            (replaced("1.0.0", &format!("1.0.0-{}", "x".repeat(64))), "at most 64 characters"),
            (replaced("Registration of companies.", &"x".repeat(1001)), "1 to 1000 characters"),
            (replaced("Registration", "a\u{202e}b"), r"a\u{202e}b"),
            (replaced("Registration of companies.", " "), "1 to 1000 characters"),
            (replaced("\"intake\"", &format!("\"intake\"{hooks}")), "one to 64 checkpoints"),
            (format!("{GOOD}#{}", "x".repeat(64 << 10)), "at most 65536"),
        ];
        for (text, expected) in cases {
            let found = faults(&text);
            assert!(found.contains(expected), "`{expected}` is not in `{found}`");
        }
    }

    fn faults(text: &str) -> String {
        Manifest::parse("plugin.toml", text).expect_err("the manifest must be refused").to_string()
    }

    #[test]
    fn a_complete_manifest_is_read() {
        let manifest = Manifest::parse("plugin.toml", GOOD).expect("the example is valid");
        assert_eq!(manifest.name, "market-registration");
        assert_eq!(manifest.hooks, [Hook::Intake, Hook::Custom("bid-qualification".to_owned())]);
        let (name, setting) = manifest.settings.iter().next().expect("one setting");
        assert_eq!(name, "deferral_working_days");
        assert_eq!(
            setting.kind,
            SettingKind::Integer { default: Some(20), minimum: Some(1), maximum: Some(60) }
        );
    }

    #[test]
    fn a_serialized_manifest_reads_back_the_same() {
        let manifest = Manifest::parse("plugin.toml", GOOD).expect("the example is valid");
        let text = toml::to_string(&manifest).expect("a manifest is representable in TOML");
        assert_eq!(Manifest::parse("again", &text).expect("reads back"), manifest);
    }

    #[test]
    fn each_bad_line_is_named_with_its_key() {
        let cases = [
            (
                "name = \"market-registration\"",
                "name = \"Market\"",
                "plugin.toml:1: `name`: `Market` is not accepted",
            ),
            ("version = \"1.0.0\"", "version = \"1.0\"", "plugin.toml:2: `version`: `1.0` is not accepted"),
            (
                "version = \"1.0.0\"",
                "version = 1.0",
                "plugin.toml:2: `version`: must be a string, but is float",
            ),
            (
                "department =",
                "departement =",
                "plugin.toml:3: `departement`: unknown key; did you mean `department`?",
            ),
            ("plugin@1.0.0", "plugin", "plugin.toml:4: `wit`: `creditgate:plugin` is not accepted"),
            ("\"intake\",", "\"intke\",", "plugin.toml:5: `hooks`: `intke` is not accepted"),
            ("\"intake\",", "\"intake\", \"intake\",", "plugin.toml:5: `hooks`: `intake` is not accepted"),
            ("custom:bid-qualification", "custom:", "plugin.toml:5: `hooks`: `custom:` is not accepted"),
            (
                "[\"intake\", \"custom:bid-qualification\"]",
                "[]",
                "plugin.toml:5: `hooks`: `[]` is not accepted",
            ),
            (
                "description = \"Registration of companies.\"\n",
                "",
                "plugin.toml:1: `description`: is missing",
            ),
            (
                "type = \"integer\"",
                "type = \"float\"",
                "plugin.toml:9: `settings.deferral_working_days.type`",
            ),
            ("default = 20", "default = 61", "plugin.toml:10: `settings.deferral_working_days.default`"),
            (
                "default = 20",
                "default = \"20\"",
                "`settings.deferral_working_days.default`: must be a 64-bit integer",
            ),
            (
                "minimum = 1",
                "minimun = 1",
                "plugin.toml:11: `settings.deferral_working_days.minimun`: unknown key; did you mean `minimum`?",
            ),
            ("minimum = 1", "minimum = 61", "plugin.toml:11: `settings.deferral_working_days.minimum`"),
            ("[settings.deferral_working_days]", "[settings.Deferral]", "plugin.toml:8: `settings.Deferral`"),
            ("wit = ", "wit ", "plugin.toml:4: not valid TOML"),
        ];
        for (from, to, expected) in cases {
            assert!(GOOD.contains(from), "the case edits nothing: {from}");
            let message = faults(&GOOD.replace(from, to));
            assert!(message.contains(expected), "{to}: expected `{expected}` in:\n{message}");
        }
    }

    #[test]
    fn every_problem_is_reported_at_once_and_by_line() {
        let message = faults("version = \"x\"\nextra = 1\n");
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines.len(), 7, "five missing keys, one bad version, one unknown key:\n{message}");
        assert!(lines[6].starts_with("plugin.toml:2: `extra`: unknown key"));
    }

    #[test]
    fn names_and_versions_keep_to_their_grammar() {
        let long = "a".repeat(65);
        for (name, accepted) in [
            ("a", true),
            ("a-1", true),
            ("", false),
            ("-a", false),
            ("a--b", false),
            ("1a", false),
            ("a_b", false),
            ("a/b", false),
            (long.as_str(), false),
        ] {
            assert_eq!(is_name(name), accepted, "{name}");
        }
        for (version, accepted) in [
            ("1.0.0", true),
            ("1.0.0-rc.1+build.01", true),
            ("1.0.0-0a", true),
            ("1.0.0-01", false),
            ("1.0.0-", false),
            ("01.0.0", false),
            ("1.0.0.0", false),
            ("1.0.+1", false),
            ("v1.0.0", false),
        ] {
            assert_eq!(is_semantic_version(version), accepted, "{version}");
        }
    }
}
