//! `[[pull]]`: lists that are kept up to date from a platform.

use std::num::NonZeroU64;
use std::time::Duration;

use creditgate_store::LOCAL_SOURCE;
use serde::{Deserialize, Deserializer};

use super::amount;

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
    let pulls = Vec::<PullConfig>::deserialize(deserializer)?;
    for (position, pull) in pulls.iter().enumerate() {
        let name = &pull.name;
        if name.is_empty() || name.contains(['/', ':']) {
            return Err(serde::de::Error::custom("a pull's name is not empty and has no `/` and no `:`"));
        }
        if pull.source() == LOCAL_SOURCE {
            return Err(serde::de::Error::custom(format!(
                "the source of pull `{name}` must not be `{LOCAL_SOURCE}`: that is the lists kept here"
            )));
        }
        if pulls[..position].iter().any(|earlier| earlier.name == *name) {
            return Err(serde::de::Error::custom(format!("two pulls have the name `{name}`")));
        }
    }
    Ok(pulls)
}
