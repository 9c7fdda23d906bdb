//! The cache of compiled components.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use creditgate_sandbox::{CacheOptions, Sandbox, SandboxOptions};
use sha2::{Digest as _, Sha256};

use crate::guests::{PROCEED, intake, options};

/// Judges otherwise than [`PROCEED`]: it traps.
const TRAP: &str = "unreachable";
use crate::sample::Sample;

fn sandbox(folder: &Path) -> Sandbox {
    with_key(folder, [7; 32])
}

fn with_key(folder: &Path, key: [u8; 32]) -> Sandbox {
    let cache = Some(CacheOptions { folder: folder.to_owned(), key });
    Sandbox::new(SandboxOptions { cache, ..options() }).expect("a sandbox")
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect()
}

#[tokio::test]
async fn a_damaged_cache_costs_time_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("compiled");
    let bytes = intake(PROCEED);
    sandbox(&folder).load(&bytes).expect("a guest");
    assert_eq!(fs::metadata(&folder).expect("a folder").permissions().mode() & 0o777, 0o700);
    let [file] = files(&folder).try_into().expect("one file");
    let whole = fs::read(&file).expect("a file");

    let flipped: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == whole.len() / 2)).collect();
    for (name, damage) in
        [("empty", Vec::new()), ("half", whole[..whole.len() / 2].to_vec()), ("a bit flipped", flipped)]
    {
        fs::write(&file, damage).expect("a file");
        let plugin = sandbox(&folder).load(&bytes).expect(name);
        assert!(plugin.call(Sample::at("intake").call()).await.outcome.is_ok(), "{name}");
        assert_eq!(fs::read(&file).expect("a file"), whole, "{name}: replaced");
        assert_eq!(files(&folder).len(), 1, "{name}: nothing else is left");
    }
}

/// Native code runs as it is: only this host's own may.
#[tokio::test]
async fn what_another_compiled_or_for_another_component_is_not_run() {
    let home = tempfile::tempdir().expect("a folder");
    let others = tempfile::tempdir().expect("a folder");
    let (bytes, other) = (intake(PROCEED), intake(TRAP));
    sandbox(home.path()).load(&bytes).expect("a guest");
    let [file] = files(home.path()).try_into().expect("one file");
    let whole = fs::read(&file).expect("a file");
    let compiled = |key| {
        let folder = others.path().join(format!("{key:?}"));
        with_key(&folder, key).load(&other).expect("a guest");
        let [file] = files(&folder).try_into().expect("one file");
        fs::read(file).expect("a file")
    };
    let hashed = {
        let compiled = &compiled([7; 32])[32..];
        [&Sha256::digest(compiled)[..], compiled].concat()
    };
    let cases = [
        ("another component's, sealed by this host", compiled([7; 32])),
        ("another component's, sealed by another", compiled([8; 32])),
        ("another component's, with its hash", hashed),
    ];
    for (name, planted) in cases {
        fs::write(&file, planted).expect("a file");
        let plugin = sandbox(home.path()).load(&bytes).expect(name);
        assert!(plugin.call(Sample::at("intake").call()).await.outcome.is_ok(), "{name}");
        assert_eq!(fs::read(&file).expect("a file"), whole, "{name}: replaced");
    }
}

#[test]
fn a_whole_cache_is_used() {
    let home = tempfile::tempdir().expect("a folder");
    let bytes = intake(PROCEED);
    sandbox(home.path()).load(&bytes).expect("a guest");
    let [file] = files(home.path()).try_into().expect("one file");
    let written = fs::metadata(&file).and_then(|file| file.modified()).expect("a file");
    sandbox(home.path()).load(&bytes).expect("a guest");
    let again = fs::metadata(&file).and_then(|file| file.modified()).expect("a file");
    assert_eq!(written, again, "taken, not made anew");
}
