//! Where the compiler for the guest target comes from. Three ways, the first
//! that works is taken:
//!
//! 1. the toolchain in use has the target installed;
//! 2. `rustup target add`, where its server can be reached;
//! 3. Debian's packaged compiler and library sources, unpacked into the
//!    user's cache folder (`debian`), where the library is built once
//!    (`library`). A cache that is filled already is taken before rustup is
//!    tried, so that a closed network is asked only once.

mod debian;
mod library;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::command::{CommandError, Progress, run, run_for_text};

/// The target every Rust plug-in is compiled for.
pub(crate) const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// A network without a way to rustup's server must not hold a build for long.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// Why rustup could not add the target; asked once per process.
static RUSTUP_REFUSAL: OnceLock<String> = OnceLock::new();

/// A compiler that has the guest target.
#[derive(Debug, Clone)]
pub struct Toolchain {
    origin: Origin,
    environment: Vec<(OsString, OsString)>,
    library_sources: PathBuf,
    library_sources_name: String,
}

/// Where a [`Toolchain`] comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The toolchain in use has the target.
    Installed,
    /// rustup added the target just now.
    RustupAdded,
    /// Debian's packages in this folder of the user's cache.
    Debian {
        /// The unpacked packages with the library built into them.
        folder: PathBuf,
    },
}

/// No compiler for the guest target could be had.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// None of the ways works here.
    #[error(
        "no Rust compiler for {GUEST_TARGET}: the target is not installed; rustup could not add it ({rustup}); \
         Debian's packages could not be used. Run `rustup target add {GUEST_TARGET}` where its server can be \
         reached, or build on Debian 12 or later with a package mirror"
    )]
    Unavailable {
        /// Why rustup could not add it.
        rustup: String,
        /// Why Debian's packages could not be used.
        #[source]
        debian: Box<ToolchainError>,
    },
    /// A program failed.
    #[error("cannot {purpose}; {remedy}")]
    Command {
        /// What it was run for.
        purpose: &'static str,
        /// What a person can do about it.
        remedy: &'static str,
        /// The program's own words.
        #[source]
        source: CommandError,
    },
    /// A file or folder of the cache could not be used.
    #[error("cannot {action} {}; is there room, and may you write there?", path.display())]
    File {
        /// What was to be done with it.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        #[source]
        source: io::Error,
    },
    /// The package lists do not hold the compiler.
    #[error(
        "apt knows no package `{package}`; run `apt-get update` as root, and check that Debian's security \
         archive is among the sources"
    )]
    PackageUnknown {
        /// The package looked for.
        package: String,
    },
    /// The packages do not hold what they should.
    #[error("Debian's packages hold no {what} below {}; if that folder was changed, remove it and try again, otherwise \
         this release of the packages is not supported", folder.display())]
    PackageContent {
        /// The file looked for.
        what: &'static str,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Neither `XDG_CACHE_HOME` nor a home folder is set.
    #[error("no cache folder: set XDG_CACHE_HOME or HOME")]
    NoCacheFolder,
    /// No linker for WebAssembly.
    #[error(
        "no linker for WebAssembly: neither `rust-lld` in the Rust toolchain nor `wasm-ld` in PATH; install the \
         package `lld`"
    )]
    NoLinker,
}

impl ToolchainError {
    /// Turns a failed file operation into this error.
    fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }

    /// Turns a failed program into this error.
    fn command(purpose: &'static str, remedy: &'static str) -> impl FnOnce(CommandError) -> Self {
        move |source| Self::Command { purpose, remedy, source }
    }
}

impl Toolchain {
    /// Finds a compiler for the guest target, as cargo run in `folder` would
    /// use it (a `rust-toolchain.toml` there counts). The first time on a
    /// machine this may download and build one, which takes minutes at most.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Unavailable`] with the reason of each way, or the
    /// failure of the Rust toolchain in use itself.
    pub fn find(folder: &Path, progress: Progress) -> Result<Self, ToolchainError> {
        let host = HostToolchain::read(folder)?;
        if host.has_guest_target {
            return Ok(Self::of_host(Origin::Installed, &host));
        }
        if let Some(folder) = debian::cached()? {
            return Self::of_debian(folder, &host);
        }
        let Err(rustup) = add_with_rustup(folder, progress) else {
            return Ok(Self::of_host(Origin::RustupAdded, &host));
        };
        tracing::info!(reason = rustup, "rustup cannot add the guest target; trying Debian's packages");
        debian::provide(&host, progress)
            .and_then(|folder| Self::of_debian(folder, &host))
            .map_err(|debian| ToolchainError::Unavailable { rustup, debian: Box::new(debian) })
    }

    /// Where the compiler comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Environment by which cargo uses this compiler.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.environment.iter().map(|(name, value)| (name, value))
    }

    /// Folder of the standard library's sources, whether or not it is there.
    pub(crate) fn library_sources(&self) -> &Path {
        &self.library_sources
    }

    /// What compiled code calls that folder: `/rustc/<commit>`.
    pub(crate) fn library_sources_name(&self) -> &str {
        &self.library_sources_name
    }

    fn of_host(origin: Origin, host: &HostToolchain) -> Self {
        Self {
            origin,
            environment: Vec::new(),
            library_sources: host.sysroot.join("lib/rustlib/src/rust"),
            library_sources_name: host.library_sources_name.clone(),
        }
    }

    fn of_debian(folder: PathBuf, host: &HostToolchain) -> Result<Self, ToolchainError> {
        let compiler = debian::Compiler::unpacked_in(&folder)?;
        Ok(Self {
            environment: compiler.environment(host)?,
            library_sources: compiler.library_sources(),
            library_sources_name: compiler.library_sources_name()?,
            origin: Origin::Debian { folder },
        })
    }
}

/// The toolchain of the session: the one that runs us under cargo, or the
/// first in the search path.
pub(crate) struct HostToolchain {
    sysroot: PathBuf,
    triple: String,
    library_sources_name: String,
    has_guest_target: bool,
}

impl HostToolchain {
    fn read(folder: &Path) -> Result<Self, ToolchainError> {
        let version = rustc(folder, &["--version", "--verbose"])?;
        let guest_library = rustc(folder, &["--print", "target-libdir", "--target", GUEST_TARGET])?;
        Ok(Self {
            sysroot: rustc(folder, &["--print", "sysroot"])?.into(),
            triple: version_field(&version, "host").unwrap_or_default().to_owned(),
            library_sources_name: library_sources_name(&version),
            has_guest_target: has_core_library(Path::new(&guest_library)),
        })
    }

    /// The linker that comes with a rustup toolchain, or LLVM's in the search path.
    fn wasm_linker(&self) -> Result<PathBuf, ToolchainError> {
        let bundled = self.sysroot.join("lib/rustlib").join(&self.triple).join("bin/rust-lld");
        if bundled.is_file() {
            return Ok(bundled);
        }
        let search_path = env::var_os("PATH").unwrap_or_default();
        let mut linkers = env::split_paths(&search_path).map(|folder| folder.join("wasm-ld"));
        linkers.find(|linker| linker.is_file()).ok_or(ToolchainError::NoLinker)
    }
}

fn rustc(folder: &Path, arguments: &[&str]) -> Result<String, ToolchainError> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
    run_for_text(command.args(arguments).current_dir(folder)).map_err(ToolchainError::command(
        "ask the Rust compiler about itself",
        "is Rust installed and in PATH?",
    ))
}

/// Whether a target's library folder holds the core library.
fn has_core_library(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

/// The value of a line `name: value` of `rustc --version --verbose`.
fn version_field<'v>(version: &'v str, name: &str) -> Option<&'v str> {
    version.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// What the compiler of this version calls the library's sources.
fn library_sources_name(version: &str) -> String {
    format!("/rustc/{}", version_field(version, "commit-hash").unwrap_or("unknown"))
}

/// Asks rustup to add the target to the toolchain in use; otherwise the reason.
fn add_with_rustup(folder: &Path, progress: Progress) -> Result<(), String> {
    if let Some(refusal) = RUSTUP_REFUSAL.get() {
        return Err(refusal.clone());
    }
    let mut command = Command::new("rustup");
    command.args(["target", "add", GUEST_TARGET]).env("RUSTUP_MAX_RETRIES", "0").current_dir(folder);
    run(&mut command, Some(RUSTUP_LIMIT), progress)
        .map(drop)
        .map_err(|error| RUSTUP_REFUSAL.get_or_init(|| error.to_string()).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n\
                           binary: rustc\n\
                           commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96\n\
                           host: x86_64-unknown-linux-gnu\n\
                           release: 1.96.0\n";

    #[test]
    fn the_compiler_says_its_host_and_what_it_calls_the_library() {
        assert_eq!(version_field(VERSION, "host"), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(version_field(VERSION, "LLVM version"), None);
        assert_eq!(library_sources_name(VERSION), "/rustc/ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96");
        assert_eq!(library_sources_name("rustc 1.96.0\n"), "/rustc/unknown");
    }

    #[test]
    fn a_target_is_installed_only_with_its_core_library() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(!has_core_library(&folder.path().join("missing")));
        fs::write(folder.path().join("libcore-0123.rmeta"), "").expect("writable");
        assert!(!has_core_library(folder.path()));
        fs::write(folder.path().join("libcore-0123.rlib"), "").expect("writable");
        assert!(has_core_library(folder.path()));
    }
}
