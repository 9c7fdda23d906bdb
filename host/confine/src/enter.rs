//! The child's side: it gives up everything but its input.

use std::io;
use std::thread;

use rustix::process::{
    Resource, Rlimit, Signal, set_parent_process_death_signal, setpriority_process, setrlimit,
};

use crate::{Limits, calls, files};

/// Open files: standard input, output and error, and some that are opened before
/// the process is confined.
const DESCRIPTORS: u64 = 16;

/// A process could not be confined.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// The system does not take a limit.
    #[error("cannot limit this process: {0}")]
    Limits(#[from] io::Error),
    /// Landlock is there and does not take the rules.
    #[error("cannot give up files: {0}")]
    Files(#[from] landlock::RulesetError),
    /// Seccomp does not take the filter.
    #[error("cannot give up calls of the kernel: {0}")]
    Calls(#[from] seccompiler::Error),
}

/// By what a process is confined, besides its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confined {
    /// Landlock: no files, and no connections where it knows of them (Linux 6.7).
    pub files: bool,
    /// Seccomp: no calls of the kernel but those that reading needs.
    pub calls: bool,
}

impl Confined {
    /// Whether both hold it.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.files && self.calls
    }
}

impl Limits {
    /// Confines this process, for good. To be called before it has threads and
    /// before it looks at its input.
    ///
    /// # Errors
    /// When a limit is not taken. A kernel without Landlock or seccomp is none:
    /// what holds is answered.
    pub fn enter(&self) -> Result<Confined, EnterError> {
        // A host that is killed leaves no child behind.
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?;
        self.set()?;
        give_up(self.threads)
    }

    /// The limits the kernel keeps.
    pub(crate) fn set(&self) -> io::Result<()> {
        let at_most =
            |resource, amount| setrlimit(resource, Rlimit { current: Some(amount), maximum: Some(amount) });
        at_most(Resource::Cpu, self.cpu_seconds)?;
        // Address space that is only reserved, as an engine's pool, does not count.
        at_most(Resource::Data, self.memory_bytes)?;
        at_most(Resource::Nofile, DESCRIPTORS)?;
        at_most(Resource::Fsize, 0)?;
        at_most(Resource::Core, 0)?;
        if !self.threads {
            // Counts the threads of a user, and is not for root: seccomp holds there.
            at_most(Resource::Nproc, 0)?;
        }
        setpriority_process(None, self.niceness)?;
        Ok(())
    }
}

fn give_up(threads: bool) -> Result<Confined, EnterError> {
    let files = files::give_up()?;
    let calls = calls::give_up(threads)?;
    Ok(Confined { files, calls })
}

/// What this kernel has to confine a process by. Tried out on a thread that does
/// nothing else: what it gives up it takes with it.
///
/// # Errors
/// When a thread cannot be started, or the kernel takes neither yes nor no.
pub fn kernel() -> Result<Confined, EnterError> {
    let tried = thread::Builder::new().name("confine".to_owned()).spawn(|| give_up(false))?;
    tried.join().map_err(|_| io::Error::other("the thread that tried it is gone"))?
}
