//! `creditgate activate`, `rollback` and `releases`: which release serves which binding.

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, table};
use super::{Exit, OutputForm};

const ACTIVATE_EXAMPLES: &str = "\
Examples:
  creditgate activate sha256:3f1c9a --reason 'release 1.0.1' --server http://127.0.0.1:8480
  creditgate activate 3f1c9a --binding market-regulation/food-licence/review --reason 'trial' --config creditgate.toml";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  creditgate rollback --plugin market-registration --reason 'refuses too much' --server http://127.0.0.1:8480
  creditgate rollback --binding market-regulation/food-licence/review --reason 'complaint' --config creditgate.toml";

const RELEASES_EXAMPLES: &str = "\
Examples:
  creditgate releases --server http://127.0.0.1:8480
  creditgate releases --binding market-regulation/food-licence/review --config creditgate.toml --json";

/// Switch bindings to a component that was pushed
///
/// Without --binding, every binding of its plug-in. Nothing is switched unless the component passes for all of
/// them; requests that are running finish on the release they began with.
#[derive(Debug, Args)]
#[command(after_help = ACTIVATE_EXAMPLES)]
pub(super) struct ActivateCommand {
    /// Digest of the component, or the beginning of it
    digest: String,
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Switch bindings back to the release before the one they have
#[derive(Debug, Args)]
#[command(after_help = ROLLBACK_EXAMPLES)]
pub(super) struct RollbackCommand {
    #[command(flatten)]
    scope: Scope,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Every binding of this plug-in
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,
    /// One binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
}

/// Show the active release of each binding, and those before it
#[derive(Debug, Args)]
#[command(after_help = RELEASES_EXAMPLES)]
pub(super) struct ReleasesCommand {
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}
