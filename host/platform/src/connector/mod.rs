//! Connectors: credit platforms that are asked, by the rules of a profile.
//!
//! A profile ([`Profile`], a TOML file) says how one platform is spoken to; a
//! [`Connector`] asks it about the parties of a check, a [`Puller`] for what has
//! changed, and a [`ProfileCourier`] reports to it. What a platform says goes
//! through the same checks as an imported file (`record`), and every record is
//! held against the number that was asked for (`source`). The language of a
//! profile is small on purpose: paths, constants, tables of codes and forms of
//! dates (`rule`); what cannot be said in it needs a gateway in between.
//!
//! Read `profile` first, then `source`.

mod asker;
mod breaker;
mod cache;
mod check;
mod courier;
mod date;
mod error;
mod options;
mod path;
mod profile;
mod pull;
mod question;
mod record;
mod reply;
mod request;
mod rule;
mod signing;
mod source;
#[cfg(test)]
mod testing;

pub use breaker::BreakerTerms;
pub use cache::CacheTerms;
pub use check::ProfileFault;
pub use courier::ProfileCourier;
pub use error::QueryError;
pub use options::{ConnectorOptions, LONGEST_QUERY, TlsOptions};
pub use profile::Profile;
pub use pull::{Pulled, Puller, RefusedRecord};
pub use signing::Credentials;
pub use source::{Connector, ConnectorState};
