//! What the process does when it is sent a signal. None ends it but those that
//! are meant to; the system's own answer to most of them would.

use std::future::Future;
use std::io;

use futures_util::FutureExt as _;
use futures_util::future::select_all;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that stop the host after the requests it has accepted.
const STOP: &[(&str, SignalKind)] = &[
    ("SIGTERM", SignalKind::terminate()),
    ("SIGINT", SignalKind::interrupt()),
    ("SIGQUIT", SignalKind::quit()),
];

/// Numbers of signals that have a name in the standard library of no crate here,
/// on Linux.
const SIGVTALRM: i32 = 26;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;
const SIGPROF: i32 = 27;
const SIGPWR: i32 = 30;

/// Signals that say nothing to the host: they are logged, and it goes on. A file
/// that would grow too large and a connection that is gone are errors where they
/// are met.
const NOTHING: &[(&str, SignalKind)] = &[
    ("SIGUSR1", SignalKind::user_defined1()),
    ("SIGUSR2", SignalKind::user_defined2()),
    ("SIGALRM", SignalKind::alarm()),
    ("SIGIO", SignalKind::io()),
    ("SIGPIPE", SignalKind::pipe()),
    ("SIGVTALRM", SignalKind::from_raw(SIGVTALRM)),
    ("SIGXCPU", SignalKind::from_raw(SIGXCPU)),
    ("SIGXFSZ", SignalKind::from_raw(SIGXFSZ)),
    ("SIGPROF", SignalKind::from_raw(SIGPROF)),
    ("SIGPWR", SignalKind::from_raw(SIGPWR)),
];

/// The signals, taken from the system: from here on none of them ends the process.
pub struct Signals {
    stop: Vec<(&'static str, Signal)>,
    reload: Signal,
    nothing: Vec<(&'static str, Signal)>,
}

impl Signals {
    /// Takes them.
    ///
    /// # Errors
    /// When the system does not give them.
    pub fn take() -> io::Result<Self> {
        let all = |kinds: &[(&'static str, SignalKind)]| {
            kinds.iter().map(|(name, kind)| Ok((*name, signal(*kind)?))).collect::<io::Result<_>>()
        };
        Ok(Self { stop: all(STOP)?, reload: signal(SignalKind::hangup())?, nothing: all(NOTHING)? })
    }
}

/// Resolves when the process is told to stop. Until then `reload` runs at each
/// SIGHUP, and every other signal is logged.
pub async fn on_signals(signals: Signals, mut reload: impl AsyncFnMut()) {
    let Signals { mut stop, reload: mut hangup, mut nothing } = signals;
    loop {
        tokio::select! {
            biased;
            name = any(&mut stop) => {
                tracing::info!(signal = name, "told to stop");
                return;
            }
            _ = hangup.recv() => reload().await,
            name = any(&mut nothing) => {
                tracing::warn!(signal = name, "a signal means nothing to this host; it goes on");
            }
        }
    }
}

/// The name of the next one that comes.
fn any(signals: &mut [(&'static str, Signal)]) -> impl Future<Output = &'static str> {
    let each = signals.iter_mut().map(|(name, signal)| async move {
        signal.recv().await;
        *name
    });
    select_all(each.map(|next| next.boxed())).map(|(name, ..)| name)
}

/// Resolves when a command is told to stop: SIGTERM, or Ctrl-C.
///
/// # Errors
/// When the signals cannot be listened for.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
