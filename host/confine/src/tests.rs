//! Every limit fires. The child of these tests is this test program itself,
//! started to run [`the_child`] alone: it reads what to misbehave in, confines
//! itself, and does it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::{Child, End, Limits, calls, files, input_of, kernel};

/// Before and after what the child says; the harness says things too.
const MARK: &str = "\u{1}";

const LIMITS: Limits = Limits {
    cpu_seconds: 60,
    memory_bytes: 1 << 30,
    patience: Duration::from_secs(60),
    answer_bytes: 1 << 20,
    threads: false,
    niceness: 1,
};
/// What the child is told: its limits are these where it is not said otherwise.
const CPU: Limits = Limits { cpu_seconds: 1, ..LIMITS };
const MEMORY: Limits = Limits { memory_bytes: 64 << 20, ..LIMITS };
const THREADS: Limits = Limits { threads: true, ..LIMITS };

#[test]
#[ignore = "is the child of the other tests"]
fn the_child() {
    let mut told = String::new();
    io::stdin().read_to_string(&mut told).unwrap();
    let (behaviour, argument) = told.split_once('\n').unwrap_or((&told, ""));
    let said = behave(behaviour, argument);
    println!("{MARK}{said}{MARK}");
    // Nothing of the harness is in the way of how it ends.
    std::process::exit(0);
}

/// What the behaviour comes to, in words.
fn behave(behaviour: &str, argument: &str) -> String {
    if let Some((what, by)) = behaviour.split_once(" by ") {
        return attempt(what, by, argument);
    }
    match behaviour {
        "surroundings" => {
            let folder = std::env::current_dir().unwrap();
            let files = folder.read_dir().unwrap().count();
            format!("{} {files} {}", folder.display(), std::env::vars_os().count())
        }
        "confined" => format!("{:?}", LIMITS.enter().unwrap()),
        "thread that is allowed" => {
            THREADS.enter().unwrap();
            let spawned = thread::Builder::new().spawn(|| 7);
            format!("{:?}", spawned.map(|thread| thread.join().unwrap()))
        }
        "writes its input" => {
            let mut input = File::from(rustix::io::dup(io::stdin()).unwrap());
            LIMITS.enter().unwrap();
            word(&input.write_all(b"x"))
        }
        "descriptors" => {
            LIMITS.set().unwrap();
            let mut held = Vec::new();
            let last = loop {
                match rustix::io::dup(io::stdin()) {
                    Ok(descriptor) => held.push(descriptor),
                    Err(error) => break error,
                }
            };
            format!("{} {last:?}", held.len() < 16)
        }
        "file size" => {
            let mut file = tempfile::tempfile().unwrap();
            LIMITS.set().unwrap();
            word(&file.write_all(b"x"))
        }
        "memory" => {
            MEMORY.enter().unwrap();
            format!("{}", vec![1_u8; 65 << 20].len())
        }
        "processor time" => {
            CPU.enter().unwrap();
            loop {
                std::hint::spin_loop();
            }
        }
        "wall clock" => {
            LIMITS.enter().unwrap();
            println!("{MARK}");
            loop {
                thread::park();
            }
        }
        "endless answer" => {
            LIMITS.enter().unwrap();
            loop {
                io::stdout().write_all(&[b'x'; 4096]).unwrap();
            }
        }
        other => panic!("no behaviour `{other}`"),
    }
}

/// What comes of an attempt where this alone is in its way.
fn attempt(what: &str, by: &str, argument: &str) -> String {
    match by {
        "Landlock" => assert!(files::give_up().unwrap()),
        "seccomp" => assert!(calls::give_up(what == "process").unwrap()),
        other => panic!("nothing is given up by `{other}`"),
    }
    match what {
        "file" => word(&File::open(argument)),
        "new file" => word(&File::create("new")),
        "connection" => word(&TcpStream::connect(argument)),
        "datagram" => word(&UdpSocket::bind("127.0.0.1:0")),
        "process" => word(&Command::new(argument).status()),
        "thread" => word(&thread::Builder::new().spawn(|| ())),
        other => panic!("no attempt `{other}`"),
    }
}

fn word<T>(outcome: &io::Result<T>) -> String {
    outcome.as_ref().map_or_else(|error| format!("{:?}", error.kind()), |_| "done".to_owned())
}

fn start(limits: &Limits, behaviour: &str) -> Child {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--exact", "tests::the_child", "--ignored", "--nocapture", "--test-threads=1"];
    limits.start(&program, &arguments, input_of(behaviour.as_bytes()).unwrap()).unwrap()
}

/// What a child said, and how it ended.
fn run(limits: &Limits, behaviour: &str) -> (String, End) {
    let mut child = start(limits, behaviour);
    let mut said = Vec::new();
    let _ = child.read_to_end(&mut said);
    let said = String::from_utf8_lossy(&said).into_owned();
    (said.split(MARK).nth(1).unwrap_or_default().to_owned(), child.end().unwrap())
}

fn said(behaviour: &str) -> String {
    let (said, end) = run(&LIMITS, behaviour);
    assert!(matches!(end, End::Status(status) if status.success()), "{behaviour}: {end}");
    said
}

fn signal(end: End) -> Option<Signal> {
    match end {
        End::Status(status) => status.signal().and_then(Signal::from_named_raw),
        End::OutOfTime | End::AnswerTooLong => None,
    }
}

/// A file everybody may read, and a program everybody may start.
const READABLE: &str = "/proc/self/status";
const PROGRAM: &str = "/bin/sh";

#[test]
fn a_child_has_an_empty_folder_of_its_own_and_no_environment() {
    let told = said("surroundings");
    let [folder, files, variables] = told.split(' ').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((files, variables), ("0", "0"));
    assert_ne!(PathBuf::from(folder), std::env::current_dir().unwrap());
    assert!(!Path::new(folder).exists(), "it goes with the child");
}

#[test]
fn what_a_child_is_confined_by_is_what_the_kernel_has() {
    assert_eq!(said("confined"), format!("{:?}", kernel().unwrap()));
    // Trying it out confines nobody.
    assert!(File::open(READABLE).is_ok());
    assert!(TcpListener::bind("127.0.0.1:0").is_ok());
}

#[test]
fn landlock_alone_takes_files_and_connections_away() {
    if !kernel().unwrap().files {
        assert!(said("confined").contains("files: false"), "and the child says so");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(said(&format!("file by Landlock\n{READABLE}")), "PermissionDenied");
    assert_eq!(said("new file by Landlock"), "PermissionDenied");
    assert_eq!(said(&format!("process by Landlock\n{PROGRAM}")), "PermissionDenied");
    assert_eq!(said(&format!("connection by Landlock\n{address}")), "PermissionDenied");
}

#[test]
fn seccomp_alone_takes_files_connections_processes_and_threads_away() {
    if !kernel().unwrap().calls {
        assert!(said("confined").contains("calls: false"), "and the child says so");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for behaviour in [
        format!("file by seccomp\n{READABLE}"),
        format!("connection by seccomp\n{address}"),
        "datagram by seccomp".to_owned(),
        format!("process by seccomp\n{PROGRAM}"),
        "thread by seccomp".to_owned(),
        "writes its input".to_owned(),
    ] {
        assert_eq!(said(&behaviour), "PermissionDenied", "{behaviour}");
    }
    assert_eq!(said("thread that is allowed"), "Ok(7)");
}

#[test]
fn a_child_that_opens_without_end_gets_no_more_descriptors() {
    assert_eq!(said("descriptors"), format!("true {:?}", rustix::io::Errno::MFILE));
}

#[test]
fn a_child_that_writes_to_a_file_is_ended() {
    assert_eq!(signal(run(&LIMITS, "file size").1), Some(Signal::XFSZ));
}

#[test]
fn a_child_that_takes_all_memory_is_ended() {
    assert_eq!(signal(run(&MEMORY, "memory").1), Some(Signal::ABORT));
}

#[test]
fn a_child_that_computes_for_ever_is_ended() {
    let ended = signal(run(&CPU, "processor time").1);
    assert!(matches!(ended, Some(Signal::XCPU | Signal::KILL)), "{ended:?}");
}

#[test]
fn a_child_that_says_nothing_is_waited_for_so_long_and_ended() {
    let limits = Limits { patience: Duration::from_millis(300), ..LIMITS };
    assert_eq!(run(&limits, "wall clock").1, End::OutOfTime);
}

#[test]
fn a_child_that_answers_without_end_is_ended() {
    assert_eq!(run(&LIMITS, "endless answer").1, End::AnswerTooLong);
}

#[test]
fn a_child_does_not_outlive_who_started_it() {
    let starter = thread::spawn(|| {
        let mut child = start(&LIMITS, "wall clock");
        let mut byte = [0];
        while byte != *MARK.as_bytes() {
            child.read_exact(&mut byte).unwrap();
        }
        child
    });
    let mut child = starter.join().unwrap();
    // Reads to the end of its answer, which is the end of the child.
    let _ = child.read_to_end(&mut Vec::new());
    assert_eq!(signal(child.end().unwrap()), Some(Signal::KILL));
}
