//! How one connector is set up: address, secrets, and how much it may cost.

use std::time::Duration;

use reqwest::{Certificate, Client, Identity};

use super::breaker::BreakerTerms;
use super::cache::CacheTerms;
use super::signing::Credentials;
use crate::exchange;
use crate::options::{BearerToken, Endpoint, OptionsError};

/// Longest a query may take whatever the options say: a check waits no longer.
pub const LONGEST_QUERY: Duration = Duration::from_millis(1900);

/// Who this host is to a platform, over TLS.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// Certificates the platform's own must come from; those of the system when
    /// absent.
    pub authority: Option<Vec<u8>>,
    /// The host's certificate with its key, for platforms that ask for one.
    pub identity: Option<Vec<u8>>,
}

/// How one connector is set up.
#[derive(Debug, Clone)]
pub struct ConnectorOptions {
    /// The name bindings call it by.
    pub name: String,
    /// Where the platform is.
    pub endpoint: Endpoint,
    /// What requests are signed with.
    pub credentials: Credentials,
    /// Sent with every request, where the platform asks for it.
    pub token: Option<BearerToken>,
    /// Who this host is, over TLS.
    pub tls: TlsOptions,
    /// Time a query may take with all its pages and attempts.
    pub deadline: Duration,
    /// Attempts at a request that failed at once; at least 1.
    pub attempts: u32,
    /// Requests under way at the same time; at least 1.
    pub concurrency: usize,
    /// How long answers count.
    pub cache: CacheTerms,
    /// When the platform is left alone.
    pub breaker: BreakerTerms,
}

impl ConnectorOptions {
    /// The usual: a second and a half for two attempts, 16 requests at once,
    /// answers kept for five minutes and never used when stale, and half a minute
    /// of rest after five failures.
    #[must_use]
    pub fn new(name: impl Into<String>, endpoint: Endpoint) -> Self {
        Self {
            name: name.into(),
            endpoint,
            credentials: Credentials::default(),
            token: None,
            tls: TlsOptions::default(),
            deadline: Duration::from_millis(1500),
            attempts: 2,
            concurrency: 16,
            cache: CacheTerms { fresh: Duration::from_secs(300), stale: Duration::ZERO, entries: 10_000 },
            breaker: BreakerTerms { failures: 5, pause: Duration::from_secs(30) },
        }
    }

    /// A client as these options want it. `deadline` is for one request.
    ///
    /// # Errors
    /// [`OptionsError`] for certificates that are none.
    pub(crate) fn client(&self, deadline: Duration) -> Result<Client, OptionsError> {
        let unreadable = |error| OptionsError::Certificate(Some(error));
        let mut builder = exchange::builder(&self.endpoint, deadline);
        if let Some(pem) = &self.tls.authority {
            let known = Certificate::from_pem_bundle(pem).map_err(unreadable)?;
            if known.is_empty() {
                return Err(OptionsError::Certificate(None));
            }
            builder = builder.tls_certs_only(known);
        }
        if let Some(pem) = &self.tls.identity {
            builder = builder.identity(Identity::from_pem(pem).map_err(unreadable)?);
        }
        builder.build().map_err(OptionsError::Client)
    }
}

#[cfg(test)]
mod tests;
