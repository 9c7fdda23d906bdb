//! `[[connector]]`: credit platforms that are asked at check time.

use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::time::Duration;

use creditgate_gate::LISTS;
use creditgate_platform::Endpoint;
use creditgate_platform::connector::{ConnectorOptions, LONGEST_QUERY};
use serde::{Deserialize, Deserializer};

use super::{milliseconds, read, set};

/// One credit platform. What is not said of its terms is as [`ConnectorOptions::new`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorConfig {
    /// The name bindings call it by in their `sources`.
    pub name: String,
    /// Where the platform is: an `https://` address, or an `http://` one of this
    /// machine. The paths of the profile are below it.
    pub url: Endpoint,
    /// File that says how the platform is spoken to; relative to the
    /// configuration file.
    pub profile: PathBuf,
    /// The application key the platform gave out.
    #[serde(default)]
    pub app_key: String,
    /// File with the secret for signatures, readable by its owner alone.
    pub secret_file: Option<PathBuf>,
    /// File with a bearer token, readable by its owner alone.
    pub token_file: Option<PathBuf>,
    /// File with the certificates (PEM) the platform's own must come from;
    /// those of the system when absent.
    pub authority_file: Option<PathBuf>,
    /// File with the host's certificate and its key (PEM), readable by its owner
    /// alone, for platforms that ask for one.
    pub identity_file: Option<PathBuf>,
    /// Longest a query may take with all its pages and attempts, in milliseconds;
    /// at most 1900, as a check waits no longer.
    pub timeout_ms: Option<NonZeroU64>,
    /// Attempts at a request that failed at once, within that time.
    pub attempts: Option<NonZeroU32>,
    /// Requests under way at the same time.
    pub concurrency: Option<NonZeroU32>,
    /// For so long an answer is as good as a new one; 0 asks for every check.
    pub cache_seconds: Option<u64>,
    /// Answers that are kept.
    pub cache_entries: Option<NonZeroU32>,
    /// Whether an older answer stands in while the platform is down.
    #[serde(default)]
    pub stale: StalePolicy,
    /// Failures in a row after which the platform is left alone.
    pub breaker_failures: Option<NonZeroU32>,
    /// For how long, in seconds.
    pub breaker_seconds: Option<NonZeroU64>,
    /// Lets numbers of parties go unencrypted to another machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// Whether an older answer stands in for one that does not come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StalePolicy {
    /// `refuse`: the check is `could_not_check`.
    #[default]
    Refuse,
    /// `use_for_seconds N`: for so long after it was fresh, and the check says so.
    UseForSeconds(u64),
}

impl<'de> Deserialize<'de> for StalePolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "refuse" {
            return Ok(Self::Refuse);
        }
        let seconds = text.strip_prefix("use_for_seconds ").and_then(|seconds| seconds.parse().ok());
        let expected = "must be \"refuse\" or \"use_for_seconds N\", such as \"use_for_seconds 3600\"";
        seconds.map(Self::UseForSeconds).ok_or_else(|| serde::de::Error::custom(expected))
    }
}

impl ConnectorConfig {
    /// What cannot be, and what would be right.
    fn fault(&self) -> Option<String> {
        let name = &self.name;
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= 64
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if !is_name(name) {
            return Some("a connector's name has 1 to 64 letters, digits, - _ or .".to_owned());
        }
        if name == LISTS {
            return Some(format!("`{LISTS}` is the name of the lists on this host; choose another"));
        }
        if self.timeout_ms.is_some_and(|longest| milliseconds(longest) > LONGEST_QUERY) {
            let longest = LONGEST_QUERY.as_millis();
            return Some(format!(
                "connector `{name}`: timeout_ms is at most {longest}; a check waits no longer"
            ));
        }
        if !(self.allow_plain_http || self.url.is_encrypted() || self.url.is_loopback()) {
            return Some(format!(
                "connector `{name}`: numbers of parties would go unencrypted to another machine; use an \
                 https address, or set `allow_plain_http = true`"
            ));
        }
        None
    }

    /// Makes every path relative to a folder.
    pub(super) fn below(&mut self, folder: &Path) {
        let files =
            [&mut self.secret_file, &mut self.token_file, &mut self.authority_file, &mut self.identity_file];
        self.profile = folder.join(&self.profile);
        for file in files.into_iter().flatten() {
            *file = folder.join(&*file);
        }
    }

    /// The options without the secrets, which are in files.
    pub(crate) fn options(&self) -> ConnectorOptions {
        let size = |count: NonZeroU32| usize::try_from(count.get()).unwrap_or(usize::MAX);
        let mut options = ConnectorOptions::new(&self.name, self.url.clone());
        options.credentials.app_key.clone_from(&self.app_key);
        set(&mut options.deadline, self.timeout_ms.map(milliseconds));
        set(&mut options.attempts, self.attempts.map(NonZeroU32::get));
        set(&mut options.concurrency, self.concurrency.map(size));
        set(&mut options.cache.fresh, self.cache_seconds.map(Duration::from_secs));
        set(&mut options.cache.entries, self.cache_entries.map(size));
        if let StalePolicy::UseForSeconds(longest) = self.stale {
            options.cache.stale = Duration::from_secs(longest);
        }
        set(&mut options.breaker.failures, self.breaker_failures.map(NonZeroU32::get));
        set(&mut options.breaker.pause, self.breaker_seconds.map(|pause| Duration::from_secs(pause.get())));
        options
    }
}

/// Every connector; no name stands twice.
pub(super) fn connectors<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<ConnectorConfig>, D::Error> {
    read::checked(deserializer, |connectors: &Vec<ConnectorConfig>| {
        let twice = read::twice(connectors, |connector| &connector.name);
        let twice = twice.map(|name| format!("two connectors have the name `{name}`"));
        connectors.iter().find_map(ConnectorConfig::fault).or(twice)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;
    use super::*;

    fn parse(more: &str) -> Result<ConnectorConfig, String> {
        let text = format!("[[connector]]\nprofile = \"p.toml\"\n{more}");
        let config = Config::parse(&text, Path::new("creditgate.toml")).map_err(|error| error.to_string())?;
        Ok(config.connectors[0].clone())
    }

    #[test]
    fn a_short_connector_has_the_usual_terms() {
        let connector = parse("name = \"city\"\nurl = \"https://credit.example\"").unwrap();
        let (options, usual) = (connector.options(), ConnectorOptions::new("city", connector.url.clone()));
        assert_eq!(options.cache, usual.cache);
        assert_eq!(options.breaker, usual.breaker);
        assert_eq!(
            (options.deadline, options.attempts, options.concurrency),
            (usual.deadline, usual.attempts, usual.concurrency)
        );
        let stale =
            parse("name = \"city\"\nurl = \"https://c.example\"\nstale = \"use_for_seconds 60\"").unwrap();
        assert_eq!(stale.options().cache.stale.as_secs(), 60);
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_remedy() {
        let cases = [
            ("name = \"lists\"\nurl = \"https://c.example\"", "is the name of the lists on this host"),
            ("name = \"\"\nurl = \"https://c.example\"", "1 to 64 letters"),
            ("name = \"c\"\nurl = \"http://10.0.0.7\"", "would go unencrypted"),
            ("name = \"c\"\nurl = \"https://c.example\"\ntimeout_ms = 5000", "timeout_ms is at most 1900"),
            ("name = \"c\"\nurl = \"https://c.example\"\nstale = \"always\"", "use_for_seconds N"),
            ("name = \"c\"\nurl = \"https://c.example\"\ncache_second = 1", "did you mean `cache_seconds`"),
            (
                "name = \"c\"\nurl = \"https://c.example\"\n[[connector]]\nname = \"c\"\nurl = \"https://d.example\"\nprofile = \"p\"",
                "two connectors have the name `c`",
            ),
        ];
        for (text, expected) in cases {
            let message = parse(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
