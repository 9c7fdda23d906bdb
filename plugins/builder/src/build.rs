//! The way in: from crate folders to finished components on disk.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use creditgate_manifest::{Manifest, ManifestError};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::cargo::{CargoError, GuestCrate, compile};
use crate::command::Progress;
use crate::component::{ComponentError, componentize, embed_examples};
use crate::examples::{self, ExamplesProblem};
use crate::toolchain::{Toolchain, ToolchainError};

/// Name of the manifest's file in a plug-in's crate folder.
const MANIFEST_FILE: &str = "plugin.toml";

/// How plug-ins are built.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// Folder for cargo's intermediate files, and, below it in `plugins/`, for
    /// the components. Without one: `guests/` in the workspace's target
    /// folder, so that a guest's build does not wait for the host's.
    pub target_dir: Option<PathBuf>,
    /// Environment of the build beyond what the builder itself sets.
    pub environment: Vec<(OsString, OsString)>,
    /// What a person sees while cargo runs.
    pub progress: Progress,
}

/// A plug-in that was built.
#[derive(Debug, Clone)]
pub struct BuiltPlugin {
    /// The component: `<target>/plugins/<name>-<version>.wasm`.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// `sha256:` and the component's digest in lower-case hexadecimal.
    pub digest: String,
    /// What the plug-in says of itself.
    pub manifest: Manifest,
    /// Time this plug-in took, from compiling to the finished file.
    pub duration: Duration,
}

/// A plug-in could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was to be done with it.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        #[source]
        source: io::Error,
    },
    /// The manifest does not keep to its format.
    #[error("the plug-in's manifest is not accepted")]
    Manifest(#[from] ManifestError),
    /// The examples cannot be shipped.
    #[error("the examples in {} cannot be put into the component", path.display())]
    Examples {
        /// The file, or the folder where it is about all of them.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: ExamplesProblem,
    },
    /// No compiler for the guest target.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// Cargo failed.
    #[error(transparent)]
    Cargo(#[from] CargoError),
    /// A component of another tool cannot become a plug-in.
    #[error("{} cannot become a plug-in", component.display())]
    Embed {
        /// The component's file.
        component: PathBuf,
        /// Why not.
        #[source]
        source: ComponentError,
    },
    /// The module built is no plug-in.
    #[error("the plug-in in {} is built, but", crate_dir.display())]
    Component {
        /// The crate's folder.
        crate_dir: PathBuf,
        /// Why it is none.
        #[source]
        source: ComponentError,
    },
}

/// Builds the plug-in in one crate folder; see [`build_many`].
///
/// # Errors
///
/// See [`BuildError`].
pub fn build(crate_dir: &Path, options: &BuildOptions) -> Result<BuiltPlugin, BuildError> {
    let source = Source::read(crate_dir, options)?;
    let toolchain = Toolchain::find(&source.guest.crate_dir, options.progress)?;
    source.build(&toolchain, options)
}

/// Builds the plug-ins in these crate folders, in order, sharing what they
/// share: all manifests are read before anything is compiled, and crates that
/// several plug-ins depend on are compiled once.
///
/// The same sources, compiler, lock file and registry give the same bytes,
/// wherever the workspace is. (Crates that it takes by path from outside
/// itself keep their paths in panic messages, and so in the bytes.)
///
/// # Errors
///
/// See [`BuildError`]; the first failure ends the build. A component is
/// written completely or not at all.
pub fn build_many(crate_dirs: &[PathBuf], options: &BuildOptions) -> Result<Vec<BuiltPlugin>, BuildError> {
    let sources: Vec<Source> =
        crate_dirs.iter().map(|crate_dir| Source::read(crate_dir, options)).collect::<Result<_, _>>()?;
    let Some(first) = sources.first() else { return Ok(Vec::new()) };
    let toolchain = Toolchain::find(&first.guest.crate_dir, options.progress)?;
    sources.iter().map(|source| source.build(&toolchain, options)).collect()
}

/// A plug-in's crate folder, read and found good enough to compile.
struct Source {
    guest: GuestCrate,
    manifest: Manifest,
    manifest_text: String,
    examples: Option<String>,
    target_dir: PathBuf,
}

impl Source {
    fn read(crate_dir: &Path, options: &BuildOptions) -> Result<Self, BuildError> {
        // Cargo reports real paths; ours must compare equal to them.
        let crate_dir = fs::canonicalize(crate_dir).map_err(failed("find", crate_dir))?;
        let (manifest, manifest_text) = read_manifest(&crate_dir)?;
        let examples = examples::read(&crate_dir)?;
        let guest = GuestCrate::describe(crate_dir)?;
        let target_dir = options.target_dir.clone().unwrap_or_else(|| guest.workspace_target.join("guests"));
        let target_dir = std::path::absolute(&target_dir).map_err(failed("find", &target_dir))?;
        Ok(Self { guest, manifest, manifest_text, examples, target_dir })
    }

    fn build(&self, toolchain: &Toolchain, options: &BuildOptions) -> Result<BuiltPlugin, BuildError> {
        let started = Instant::now();
        let module_file = compile(&self.guest, toolchain, &self.target_dir, options)?;
        let module = fs::read(&module_file).map_err(failed("read", &module_file))?;
        let mut component = componentize(&module, &self.manifest_text)
            .map_err(|source| BuildError::Component { crate_dir: self.guest.crate_dir.clone(), source })?;
        if let Some(examples) = &self.examples {
            embed_examples(&mut component, examples);
        }
        write_component(&self.target_dir.join("plugins"), self.manifest.clone(), &component, started)
    }
}

/// The manifest in a plug-in's folder, and its text.
pub(crate) fn read_manifest(folder: &Path) -> Result<(Manifest, String), BuildError> {
    let file = folder.join(MANIFEST_FILE);
    let text = fs::read_to_string(&file).map_err(failed("read", &file))?;
    let manifest = Manifest::parse(&file.to_string_lossy(), &text)?;
    Ok((manifest, text))
}

/// Writes a component that is a plug-in to its place in `folder`: beside it first,
/// so that a reader sees the old file or the new one.
pub(crate) fn write_component(
    folder: &Path,
    manifest: Manifest,
    component: &[u8],
    started: Instant,
) -> Result<BuiltPlugin, BuildError> {
    let path = folder.join(format!("{}-{}.wasm", manifest.name, manifest.version));
    fs::create_dir_all(folder).map_err(failed("create", folder))?;
    let write = || -> io::Result<()> {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(component)?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(failed("write", &path))?;
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(component)));
    let built =
        BuiltPlugin { path, bytes: component.len() as u64, digest, manifest, duration: started.elapsed() };
    tracing::info!(
        plugin = built.manifest.name,
        version = built.manifest.version,
        digest = built.digest,
        bytes = built.bytes,
        "plug-in built"
    );
    Ok(built)
}

pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BuildError {
    let path = path.to_owned();
    move |source| BuildError::File { action, path, source }
}
