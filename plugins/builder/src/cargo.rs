//! Runs cargo on plug-in crates: where their workspace is, which flags a
//! reproducible guest needs, and where the core module ends up.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::build::BuildOptions;
use crate::command::{CommandError, Progress, run};
use crate::toolchain::{GUEST_TARGET, Toolchain};

/// Stack of a guest in bytes. A small stack keeps the memory an instance
/// starts with small, and so its reset cheap.
const STACK_SIZE: usize = 32 * 1024;

/// Profile of every guest, whatever the workspace's own release profile says.
/// `debuginfo` strips DWARF and leaves the `name` section, by which traps are
/// symbolised.
const PROFILE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
];

/// Settings of the surrounding session that must not reach a guest's build:
/// they would change what is built, or where.
const FOREIGN_SETTINGS: [&str; 8] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// Cargo could not build a plug-in's crate.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// The folder is not a crate cargo can describe.
    #[error("cannot read the crate in {}; is its Cargo.toml valid?", crate_dir.display())]
    Describe {
        /// The crate's folder.
        crate_dir: PathBuf,
        /// Cargo's own words.
        #[source]
        source: CommandError,
    },
    /// The crate does not build for the guest target.
    #[error("the plug-in in {} does not build for {GUEST_TARGET}", crate_dir.display())]
    Compile {
        /// The crate's folder.
        crate_dir: PathBuf,
        /// Cargo's own words.
        #[source]
        source: CommandError,
    },
    /// Cargo's answer could not be understood.
    #[error("cargo's description of {} is not understood", crate_dir.display())]
    Answer {
        /// The crate's folder.
        crate_dir: PathBuf,
        /// What was wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The folder holds a workspace without a package, or the package is no library.
    #[error(
        "{} holds no library crate; a plug-in needs a `[package]` in Cargo.toml and a src/lib.rs",
        crate_dir.display()
    )]
    NoLibrary {
        /// The crate's folder.
        crate_dir: PathBuf,
    },
}

/// A fresh cargo command; the one that runs us, if one does.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    for setting in FOREIGN_SETTINGS {
        command.env_remove(setting);
    }
    command
}

/// A plug-in's crate and the workspace it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct GuestCrate {
    pub(crate) crate_dir: PathBuf,
    pub(crate) workspace: PathBuf,
    pub(crate) workspace_target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    manifest_path: PathBuf,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    kind: Vec<String>,
}

impl MetadataTarget {
    fn is_library(&self) -> bool {
        self.kind.iter().any(|kind| matches!(kind.as_str(), "lib" | "rlib" | "cdylib"))
    }
}

/// The line of cargo's JSON output that says a crate is built.
#[derive(Deserialize)]
pub(crate) struct ArtifactMessage {
    pub(crate) manifest_path: PathBuf,
    pub(crate) filenames: Vec<PathBuf>,
}

/// Reads cargo's JSON lines and keeps those of built crates; the others are
/// messages about other things, in shapes that grow with cargo.
pub(crate) fn artifacts(output: &[u8]) -> impl Iterator<Item = ArtifactMessage> {
    output.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

impl GuestCrate {
    /// Asks cargo for the workspace of the crate in this folder, which must be
    /// an absolute path free of symbolic links.
    pub(crate) fn describe(crate_dir: PathBuf) -> Result<Self, CargoError> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&crate_dir);
        // Here the session's target folder matters: ours goes below it.
        if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
            command.env("CARGO_TARGET_DIR", target);
        }
        let output = match run(&mut command, None, Progress::Quiet) {
            Ok(output) => output,
            Err(source) => return Err(CargoError::Describe { crate_dir, source }),
        };
        let metadata: Metadata = match serde_json::from_slice(&output) {
            Ok(metadata) => metadata,
            Err(source) => return Err(CargoError::Answer { crate_dir, source }),
        };
        let manifest_path = crate_dir.join("Cargo.toml");
        let is_library = metadata.packages.iter().any(|package| {
            package.manifest_path == manifest_path && package.targets.iter().any(MetadataTarget::is_library)
        });
        if !is_library {
            return Err(CargoError::NoLibrary { crate_dir });
        }
        Ok(Self {
            crate_dir,
            workspace: metadata.workspace_root,
            workspace_target: metadata.target_directory,
        })
    }
}

/// Compiles one crate to a core module and returns where it is.
///
/// The crate needs no `crate-type`: cargo is told to make a `cdylib` of it,
/// and of nothing else, because it optimises across crates only where that is
/// the only kind asked for.
pub(crate) fn compile(
    guest: &GuestCrate,
    toolchain: &Toolchain,
    target_dir: &Path,
    options: &BuildOptions,
) -> Result<PathBuf, CargoError> {
    let mut command = cargo();
    command
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--release", "--target", GUEST_TARGET])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--target-dir")
        .arg(target_dir)
        .current_dir(&guest.crate_dir)
        .envs(PROFILE)
        .env("CARGO_ENCODED_RUSTFLAGS", encoded_flags(guest, toolchain, target_dir))
        .envs(toolchain.environment())
        .envs(options.environment.iter().map(|(name, value)| (name, value)));
    let output = run(&mut command, None, options.progress)
        .map_err(|source| CargoError::Compile { crate_dir: guest.crate_dir.clone(), source })?;
    let manifest_path = guest.crate_dir.join("Cargo.toml");
    artifacts(&output)
        .filter(|message| message.manifest_path == manifest_path)
        .flat_map(|message| message.filenames)
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .ok_or_else(|| CargoError::NoLibrary { crate_dir: guest.crate_dir.clone() })
}

/// The compiler's flags. No path of this machine may reach the module, or
/// two machines would not build the same bytes; where prefixes nest, rustc
/// takes the last one given.
fn encoded_flags(guest: &GuestCrate, toolchain: &Toolchain, target_dir: &Path) -> OsString {
    let mut flags = vec![OsString::from("-C"), OsString::from(format!("link-arg=-zstack-size={STACK_SIZE}"))];
    let places = [
        (guest.workspace.as_path(), "/workspace"),
        (target_dir, "/target"),
        (&cargo_home(), "/cargo"),
        (toolchain.library_sources(), toolchain.library_sources_name()),
    ];
    for (path, name) in places {
        flags.push(remap(path, name));
    }
    flags.join(OsStr::new("\x1f"))
}

/// The flag that makes rustc write `name` wherever it would write `path`.
pub(crate) fn remap(path: &Path, name: &str) -> OsString {
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(path);
    flag.push("=");
    flag.push(name);
    flag
}

fn cargo_home() -> PathBuf {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default()
}
