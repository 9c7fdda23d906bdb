//! The processes that compile components and read workbooks, as the program
//! starts them: what they have is what they read.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use system_tests::until;

/// The program as it is started by itself.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("creditgate")
}

/// A process that goes with its test.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str], input: Stdio) -> Started {
    let mut command = Command::new(program());
    let command = command.args(arguments).env_clear().stdin(input).stdout(Stdio::piped());
    Started(command.spawn().unwrap())
}

/// Waits until the process is confined, and gives back what the kernel says of it.
async fn confined(started: &Started) -> (String, String) {
    let read = |name| std::fs::read_to_string(format!("/proc/{}/{name}", started.0.id())).unwrap();
    let status = until("the process is confined", async || {
        let status = read("status");
        field(&status, "Seccomp:").eq("2").then_some(status)
    });
    (status.await, read("limits"))
}

fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().unwrap_or_default()
}

fn has_no_seccomp() -> bool {
    !PathBuf::from("/proc/sys/kernel/seccomp").exists()
}

fn is_held(status: &str, limits: &str, own: &[(&str, &str)]) {
    assert_eq!(field(status, "NoNewPrivs:"), "1", "{status}");
    let every = [("Max open files", "16"), ("Max file size", "0"), ("Max core file size", "0")];
    for (name, most) in every.iter().chain(own) {
        assert_eq!(field(limits, name), *most, "{name}: {limits}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_compiles_is_confined_before_it_has_seen_a_component() {
    if has_no_seccomp() {
        return;
    }
    // It waits for a component that never comes.
    let mut started = start(&["compile-for-host", "small", "65536"], Stdio::piped());
    let _open = started.0.stdin.take().unwrap();
    let (status, limits) = confined(&started).await;
    is_held(&status, &limits, &[("Max cpu time", "120"), ("Max data size", "2147483648")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_reads_a_workbook_is_confined_and_has_no_thread_beside() {
    if has_no_seccomp() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..20_000 {
        sheet.write_string(row, 0, format!("a cell of row {row}")).unwrap();
    }
    File::create(&file).unwrap().write_all(&workbook.save_to_buffer().unwrap()).unwrap();
    // It waits for somebody to hear what it says.
    let started = start(&["read-workbook-for-host"], File::open(&file).unwrap().into());
    let (status, limits) = confined(&started).await;
    is_held(
        &status,
        &limits,
        &[("Max cpu time", "120"), ("Max data size", "1073741824"), ("Max processes", "0")],
    );
    assert_eq!(field(&status, "Threads:"), "1");
}
