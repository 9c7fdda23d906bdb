//! Builds Rust's standard library for the guest target from Debian's sources,
//! once, and puts it where the compiler looks for it. From then on the
//! compiler has the target like any other, for every clone and workspace.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{artifacts, cargo, remap};
use crate::command::{CommandError, Progress, run};
use crate::toolchain::debian::Compiler;
use crate::toolchain::{GUEST_TARGET, HostToolchain, ToolchainError};

/// Name of the empty crate whose build makes cargo build the library.
const CARRIER: &str = "guest-library";

/// An empty crate with a guest's profile.
const CARRIER_MANIFEST: &str = r#"[package]
name = "guest-library"
version = "0.0.0"
edition = "2024"

[workspace]

[profile.release]
panic = "abort"
opt-level = 3
codegen-units = 1
debug = false
"#;

/// Builds the library in the folder `work` and copies it into the compiler's tree.
pub(super) fn build_library(
    compiler: &Compiler,
    host: &HostToolchain,
    work: &Path,
    progress: Progress,
) -> Result<(), ToolchainError> {
    tracing::info!("building Rust's standard library for plug-ins; this happens once");
    let sources = work.join("src");
    fs::create_dir_all(&sources).map_err(ToolchainError::file("create", &sources))?;
    for (file, text) in
        [(work.join("Cargo.toml"), CARRIER_MANIFEST), (sources.join("lib.rs"), "#![no_std]\n")]
    {
        fs::write(&file, text).map_err(ToolchainError::file("write", &file))?;
    }
    let flags = flags(compiler)?;
    let environment = compiler.environment(host)?;
    let compile = |vendored: &[OsString]| -> Result<Vec<u8>, CommandError> {
        let mut command = cargo();
        command
            .args(["build", "--release", "--target", GUEST_TARGET, "-Z", "build-std=std,panic_abort"])
            .args(["--message-format", "json-render-diagnostics", "--target-dir", "target"])
            .args(vendored)
            .current_dir(work)
            // `build-std` is for nightly compilers; this one is pinned by its sources.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", &flags)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        run(&mut command, None, progress)
    };
    // Debian ships the library's own dependencies beside it. Should one be
    // missing there, the registry has it.
    let output = compile(&vendored(&compiler.library_sources())).or_else(|error| {
        tracing::info!(%error, "the packaged dependencies do not suffice; using the registry's");
        compile(&[])
    });
    let output = output.map_err(ToolchainError::command(
        "build Rust's standard library for plug-ins",
        "is cargo's registry within reach?",
    ))?;
    install(&output, &compiler.guest_library())
}

/// The library must carry bitcode beside machine code, so that a guest can be
/// optimised together with it, and no path of this machine.
fn flags(compiler: &Compiler) -> Result<OsString, ToolchainError> {
    let name = compiler.library_sources_name()?;
    let mut flags = vec![OsString::from("-C"), OsString::from("embed-bitcode=yes")];
    let sources = compiler.library_sources();
    // Cargo may name the sources by the folder that a symbolic link leads to.
    let real = fs::canonicalize(&sources).map_err(ToolchainError::file("find", &sources))?;
    flags.extend([remap(&real, &name), remap(&sources, &name)]);
    Ok(flags.join(OsStr::new("\x1f")))
}

/// Cargo's options to take dependencies from the sources' vendor folder.
fn vendored(sources: &Path) -> Vec<OsString> {
    let folder = sources.join("library/vendor");
    if !folder.is_dir() {
        return Vec::new();
    }
    let folder = toml_string(&folder);
    [
        "--config".to_owned(),
        "source.crates-io.replace-with=\"packaged\"".to_owned(),
        "--config".to_owned(),
        format!("source.packaged.directory={folder}"),
    ]
    .map(OsString::from)
    .into()
}

/// A path as a TOML string.
fn toml_string(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

/// Copies the library's crates to where the compiler looks for them.
fn install(output: &[u8], folder: &Path) -> Result<(), ToolchainError> {
    fs::create_dir_all(folder).map_err(ToolchainError::file("create", folder))?;
    for crate_file in library_files(output) {
        let Some(name) = crate_file.file_name() else { continue };
        let place = folder.join(name);
        fs::copy(&crate_file, &place).map_err(ToolchainError::file("copy a library to", &place))?;
    }
    Ok(())
}

/// The compiled crates of the library: those for the guest target, without
/// the carrier and without what ran on this machine during the build.
fn library_files(output: &[u8]) -> Vec<PathBuf> {
    let carrier = format!("lib{}.rlib", CARRIER.replace('-', "_"));
    artifacts(output)
        .flat_map(|message| message.filenames)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| path.components().any(|part| part.as_os_str() == GUEST_TARGET))
        .filter(|path| path.file_name().is_some_and(|name| name != carrier.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_library_for_the_guest_is_installed() {
        let output = br#"{"reason":"build-script-executed","package_id":"x"}
{"reason":"compiler-artifact","manifest_path":"/m","filenames":["/t/release/build/x/build-script-build"]}
{"reason":"compiler-artifact","manifest_path":"/m","filenames":["/t/wasm32-unknown-unknown/release/deps/libcore-1.rlib","/t/wasm32-unknown-unknown/release/deps/libcore-1.rmeta"]}
{"reason":"compiler-artifact","manifest_path":"/m","filenames":["/t/release/deps/libsyn-1.rlib"]}
{"reason":"compiler-artifact","manifest_path":"/m","filenames":["/t/wasm32-unknown-unknown/release/libguest_library.rlib"]}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(
            library_files(output),
            [PathBuf::from("/t/wasm32-unknown-unknown/release/deps/libcore-1.rlib")]
        );
    }

    #[test]
    fn packaged_dependencies_are_used_where_they_are() {
        let sources = tempfile::tempdir().expect("a temporary folder");
        assert!(vendored(sources.path()).is_empty());
        fs::create_dir_all(sources.path().join("library/vendor")).expect("writable");
        let options = vendored(sources.path());
        assert_eq!(options.len(), 4);
        assert!(options[3].to_string_lossy().starts_with("source.packaged.directory=\"/"));
    }
}
