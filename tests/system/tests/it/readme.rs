//! The README's way from nothing to a check: both its sections, command by command.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Both ways write the plug-in and its signature to the same place in the build folder.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The shell blocks of a section, which end with a check.
fn commands(readme: &str, title: &str) -> String {
    let section = readme.split("\n## ").find(|section| section.starts_with(title)).unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A folder as a clone is seen from inside: what the commands name is there.
fn clone_of(repository: &Path, target: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["examples", "plugins"] {
        symlink(repository.join(name), folder.path().join(name)).unwrap();
    }
    symlink(target, folder.path().join("target")).unwrap();
    folder
}

fn leads_to_a_check(readme: &str, titles: [&str; 2]) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let repository = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().unwrap();
    let programs = system_tests::build_folder();
    let target = programs.parent().unwrap();
    let clone = clone_of(&repository, target);
    let readme = fs::read_to_string(repository.join(readme)).unwrap();
    let port = free_port();
    let wait = format!(
        "until creditgate releases --server http://127.0.0.1:{port} --key-file city/keys/admin.key\n\
                        do kill -0 $!; sleep 0.1; done >waiting 2>&1\n"
    );
    let [run, plugin] = titles.map(|title| commands(&readme, title));
    let script = format!("set -eu\ntrap 'kill $!' EXIT\n{run}\n{wait}{plugin}")
        .replace("creditgate init city", &format!("creditgate init city --listen 127.0.0.1:{port}"))
        .replace("127.0.0.1:8480", &format!("127.0.0.1:{port}"));
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(&script).current_dir(clone.path()).env("PATH", path);
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}\n{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("hit: refuse"), "{said}");
}

#[test]
fn the_readme_leads_from_nothing_to_a_check() {
    leads_to_a_check("README.md", ["Running it", "A first plug-in"]);
}

#[test]
fn the_chinese_readme_leads_from_nothing_to_a_check() {
    leads_to_a_check("README.zh-CN.md", ["部署运行", "第一个插件"]);
}
