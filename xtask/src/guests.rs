//! Builds the large guests of the tests, a rule in JavaScript and one in Python,
//! into `target/guests/plugins`: with npm and pip, in folders of their own below
//! `target/guests/large`. A language whose tools are not to be had is left out,
//! and said to be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use creditgate_plugin_builder::{BuiltPlugin, embed};

use crate::{cargo, plugins, program, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// How a guest of one language is built.
pub(crate) struct Language {
    /// Name of its folder in `tests/large-guests`, and of its tests' module.
    pub(crate) name: &'static str,
    /// The file that names what is installed.
    lock: &'static str,
    /// Commands that install it, run in the guest's folder below `target`.
    install: &'static [&'static [&'static str]],
    /// The command that makes [`COMPONENT`] of the rule, run there too.
    build: &'static [&'static str],
}

/// The file that names what is installed for Python, and how that is done.
const PYTHON_LOCK: &str = "requirements.txt";
const PYTHON_INSTALL: &[&[&str]] = &[
    &["python3", "-m", "venv", "venv"],
    &["venv/bin/pip", "install", "--quiet", "--require-hashes", "--requirement=requirements.txt"],
];

const LANGUAGES: [Language; 2] = [
    Language {
        name: "javascript",
        lock: "package-lock.json",
        // Not `npm ci`: it refuses a lock file without the packages for other
        // systems that were never published.
        install: &[&["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]],
        build: &[
            "node_modules/.bin/componentize-qjs",
            "--sync",
            "--wit=wit",
            "--world=rule",
            "--js=rule.js",
            "--output=rule.wasm",
        ],
    },
    Language {
        name: "python",
        lock: PYTHON_LOCK,
        install: PYTHON_INSTALL,
        build: &[
            "venv/bin/componentize-py",
            "--quiet",
            "--wit-path=wit/deps/creditgate",
            "--world=with-intake",
            "componentize",
            "--output=rule.wasm",
            "rule",
        ],
    },
];

/// What the build command writes.
const COMPONENT: &str = "rule.wasm";

/// Where the contract lies among the interfaces the rule is built with.
const CONTRACT: &str = "wit/deps/creditgate";

/// Written when everything is installed; holds the lock file then.
const INSTALLED: &str = "installed";

/// What became of a language's guest.
pub(crate) struct Outcome {
    pub(crate) language: &'static Language,
    /// None where its tools are not to be had.
    built: Option<BuiltPlugin>,
}

impl Outcome {
    pub(crate) const fn is_built(&self) -> bool {
        self.built.is_some()
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let outcomes = build()?;
    if options.json {
        let rows: Vec<_> = outcomes.iter().map(Outcome::row).collect();
        say::json(&rows)?;
    } else {
        for plugin in outcomes.iter().filter_map(|outcome| outcome.built.as_ref()) {
            say::line(plugins::line(plugin));
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Outcome {
    fn row(&self) -> serde_json::Value {
        let language = self.language.name;
        match &self.built {
            Some(plugin) => {
                serde_json::json!({"language": language, "built": true, "plugin": plugins::row(plugin)})
            }
            None => serde_json::json!({"language": language, "built": false}),
        }
    }
}

/// Builds the guests of all languages whose tools are to be had, and says on
/// standard error which are left out.
pub(crate) fn build() -> Result<Vec<Outcome>> {
    LANGUAGES.iter().map(build_one).collect()
}

fn build_one(language: &'static Language) -> Result<Outcome> {
    let source = cargo::root().join("tests/large-guests").join(language.name);
    let folder = cargo::target().join("guests/large").join(language.name);
    let component = folder.join(COMPONENT);
    let changed = copy(&source, &folder)? | copy(&cargo::root().join("wit"), &folder.join(CONTRACT))?;
    if changed && component.exists() {
        fs::remove_file(&component).with_context(|| format!("cannot remove {}", component.display()))?;
    }
    if let Err(missing) = install(language.lock, language.install, &folder) {
        eprintln!("the guest in {} is left out, and so are its tests: {missing:#}", language.name);
        return Ok(Outcome { language, built: None });
    }
    // Their tools give other bytes every time, and other bytes are compiled anew.
    if !component.exists() {
        command(language.build, &folder)
            .with_context(|| format!("the {} rule is not built", language.name))?;
    }
    let built = embed(&component, &source, &plugins::folder())?;
    Ok(Outcome { language, built: Some(built) })
}

/// Installs the Python packages a folder of the repository names, in one below
/// `target`, and gives back that one.
pub(crate) fn python_tools(source: &Path, folder: PathBuf) -> Result<PathBuf> {
    copy(source, &folder)?;
    install(PYTHON_LOCK, PYTHON_INSTALL, &folder)?;
    Ok(folder)
}

/// Installs what the lock file names, unless that was done before.
fn install(lock: &str, steps: &[&[&str]], folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join(lock)).context("its lock file cannot be read")?;
    let installed = folder.join(INSTALLED);
    if fs::read(&installed).is_ok_and(|before| before == lock) {
        return Ok(());
    }
    steps.iter().try_for_each(|step| command(step, folder))?;
    fs::write(&installed, lock).with_context(|| format!("cannot write {}", installed.display()))
}

/// Runs a command in a folder, where it may also be found.
fn command(words: &[&str], folder: &Path) -> Result<()> {
    let Some((name, arguments)) = words.split_first() else { return Ok(()) };
    let program = if name.contains('/') { folder.join(name) } else { PathBuf::from(name) };
    program::output(Command::new(program).args(arguments).current_dir(folder)).map(drop)
}

/// Copies the files of a folder and those below it; says whether any was another
/// one before.
fn copy(from: &Path, to: &Path) -> Result<bool> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let mut changed = false;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        changed |= if source.is_dir() { copy(&source, &target)? } else { copy_file(&source, &target)? };
    }
    Ok(changed)
}

fn copy_file(from: &Path, to: &Path) -> Result<bool> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|before| before == bytes) {
        return Ok(false);
    }
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(true)
}
