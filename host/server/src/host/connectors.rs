//! The connectors of a host, from its configuration.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use creditgate_platform::connector::{Connector, ConnectorOptions, ConnectorState, Profile};
use creditgate_platform::{BearerToken, OptionsError};

use super::HostError;
use super::data_folder::read_secret;
use crate::config::{ConnectorConfig, load_profile};

/// A platform with everything that is needed to speak to it.
pub(crate) struct Platform {
    pub(crate) options: ConnectorOptions,
    pub(crate) profile: Arc<Profile>,
    /// Where bindings may ask it at check time.
    pub(crate) connector: Option<Connector>,
}

/// Every platform, by the connector's name.
#[derive(Default)]
pub(crate) struct Platforms(BTreeMap<String, Platform>);

impl Platforms {
    /// Reads profiles and secrets.
    ///
    /// # Errors
    /// [`HostError`], naming the connector or the file.
    pub(crate) fn open(configs: &[ConnectorConfig]) -> Result<Self, HostError> {
        let mut platforms = BTreeMap::new();
        for config in configs {
            platforms.insert(config.name.clone(), open(config)?);
        }
        Ok(Self(platforms))
    }

    /// The platform of a connector.
    pub(crate) fn get(&self, name: &str) -> Option<&Platform> {
        self.0.get(name)
    }

    /// The connectors that can be asked at check time.
    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.0.values().filter_map(|platform| platform.connector.as_ref())
    }

    /// How each of them is doing, by name.
    pub(crate) fn states(&self) -> Vec<ConnectorState> {
        self.connectors().map(Connector::state).collect()
    }

    /// Whether bindings may name this source.
    pub(crate) fn answers(&self, name: &str) -> bool {
        self.get(name).is_some_and(|platform| platform.connector.is_some())
    }
}

fn open(config: &ConnectorConfig) -> Result<Platform, HostError> {
    let refused = |source| HostError::Connector { name: config.name.clone(), source };
    let profile = Arc::new(load_profile(&config.profile)?);
    let options = options(config)?;
    let connector = match profile.query {
        Some(_) => Some(Connector::new(options.clone(), Arc::clone(&profile)).map_err(refused)?),
        None => None,
    };
    Ok(Platform { options, profile, connector })
}

/// The options with what is in files.
fn options(config: &ConnectorConfig) -> Result<ConnectorOptions, HostError> {
    let refused = |source| HostError::Connector { name: config.name.clone(), source };
    let mut options = config.options();
    if let Some(file) = &config.secret_file {
        options.credentials.secret = read_secret(file)?.trim_ascii().to_vec();
    }
    if let Some(file) = &config.token_file {
        options.token = Some(token(file)?.map_err(refused)?);
    }
    if let Some(file) = &config.identity_file {
        options.tls.identity = Some(read_secret(file)?);
    }
    if let Some(file) = &config.authority_file {
        let unreadable = |source| HostError::Secret { file: file.clone(), source };
        options.tls.authority = Some(std::fs::read(file).map_err(unreadable)?);
    }
    Ok(options)
}

/// The token in a file.
pub(crate) fn token(file: &Path) -> Result<Result<BearerToken, OptionsError>, HostError> {
    let secret = read_secret(file)?;
    Ok(String::from_utf8(secret)
        .map_err(|_| OptionsError::Token)
        .and_then(|token| BearerToken::new(token.trim())))
}
