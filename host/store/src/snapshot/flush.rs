//! Brings what was written to the disk while more is being written: one sync of
//! hundreds of megabytes at the end would hold up the commits of checks on the
//! same disk.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

pub(super) struct Flusher {
    file: File,
    wanted: Option<SyncSender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Flusher {
    /// Starts for a file that is being written by somebody else.
    pub(super) fn start(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let synced = file.try_clone()?;
        // One that waits is enough: it covers all that was written before it.
        let (wanted, wishes) = sync_channel(1);
        let thread = std::thread::Builder::new().name("creditgate-flush".to_owned()).spawn(move || {
            for () in wishes {
                synced.sync_data()?;
            }
            Ok(())
        })?;
        Ok(Self { file, wanted: Some(wanted), thread: Some(thread) })
    }

    /// Asks for what was written so far to be brought to the disk. Does not wait.
    pub(super) fn flush(&self) {
        if let Some(wanted) = &self.wanted {
            // Full: one that covers this as well is waiting already. Gone: the
            // thread failed, and `finish` says why.
            let _ = wanted.try_send(());
        }
    }

    /// Waits until everything is on the disk.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.wanted = None;
        if let Some(thread) = self.thread.take() {
            thread.join().map_err(|_| io::Error::other("the thread that flushes panicked"))??;
        }
        self.file.sync_all()
    }
}
