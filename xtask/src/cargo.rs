//! Calls of cargo, with what this workspace always wants.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// The target folder: cargo's own, wherever the environment puts it.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A call of the cargo that runs this task, at the root, with the locked
/// dependencies.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments).arg("--locked");
    // What cargo told this task of itself: build scripts that look at it would run
    // again, and all that depends on them be built again, each time a task and a
    // person take turns.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_MANIFEST_LINKS"] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
}

/// Builds the programs: of the default members, whose features this task was built
/// with too, so that nothing is built a second time.
pub(crate) fn build_programs() -> Result<()> {
    run(&mut cargo(&["build", "--bins"]))
}

/// Runs a command; its standard output goes to standard error, so that a task's
/// own output stays alone on standard output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .stdout(Stdio::from(std::io::stderr()))
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} {:?} ended with {status}", command.get_args().collect::<Vec<_>>());
    }
    Ok(())
}
