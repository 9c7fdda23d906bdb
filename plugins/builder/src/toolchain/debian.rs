//! Debian's packaged Rust compiler, unpacked into the user's cache folder:
//! `<cache>/creditgate/guest-toolchain/<package version>`. Nothing is
//! installed and no root is needed. A folder counts only once it is complete:
//! it is filled under another name, marked, and moved into place, under a
//! lock that keeps two processes from doing the same work.
//!
//! Package names and versions come from apt; only the compiler's own package
//! name is known here.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Progress, run, run_for_text};
use crate::toolchain::library::build_library;
use crate::toolchain::{GUEST_TARGET, HostToolchain, ToolchainError, library_sources_name, version_field};

/// Debian's Rust compiler for the browsers it ships: the newest it has.
const COMPILER_PACKAGE: &str = "rustc-web";

/// The same release's sources, the standard library's among them.
const SOURCES_PACKAGE: &str = "rust-web-src";

/// What the compiler needs of its dependencies; the rest (libc, gcc) is on
/// any machine that builds Rust.
const NEEDED_DEPENDENCIES: [&str; 2] = ["libstd-rust-web", "libllvm"];

/// Marks a complete folder. The number is that of the folder's layout.
const COMPLETE_MARK: &str = ".complete-1";

/// Starts the name of a folder that is being filled.
const UNFINISHED_PREFIX: &str = ".unfinished-";

/// The newest complete toolchain in the cache, if there is one.
pub(super) fn cached() -> Result<Option<PathBuf>, ToolchainError> {
    Ok(newest_complete(&cache_folder()?))
}

/// Fills the cache, or waits for another process that does, and returns the
/// toolchain's folder.
pub(super) fn provide(host: &HostToolchain, progress: Progress) -> Result<PathBuf, ToolchainError> {
    let cache = cache_folder()?;
    fs::create_dir_all(&cache).map_err(ToolchainError::file("create", &cache))?;
    let lock_path = cache.join(".lock");
    let lock = File::create(&lock_path).map_err(ToolchainError::file("create", &lock_path))?;
    lock.lock().map_err(ToolchainError::file("lock", &lock_path))?;
    if let Some(folder) = newest_complete(&cache) {
        return Ok(folder);
    }
    remove_unfinished(&cache);
    fill(&cache, host, progress)
}

fn cache_folder() -> Result<PathBuf, ToolchainError> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(|| env::home_dir().map(|home| home.join(".cache")));
    Ok(cache.ok_or(ToolchainError::NoCacheFolder)?.join("creditgate/guest-toolchain"))
}

fn newest_complete(cache: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(cache).ok()?.flatten().map(|entry| entry.path());
    folders
        .filter_map(|folder| Some((fs::metadata(folder.join(COMPLETE_MARK)).ok()?.modified().ok()?, folder)))
        .max()
        .map(|(_, folder)| folder)
}

/// What a process that was killed has left; the lock is ours, so nobody uses it.
fn remove_unfinished(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED_PREFIX)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "cannot remove an unfinished toolchain");
        }
    }
}

fn fill(cache: &Path, host: &HostToolchain, progress: Progress) -> Result<PathBuf, ToolchainError> {
    let work = tempfile::Builder::new()
        .prefix(UNFINISHED_PREFIX)
        .tempdir_in(cache)
        .map_err(ToolchainError::file("create a folder in", cache))?;
    let packages = resolve()?;
    let root = work.path().join("root");
    download_and_unpack(&packages, work.path(), &root, progress)?;
    let compiler = Compiler::unpacked_in(&root)?;
    build_library(&compiler, host, &work.path().join("library"), progress)?;
    compiler.discard_sources()?;
    let mark = root.join(COMPLETE_MARK);
    File::create(&mark).map_err(ToolchainError::file("create", &mark))?;
    let folder = cache.join(packages.folder_name());
    if folder.exists() {
        // Of an older layout, or its mark would have been found.
        fs::remove_dir_all(&folder).map_err(ToolchainError::file("replace", &folder))?;
    }
    fs::rename(&root, &folder).map_err(ToolchainError::file("move the toolchain to", &folder))?;
    Ok(folder)
}

/// The packages to unpack, each with its exact version.
#[derive(Debug, PartialEq, Eq)]
struct Packages {
    /// First the compiler's own.
    wanted: Vec<Package>,
}

impl Packages {
    /// The compiler's version as a folder's name; `:` would split search paths.
    fn folder_name(&self) -> String {
        self.wanted.first().map(|compiler| compiler.version.replace(':', "_")).unwrap_or_default()
    }
}

/// One stanza of `apt-cache show`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Package {
    name: String,
    version: String,
    dependencies: Vec<String>,
}

impl Package {
    /// Reads the first stanza; alternatives (`a | b`) count by their first name.
    fn parse(stanza: &str) -> Option<Self> {
        let field = |name| version_field(stanza, name);
        let dependencies = field("Depends").unwrap_or_default().split(',');
        let name_of = |dependency: &str| dependency.split_whitespace().next().map(str::to_owned);
        Some(Self {
            name: field("Package")?.to_owned(),
            version: field("Version")?.to_owned(),
            dependencies: dependencies.filter_map(name_of).collect(),
        })
    }
}

/// Asks apt which packages make up the compiler, refreshing its lists once
/// where they are empty (a fresh container) and we may.
fn resolve() -> Result<Packages, ToolchainError> {
    let compiler = match show(COMPILER_PACKAGE) {
        Err(ToolchainError::PackageUnknown { .. }) => {
            let mut update = apt("apt-get");
            run(update.arg("update"), None, Progress::Quiet).map_err(ToolchainError::command(
                "refresh apt's package lists, which do not hold the compiler",
                "run `apt-get update` as root",
            ))?;
            show(COMPILER_PACKAGE)?
        }
        shown => shown?,
    };
    closure(compiler, show)
}

/// The compiler, the needed part of what it depends on, and the sources.
fn closure(
    compiler: Package,
    show: impl Fn(&str) -> Result<Package, ToolchainError>,
) -> Result<Packages, ToolchainError> {
    let mut wanted = vec![compiler];
    let mut position = 0;
    while let Some(package) = wanted.get(position) {
        let needed = |name: &&String| NEEDED_DEPENDENCIES.iter().any(|prefix| name.starts_with(prefix));
        let names: Vec<String> = package.dependencies.iter().filter(needed).cloned().collect();
        for name in names {
            if !wanted.iter().any(|known| known.name == name) {
                wanted.push(show(&name)?);
            }
        }
        position += 1;
    }
    wanted.push(show(SOURCES_PACKAGE)?);
    Ok(Packages { wanted })
}

fn show(package: &str) -> Result<Package, ToolchainError> {
    // apt-cache answers with an error when it knows no such package.
    let unknown = || ToolchainError::PackageUnknown { package: package.to_owned() };
    let mut command = apt("apt-cache");
    let stanza = match run_for_text(command.args(["show", "--no-all-versions", package])) {
        Err(error) if matches!(error.failure, crate::command::CommandFailure::Exit(_)) => {
            return Err(unknown());
        }
        shown => {
            shown.map_err(ToolchainError::command("ask apt for packages", "is this a Debian system?"))?
        }
    };
    Package::parse(&stanza).ok_or_else(unknown)
}

/// An apt program whose answers are in English, whatever the user speaks.
fn apt(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C");
    command
}

fn download_and_unpack(
    packages: &Packages,
    downloads: &Path,
    root: &Path,
    progress: Progress,
) -> Result<(), ToolchainError> {
    let mut command = apt("apt-get");
    command.arg("download").current_dir(downloads);
    command.args(packages.wanted.iter().map(|package| format!("{}={}", package.name, package.version)));
    run(&mut command, None, progress).map_err(ToolchainError::command(
        "download Debian's Rust compiler",
        "is a Debian mirror within reach, and are apt's lists fresh (`apt-get update` as root)?",
    ))?;
    let entries = fs::read_dir(downloads).map_err(ToolchainError::file("read", downloads))?;
    let archives = entries.flatten().map(|entry| entry.path());
    for archive in archives.filter(|path| path.extension().is_some_and(|extension| extension == "deb")) {
        let mut command = Command::new("dpkg");
        run(command.arg("-x").arg(&archive).arg(root), None, Progress::Quiet).map_err(
            ToolchainError::command("unpack a Debian package", "is there room in the user's cache folder?"),
        )?;
    }
    Ok(())
}

/// An unpacked compiler.
pub(super) struct Compiler {
    root: PathBuf,
    /// Folder of the shared libraries the compiler itself is linked to.
    libraries: PathBuf,
}

impl Compiler {
    pub(super) fn unpacked_in(root: &Path) -> Result<Self, ToolchainError> {
        // The folder's name is the machine's multiarch triple.
        let holds_driver = |folder: &PathBuf| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries
                .into_iter()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("librustc_driver"))
        };
        let folders = fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
        let libraries = folders.map(|entry| entry.path()).find(holds_driver);
        match libraries {
            Some(libraries) => Ok(Self { root: root.to_owned(), libraries }),
            None => Err(ToolchainError::PackageContent { what: "librustc_driver", folder: root.to_owned() }),
        }
    }

    fn rustc(&self) -> PathBuf {
        self.root.join("usr/bin/rustc")
    }

    /// Environment by which cargo uses this compiler.
    pub(super) fn environment(
        &self,
        host: &HostToolchain,
    ) -> Result<Vec<(OsString, OsString)>, ToolchainError> {
        Ok(vec![
            ("RUSTC".into(), self.rustc().into()),
            ("LD_LIBRARY_PATH".into(), self.libraries.clone().into()),
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER".into(), host.wasm_linker()?.into()),
        ])
    }

    /// Folder of the library's sources; gone once the library is built.
    pub(super) fn library_sources(&self) -> PathBuf {
        self.root.join("usr/lib/rustlib/src/rust")
    }

    /// What compiled code calls that folder.
    pub(super) fn library_sources_name(&self) -> Result<String, ToolchainError> {
        let mut command = Command::new(self.rustc());
        command.args(["--version", "--verbose"]).env("LD_LIBRARY_PATH", &self.libraries);
        run_for_text(&mut command).map(|version| library_sources_name(&version)).map_err(
            ToolchainError::command(
                "run Debian's Rust compiler",
                "remove the folder creditgate/guest-toolchain in the user's cache, and try again",
            ),
        )
    }

    /// Where the compiler looks for the guest target's library.
    pub(super) fn guest_library(&self) -> PathBuf {
        self.root.join("usr/lib/rustlib").join(GUEST_TARGET).join("lib")
    }

    /// Removes what only building the library needs: most of the folder.
    fn discard_sources(&self) -> Result<(), ToolchainError> {
        for part in ["usr/src", "usr/lib/rustlib/src", "usr/share"] {
            let folder = self.root.join(part);
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(ToolchainError::file("remove", &folder))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPILER: &str = "Package: rustc-web\n\
        Version: 1.96.0+dfsg1-1~deb12u2\n\
        Depends: libc6 (>= 2.34), libstd-rust-web-dev (= 1.96.0+dfsg1-1~deb12u2), gcc, libc6-dev | libc-dev\n\
        Filename: pool/rustc-web.deb\n";

    fn archive(name: &str) -> Result<Package, ToolchainError> {
        let dependencies = match name {
            "libstd-rust-web-dev" => "libstd-rust-web-1.96 (= 1.96.0)",
            "libstd-rust-web-1.96" => "libc6 (>= 2.34), libllvm22, libstdc++6",
            "libllvm22" => "libc6, libstd-rust-web-1.96",
            "rust-web-src" => "libllvm99",
            _ => return Err(ToolchainError::PackageUnknown { package: name.to_owned() }),
        };
        let version = if name == "libllvm22" { "1:22.1.8" } else { "1.96.0" };
        let stanza = format!("Package: {name}\nVersion: {version}\nDepends: {dependencies}\n");
        Ok(Package::parse(&stanza).expect("a whole stanza"))
    }

    #[test]
    fn a_stanza_of_apt_is_read() {
        let package = Package::parse(COMPILER).expect("a whole stanza");
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("rustc-web", "1.96.0+dfsg1-1~deb12u2")
        );
        assert_eq!(package.dependencies, ["libc6", "libstd-rust-web-dev", "gcc", "libc6-dev"]);
        assert_eq!(Package::parse(""), None);
        assert_eq!(Package::parse("Package: rustc-web\n"), None);
    }

    #[test]
    fn the_needed_dependencies_are_followed_each_once_and_the_sources_added() {
        let compiler = Package::parse(COMPILER).expect("a whole stanza");
        let packages = closure(compiler, archive).expect("all known");
        let names: Vec<&str> = packages.wanted.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(
            names,
            ["rustc-web", "libstd-rust-web-dev", "libstd-rust-web-1.96", "libllvm22", "rust-web-src"]
        );
        assert_eq!(packages.folder_name(), "1.96.0+dfsg1-1~deb12u2");
    }

    #[test]
    fn a_package_apt_does_not_know_is_named() {
        let compiler = Package {
            name: "rustc-web".to_owned(),
            version: "2:1".to_owned(),
            dependencies: vec!["libllvm77".to_owned()],
        };
        let error = closure(compiler, archive).expect_err("libllvm77 is unknown");
        assert!(error.to_string().starts_with("apt knows no package `libllvm77`"));
    }

    #[test]
    fn only_a_complete_folder_counts_and_leftovers_are_removed() {
        let cache = tempfile::tempdir().expect("a temporary folder");
        let leftover = cache.path().join(".unfinished-abc");
        let complete = cache.path().join("1.96.0");
        for folder in [&leftover, &complete] {
            fs::create_dir(folder).expect("writable");
        }
        assert_eq!(newest_complete(cache.path()), None);
        File::create(complete.join(COMPLETE_MARK)).expect("writable");
        assert_eq!(newest_complete(cache.path()), Some(complete.clone()));
        remove_unfinished(cache.path());
        assert!(!leftover.exists() && complete.exists());
    }
}
