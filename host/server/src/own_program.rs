//! Whether this process can start itself, to compile plug-ins and to read files
//! from elsewhere in a process of their own.
//!
//! The program can: its `main` knows what it is asked for. A test, which has
//! another `main`, cannot, and does both by itself.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The very file this process was started from, even where another one has been
/// installed in its place since.
const THIS_PROGRAM: &str = "/proc/self/exe";

static IS_THE_PROGRAM: OnceLock<()> = OnceLock::new();

/// Says that this process is the `creditgate` program.
pub(crate) fn be_the_program() {
    let _ = IS_THE_PROGRAM.set(());
}

/// The program to start, if this process is the `creditgate` program.
pub(crate) fn path() -> Option<PathBuf> {
    IS_THE_PROGRAM.get().map(|()| PathBuf::from(THIS_PROGRAM))
}

/// Says in the log where the kernel has less to confine these processes by than
/// they ask for.
pub(crate) fn say_what_confines_it() {
    match creditgate_confine::kernel() {
        Ok(kernel) if kernel.is_whole() => {}
        Ok(kernel) => tracing::warn!(
            landlock = kernel.files,
            seccomp = kernel.calls,
            "the kernel does not confine the processes that compile plug-ins and read files from elsewhere as it \
             could: Landlock (Linux 5.13) takes files away from them, seccomp every call they do not need; their \
             limits hold all the same"
        ),
        Err(error) => tracing::error!(%error, "this kernel does not say by what it confines processes"),
    }
}
