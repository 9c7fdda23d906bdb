//! The cache of compiled components.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use creditgate_sandbox::{Sandbox, SandboxOptions};

use crate::guests::{PROCEED, intake, options};
use crate::sample::Sample;

fn sandbox(folder: &Path) -> Sandbox {
    Sandbox::new(SandboxOptions { cache_dir: Some(folder.to_owned()), ..options() }).expect("a sandbox")
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
