//! `creditgate serve`: the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::client::{load, of_host};
use super::command::{CliError, Exit, Run, Terminal};
use crate::{Config, Host, own_program, serve, telemetry};

/// Run the server
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate serve --config /etc/creditgate/creditgate.toml
  creditgate serve --config creditgate.toml --listen 127.0.0.1:0

The first line on standard output is `listening on http://ADDRESS`, once requests are answered. The log goes to \
standard error. SIGTERM, SIGQUIT and Ctrl-C stop the server after the requests it has accepted. SIGHUP has it read its \
configuration and its API keys anew: the level of the log changes at once, and what needs a new start is logged. \
Other signals are logged and mean nothing.")]
pub(super) struct ServeCommand {
    /// The host's configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Address and port to listen on instead of the configured one; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Run for ServeCommand {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let config = load(&self.config)?;
        let log = telemetry::start(config.log).map_err(|error| CliError::host(&error, "cli.log"))?;
        own_program::say_what_confines_it();
        let signals = serve::Signals::take().map_err(|error| CliError::host(&error, "cli.signals"))?;
        let address = self.listen.unwrap_or(config.listen);
        let host = Host::open(config).await.map_err(|error| of_host(&error))?;
        let not_listening = |error: std::io::Error| CliError::Host {
            message: format!("cannot listen on {address}: {error}; choose another address with --listen"),
            code: "host.not_listening".into(),
        };
        let listener = serve::listen(address).await.map_err(not_listening)?;
        let bound = listener.local_addr().map_err(not_listening)?;
        terminal.line(&format!("listening on http://{bound}"))?;
        terminal.flush()?;
        let reload = host.reload();
        let file = self.config.clone();
        let stop = serve::on_signals(signals, async move || match Config::load(&file) {
            Ok(config) => {
                log.set_level(config.log.level);
                reload.apply(&config).await;
            }
            Err(error) => {
                let error = creditgate_gate::chain(&error);
                tracing::error!(error, "the configuration was not read anew; everything stays as it was");
            }
        });
        host.serve(listener, stop).await;
        Ok(Exit::Success)
    }
}
