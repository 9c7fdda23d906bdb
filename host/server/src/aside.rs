//! Work beside the requests: on a thread of its own, which gives way to those that
//! serve checks. For what takes long and is bounded in number; what is short stays
//! where it is.

use std::io;

use tokio::sync::oneshot;

/// How much less such a thread counts than those that serve, in steps of the
/// system's scheduler (0 is equal, 19 the least).
pub(crate) const NICENESS: i32 = 15;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AsideError {
    /// The system has no thread to give.
    #[error("there is no thread for it")]
    NoThread(#[from] io::Error),
    /// The work panicked, and said so in the log.
    #[error("it broke; the log says why")]
    Broken,
}

/// Runs work on a thread of this name, and waits for it. Threads that the work starts
/// count as little as its own.
pub(crate) async fn run<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AsideError> {
    let (reply, outcome) = oneshot::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        give_way();
        // Whoever asked may have gone away.
        let _ = reply.send(work());
    })?;
    // A thread that panics drops its end.
    outcome.await.map_err(|_| AsideError::Broken)
}

fn give_way() {
    // Without an id it is the calling thread. Where it is not allowed, checks are
    // a little slower meanwhile.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "work beside the requests could not be given a lower priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_beside_the_requests_gives_way_and_a_panic_is_an_error() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let before = own();
        let aside = run("aside", own).await.unwrap();
        assert!(aside == NICENESS || before > NICENESS, "{aside}");
        assert_eq!(own(), before);
        let broken = run("aside", || panic!("on purpose")).await;
        assert!(matches!(broken, Err::<(), _>(AsideError::Broken)));
    }
}
