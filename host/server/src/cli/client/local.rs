//! The host opened in this process: the same router as the server's, without a network.

use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use reqwest::Url;
use tower::ServiceExt as _;

use super::{Answer, Call};
use crate::cli::error::CliError;
use crate::{Config, Host, HostError, LocalOperator};

/// The host of a configuration, opened under the lock of its data folder.
pub(in crate::cli) struct Local {
    // Dropped before the host it belongs to.
    router: Router,
    _host: Host,
    base: Url,
    place: String,
    operator: LocalOperator,
}

impl Local {
    /// Opens the host of a configuration, for who works at the machine.
    pub(in crate::cli) async fn open(file: &Path, operator: Option<&str>) -> Result<Self, CliError> {
        let config = load(file)?;
        let host = Host::open(config).await.map_err(|error| of_host(&error))?;
        let base = Url::parse("http://localhost/").map_err(|error| CliError::host(&error, "cli.address"))?;
        let operator = LocalOperator { name: operator.map(str::to_owned) };
        let place = format!("the host of {}", file.display());
        Ok(Self { router: host.router(), _host: host, base, place, operator })
    }

    /// Sends a request whose answer is a success, or else the error.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, CliError> {
        let mut request = call.into_request(&self.base)?.map(Body::from);
        request.extensions_mut().insert(self.operator.clone());
        // A router has no way to fail: its errors are answers.
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX)
            .await
            .map_err(|error| CliError::host(&error, "cli.answer_cut_off"))?;
        Answer { place: self.place.clone(), status, body: body.into() }.accepted()
    }
}

/// Reads a configuration file.
pub(in crate::cli) fn load(file: &Path) -> Result<Config, CliError> {
    Config::load(file).map_err(|error| CliError::host(&error, "config.invalid"))
}

/// A host that does not open.
pub(in crate::cli) fn of_host(error: &HostError) -> CliError {
    let code = match error {
        HostError::InUse { .. } => "host.in_use",
        _ => "host.not_opened",
    };
    CliError::host(error, code)
}
