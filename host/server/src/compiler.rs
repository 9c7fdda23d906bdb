//! Whether this process can start itself to compile plug-ins.
//!
//! The program can: its `main` knows what the sandbox asks of it. A test, which
//! has another `main`, cannot, and compiles by itself.

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
pub(crate) fn program() -> Option<PathBuf> {
    IS_THE_PROGRAM.get().map(|()| PathBuf::from(THIS_PROGRAM))
}
