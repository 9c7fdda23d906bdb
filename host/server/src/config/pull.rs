//! `[[pull]]`: lists that are kept up to date from a platform.

use std::num::NonZeroU64;
use std::time::Duration;

use creditgate_store::LOCAL_SOURCE;
use serde::{Deserialize, Deserializer};

use super::{amount, read};

/// One list that is pulled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullConfig {
    /// The name it is shown and run by.
    pub name: String,
    /// The connector whose profile says how it is asked for.
    pub connector: String,
    /// The source its entries are of; the connector's name when absent.
    pub source: Option<String>,
    /// How often, in seconds.
    #[serde(default = "PullConfig::default_every_seconds")]
    pub every_seconds: NonZeroU64,
}

impl PullConfig {
    fn default_every_seconds() -> NonZeroU64 {
        amount(3600)
    }

    /// What cannot be, and what would be right.
    fn fault(&self) -> Option<String> {
        let name = &self.name;
        if name.is_empty() || name.contains(['/', ':']) {
            return Some("a pull's name is not empty and has no `/` and no `:`".to_owned());
        }
        (self.source() == LOCAL_SOURCE).then(|| {
            format!("the source of pull `{name}` must not be `{LOCAL_SOURCE}`: that is the lists kept here")
        })
    }

    /// How often.
    pub(crate) const fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.get())
    }

    /// The source its entries are of.
    pub(crate) fn source(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.connector)
    }
}

/// Every pull; no name is empty or stands twice, and none brings entries of the
/// lists kept here.
pub(super) fn pulls<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PullConfig>, D::Error> {
    read::checked(deserializer, |pulls: &Vec<PullConfig>| {
        let twice = read::twice(pulls, |pull| &pull.name);
        let twice = twice.map(|name| format!("two pulls have the name `{name}`"));
        pulls.iter().find_map(PullConfig::fault).or(twice)
    })
}
