//! The host's own log: on standard error, as JSON or as text.
//!
//! What is logged names calls by their declared path, keys by id and checks by
//! id. Names, identity numbers, bodies, queries and raw paths are never logged.

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::{Layer, Registry};

use crate::config::{LogConfig, LogFormat, LogLevel};

/// Sends the log of this process to standard error from now on.
///
/// # Errors
/// When it goes somewhere already.
pub fn start(config: LogConfig) -> Result<Log, tracing::subscriber::SetGlobalDefaultError> {
    let (subscriber, log) = subscriber(config, std::io::stderr);
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(log)
}

/// The log of this process, once it goes somewhere.
#[derive(Debug, Clone)]
pub struct Log(Handle<LevelFilter, Registry>);

impl Log {
    /// Writes more or less of it from now on.
    pub fn set_level(&self, wanted: LogLevel) {
        if let Err(error) = self.0.reload(level(wanted)) {
            tracing::error!(%error, "the level of the log stays as it was");
        }
    }
}

/// A log that goes to `writer`.
pub(crate) fn subscriber<W>(config: LogConfig, writer: W) -> (impl Subscriber + Send + Sync, Log)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_target(false);
    let lines = match config.format {
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
        LogFormat::Text => lines.with_ansi(false).boxed(),
    };
    let (filter, handle) = reload::Layer::new(level(config.level));
    (Registry::default().with(lines.with_filter(filter)), Log(handle))
}

const fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
