//! Reading the configuration file, and saying what is wrong with it: file,
//! line, column, and what would be right.

use std::path::{Path, PathBuf};

use creditgate_credit::fault::nearest;
use creditgate_credit::feedback_levels::FeedbackLevels;
use creditgate_wire::read::Objects;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::{Config, HttpConfig, PlatformConfig, SandboxConfig, WebhookConfig};

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}; give its path with --config", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something that cannot be.
    #[error("{}:{line}:{column}: {problem}", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A profile cannot be read.
    #[error("cannot read the profile {}", file.display())]
    ReadProfile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A profile says what cannot work.
    #[error("{}: {problems}", file.display())]
    Profile {
        /// The file.
        file: PathBuf,
        /// The keys with what is wrong at each.
        problems: String,
    },
}

impl Config {
    /// Reads a file. Paths in it become relative to the folder it is in.
    ///
    /// # Errors
    /// [`ConfigError`], with the place in the file.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        let mut config = Self::parse(&text, file)?;
        let folder = file.parent().unwrap_or_else(|| Path::new(""));
        config.data = folder.join(&config.data);
        if let Some(token) = config.platform.as_mut().and_then(|platform| platform.token_file.as_mut()) {
            *token = folder.join(&*token);
        }
        if let Some(webhook) = &mut config.webhook {
            webhook.secret_file = folder.join(&webhook.secret_file);
        }
        config.connectors.iter_mut().for_each(|connector| connector.below(folder));
        Ok(config)
    }

    /// Reads the text of a file. `file` is for the errors; paths stay as they are
    /// written.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        from_toml(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let (line, column) = place(text, start);
            ConfigError::Invalid { file: file.to_owned(), line, column, problem: explain(error.message()) }
        })
    }
}

/// Reads TOML in which a table is a table, and no list of its values.
pub(super) fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, toml::de::Error> {
    T::deserialize(Objects(toml::Deserializer::parse(text)?))
}

/// Line and column of a byte offset, both from 1.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The parser's words, with the nearest known name for an unknown one.
pub(super) fn explain(message: &str) -> String {
    let unknown =
        message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"));
    let Some((found, rest)) = unknown.and_then(|rest| rest.split_once('`')) else {
        return message.to_owned();
    };
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let what = if message.starts_with("unknown field") { "key" } else { "value" };
    let remedy = match nearest(found, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are: {}", known.join(", ")),
    };
    format!("unknown {what} `{found}`; {remedy}")
}

/// Reads a section, and refuses it for what `fault` finds in it.
pub(super) fn checked<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    fault: impl FnOnce(&T) -> Option<String>,
) -> Result<T, D::Error> {
    let section = T::deserialize(deserializer)?;
    fault(&section).map_or(Ok(section), |fault| Err(serde::de::Error::custom(fault)))
}

/// The first name that stands twice.
pub(super) fn twice<T>(sections: &[T], name: fn(&T) -> &String) -> Option<&String> {
    let mut names = sections.iter().map(name).enumerate();
    let is_twice = |(position, found): &(usize, &String)| {
        sections.iter().take(*position).any(|earlier| name(earlier) == *found)
    };
    names.find(is_twice).map(|(_, found)| found)
}

/// Bytes between which the limit on a header lies: what any client sends, and what
/// the HTTP layer has room for.
const HEADER_BYTES: std::ops::RangeInclusive<usize> = 1024..=262_144;

/// The HTTP server; nobody may have more than there is.
pub(super) fn http<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HttpConfig, D::Error> {
    checked(deserializer, |http: &HttpConfig| {
        let (requests, connections) =
            (("max_in_flight", http.max_in_flight), ("max_connections", http.max_connections));
        let parts = [
            ("max_requests_per_key", http.max_requests_per_key, requests),
            ("max_requests_per_department", http.max_requests_per_department, requests),
            ("max_checks_per_department", http.max_checks_per_department, requests),
            ("max_connections_per_address", http.max_connections_per_address, connections),
        ];
        let beyond = parts.into_iter().find(|(_, part, (_, most))| part.is_some_and(|part| part > *most));
        if let Some((name, _, (whole, most))) = beyond {
            return Some(format!("{name} is at most {whole}, which is {most}"));
        }
        let (least, most) = HEADER_BYTES.into_inner();
        (!HEADER_BYTES.contains(&http.header_limit_bytes.get()))
            .then(|| format!("header_limit_bytes lies between {least} and {most}"))
    })
}

/// The most threads for long calls: more than any machine has cores for.
const MOST_LONG_THREADS: u32 = 1024;

/// The plug-in sandbox; no department may have more than there is.
pub(super) fn sandbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SandboxConfig, D::Error> {
    checked(deserializer, |sandbox: &SandboxConfig| {
        let most = sandbox.concurrent_calls;
        if sandbox.long_threads.is_some_and(|threads| threads.get() > MOST_LONG_THREADS) {
            let gains = "more than the cores gains nothing";
            return Some(format!("long_threads is at most {MOST_LONG_THREADS}; {gains}"));
        }
        let beyond = sandbox.long_calls_per_department.is_some_and(|calls| calls > most);
        beyond.then(|| format!("long_calls_per_department is at most concurrent_calls, which is {most}"))
    })
}

/// Names of levels, the nearest first.
pub(super) fn levels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FeedbackLevels, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    FeedbackLevels::new(names).map_err(serde::de::Error::custom)
}

/// The platform: by an address or by a connector.
pub(super) fn platform<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PlatformConfig>, D::Error> {
    let fault = |platform: &PlatformConfig| match (&platform.url, &platform.connector, &platform.token_file) {
        (Some(_), None, _) | (None, Some(_), None) => None,
        (None, Some(_), Some(_)) => {
            Some("the token of a connector is given with the connector; leave `token_file` out here")
        }
        _ => Some("[platform] has either `url` or `connector`"),
    };
    checked(deserializer, |platform| fault(platform).map(str::to_owned)).map(Some)
}

/// The receiver of events; an address at which others could read along must be
/// asked for.
pub(super) fn webhook<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<WebhookConfig>, D::Error> {
    let problem = "events would go unencrypted to another machine; use an https address, or set \
                   `allow_plain_http = true`";
    checked(deserializer, |webhook: &WebhookConfig| (!webhook.is_safe()).then(|| problem.to_owned()))
        .map(Some)
}

/// A part of a hundred.
pub(super) fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    checked(deserializer, |percent| (*percent > 100).then(|| "a percentage is at most 100".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use creditgate_platform::DeliveryOptions;

    use super::super::{EXAMPLE, LogFormat, milliseconds};
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("creditgate.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_shows_the_defaults_and_every_key() {
        let example = parse(EXAMPLE).unwrap();
        let platform = example.platform.clone().unwrap();
        let webhook = example.webhook.clone().unwrap();
        let [connector] = example.connectors.clone().try_into().unwrap();
        let usual = "[[connector]]\nname = \"c\"\nurl = \"https://c.example\"\nprofile = \"p\"";
        let usual = parse(usual).unwrap().connectors.remove(0);
        assert_eq!((connector.options().cache, connector.stale), (usual.options().cache, usual.stale));
        assert_eq!(connector.options().deadline, usual.options().deadline);
        let bare =
            Config { platform: None, webhook: None, connectors: Vec::new(), pulls: Vec::new(), ..example };
        assert_eq!(bare, Config::default());
        let usual = DeliveryOptions::new(webhook.url, ());
        assert_eq!(webhook.timeout_ms.map(milliseconds), Some(usual.deadline));
        assert_eq!(webhook.max_attempts.map(NonZeroU32::get), Some(usual.pace.backoff.attempts));
        assert!(!webhook.allow_plain_http);
        assert_eq!(platform.timeout_ms.map(milliseconds), Some(usual.deadline));
        assert_eq!(platform.max_attempts.map(NonZeroU32::get), Some(usual.pace.backoff.attempts));

        // The names the parser knows are those it lists when it meets another one.
        let tables = [
            "http",
            "sandbox",
            "sandbox.large",
            "store",
            "platform",
            "webhook",
            "releases",
            "catalogue",
            "log",
        ]
        .map(|name| (name, format!("[{name}]\n")));
        let lists = ["connector", "pull"].map(|name| (name, format!("[[{name}]]\n")));
        for (section, header) in [("", String::new())].into_iter().chain(tables).chain(lists) {
            let message = toml::from_str::<Config>(&format!("{header}no_such_key_anywhere = 1")).unwrap_err();
            let known: Vec<&str> = message.message().split('`').skip(3).step_by(2).collect();
            assert!(!known.is_empty(), "{section}: {}", message.message());
            for key in known {
                let shown = EXAMPLE.lines().any(|line| {
                    line.trim_start_matches("# ").starts_with(&format!("{key} = "))
                        || line.starts_with(&format!("[{key}]"))
                        || line.starts_with(&format!("[{section}.{key}]"))
                        || line.starts_with(&format!("[[{key}]]"))
                });
                assert!(shown, "the example does not show `{key}` of [{section}]");
            }
        }
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse("").unwrap(), Config::default());
        assert_eq!(parse("[log]\nformat = \"text\"").unwrap().log.format, LogFormat::Text);
    }

    #[test]
    fn a_fault_is_named_with_its_place_and_its_remedy() {
        let cases = [
            ("lisen = \"127.0.0.1:1\"", "creditgate.toml:1:1: unknown key `lisen`; did you mean `listen`?"),
            (
                "\n[http]\n  body_limit = 5",
                "creditgate.toml:3:3: unknown key `body_limit`; did you mean `body_limit_bytes`?",
            ),
            ("[log]\nlevel = \"inof\"", "creditgate.toml:2:9: unknown value `inof`; did you mean `info`?"),
            ("[htpp]", "creditgate.toml:1:2: unknown key `htpp`; did you mean `http`?"),
        ];
        for (text, message) in cases {
            assert_eq!(parse(text).unwrap_err(), message);
        }
        let faults = [
            "listen = \"everywhere\"",
            "listen = 5",
            "listen = \"127.0.0.1:8480\"\nlisten = \"127.0.0.1:8480\"",
            "[http]\nmax_in_flight = 0",
            "[http]\nmax_in_flight = -1",
            "[http]\nmax_in_flight = 8\nmax_checks_per_department = 9",
            "[http]\nmax_checks_per_department = 0",
            "[http]\nmax_in_flight = 8\nmax_requests_per_key = 9",
            "[http]\nmax_in_flight = 8\nmax_requests_per_department = 9",
            "[http]\nmax_connections = 8\nmax_connections_per_address = 9",
            "[http]\nheader_limit_bytes = 100",
            "[http]\nheader_limit_bytes = 1_000_000",
            "[http]\nidle_timeout_ms = 0",
            "[sandbox]\nlong_threads = 0",
            "[sandbox]\nlong_threads = 1025",
            "[sandbox]\nlong_calls_per_department = 65",
            "[sandbox]\nlong_calls_per_department = 0",
            "log = [\"info\"]",
            "[platform]",
            "[platform]\nurl = \"ftp://example\"",
            "[platform]\nurl = \"https://example\"\nconnector = \"city\"",
            "[platform]\nconnector = \"city\"\ntoken_file = \"t\"",
            "[platform]\nurl = \"https://user:secret@example\"",
            "[platform",
            "[catalogue]\nreviews = \"some\"",
            "[webhook]",
            "[webhook]\nurl = \"https://events.example\"",
            "[webhook]\nurl = \"ftp://example\"\nsecret_file = \"s\"",
            "[[pull]]\nname = \"\"\nconnector = \"c\"",
            "[[pull]]\nname = \"p\"\nconnector = \"c\"\nsource = \"local\"",
            "[[pull]]\nname = \"p\"\nconnector = \"c\"\n[[pull]]\nname = \"p\"\nconnector = \"c\"",
        ];
        for text in faults {
            let message = parse(text).unwrap_err();
            assert!(message.starts_with("creditgate.toml:"), "{text}: {message}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("creditgate.toml");
        std::fs::write(&file, "data = \"d\"\n[platform]\nurl = \"http://p\"\ntoken_file = \"t\"").unwrap();
        let config = Config::load(&file).unwrap();
        assert_eq!(config.data, folder.path().join("d"));
        assert_eq!(config.platform.unwrap().token_file, Some(folder.path().join("t")));
        assert!(matches!(Config::load(&folder.path().join("none")), Err(ConfigError::Read { .. })));
    }

    #[test]
    fn events_go_unencrypted_to_another_machine_only_where_that_was_asked_for() {
        let webhook = |url: &str, more: &str| {
            parse(&format!("[webhook]\nurl = \"{url}\"\nsecret_file = \"s\"\n{more}"))
        };
        for url in ["https://events.example/", "http://127.0.0.1:9/", "http://[::1]/", "http://localhost:9/"]
        {
            assert!(webhook(url, "").is_ok(), "{url}");
        }
        let refused = webhook("http://10.0.0.7/events", "").unwrap_err();
        assert!(refused.starts_with("creditgate.toml:1:1: events would go unencrypted"), "{refused}");
        assert!(webhook("http://10.0.0.7/events", "allow_plain_http = true").is_ok());
    }
}
