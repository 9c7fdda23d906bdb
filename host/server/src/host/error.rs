//! Why a host cannot start.

use std::path::PathBuf;

use creditgate_credit::calendar::TableError;
use creditgate_gate::LedgerError;
use creditgate_platform::OptionsError;
use creditgate_sandbox::SandboxError;
use creditgate_store::StoreError;

use crate::config::ConfigError;

/// A host cannot start.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The data folder cannot be used.
    #[error("cannot use {} as data folder", folder.display())]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has the data folder.
    #[error(
        "another creditgate is running on {}; stop it, or talk to it with --server instead",
        folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A file with a secret cannot be used.
    #[error("cannot use the secret in {}", file.display())]
    Secret {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key of receipts is gone.
    #[error(
        "the key that signs receipts is missing: {}{}; restore the file from a backup, or have a new key with \
         `creditgate keys rotate-receipt`, which leaves earlier receipts genuine",
        file.display(),
        kid.as_ref().map_or_else(String::new, |kid| format!(" (key `{kid}`)"))
    )]
    ReceiptKeyMissing {
        /// Where it belongs.
        file: PathBuf,
        /// Its id, where it is known.
        kid: Option<String>,
    },
    /// The key of receipts is another one.
    #[error(
        "{} is not the key that signs receipts, which is `{kid}`; restore that one from a backup, or have a new \
         key with `creditgate keys rotate-receipt`, which leaves earlier receipts genuine",
        file.display()
    )]
    ReceiptKeyOther {
        /// Where it belongs.
        file: PathBuf,
        /// Id of the key that belongs there.
        kid: String,
    },
    /// A table of working days cannot be used.
    #[error("cannot use the working-day table {}", file.display())]
    Calendar {
        /// The file.
        file: PathBuf,
        /// Why.
        source: CalendarFault,
    },
    /// The store does not open.
    #[error("the store does not open")]
    Store(#[from] StoreError),
    /// The sandbox does not start.
    #[error("the sandbox does not start")]
    Sandbox(#[from] SandboxError),
    /// What is deployed cannot be read.
    #[error("the deployments cannot be read")]
    Deployments(#[from] LedgerError),
    /// The credit platform cannot be spoken to as configured.
    #[error("the configuration of the credit platform cannot be used")]
    Platform(#[source] OptionsError),
    /// A connector cannot be used as configured.
    #[error("the configuration of connector `{name}` cannot be used")]
    Connector {
        /// Its name.
        name: String,
        /// Why.
        source: OptionsError,
    },
    /// Something names a connector that is not there.
    #[error("there is no [[connector]] `{name}`")]
    UnknownConnector {
        /// The name.
        name: String,
    },
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ConfigError),
    /// The receiver of events cannot be spoken to as configured.
    #[error("the configuration of the webhook cannot be used")]
    Webhook(#[source] OptionsError),
}

/// What is wrong with a file of working days.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFault {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is not a table.
    #[error(transparent)]
    Malformed(#[from] TableError),
}
