//! A process that has its input and nothing else.
//!
//! What reads files from elsewhere can be made to ask for all memory, to go on
//! for ever, or worse. It therefore runs in a child process: the host's own
//! program, started once more. The host starts it and reads its answer
//! ([`Limits::start`]); the child's first act is to confine itself
//! ([`Limits::enter`]). What ends the child ends nothing else.
//!
//! The child has the file it reads as standard input, an empty folder of its own,
//! an empty environment, and a pipe for its answer. The kernel bounds its memory,
//! processor time, open files and the size of files; the host bounds the time it
//! waits and the length of the answer. Landlock takes away every file and every
//! connection, seccomp every call of the kernel that reading needs not: either is
//! enough against a child that was taken over, and [`kernel`] says which of them
//! this kernel has.
//!
//! What must not be here: what is read, and what an answer means.

mod calls;
mod child;
mod enter;
mod files;
#[cfg(test)]
mod tests;

pub use child::{Child, End, input_of};
pub use enter::{Confined, EnterError, kernel};

use std::time::Duration;

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time, all threads together, in seconds.
    pub cpu_seconds: u64,
    /// Memory it may write to, in bytes. Address space that is only reserved
    /// does not count.
    pub memory_bytes: u64,
    /// How long the host waits for its answer in all. While the host does
    /// something else the child may be waiting for the host, and no time counts.
    pub patience: Duration,
    /// The answer, in bytes.
    pub answer_bytes: u64,
    /// Whether it may start threads.
    pub threads: bool,
    /// How much less it counts than those that serve checks, in steps of the
    /// system's scheduler (0 is equal, 19 the least).
    pub niceness: i32,
}
