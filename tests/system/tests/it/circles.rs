//! Within a crate, too, arrows run one way: no module uses one that uses it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Crates whose modules are held to it.
const CRATES: &[&str] = &["gate", "platform", "sandbox"];

/// Modules with the modules they use, by the sources of a crate.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// What a file says without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names that stand directly under `crate::`, alone or in braces.
fn named(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let (mut depth, mut item) = (0, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(word(&std::mem::take(&mut item))),
                _ => item.push(c),
            }
        }
        names.push(word(&item));
    }
    names
}

/// Which top-level module uses which, what `lib.rs` exports counted as its module's.
fn uses(files: &[(String, String)], lib: &str) -> Uses {
    let exported: BTreeMap<String, String> = code(lib)
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split(';').next()?.split_once("::"))
        .flat_map(|(module, names)| {
            let names = names.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned);
            names.map(move |name| (name, module.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    let mut uses: Uses = files.iter().map(|(module, _)| (module.clone(), BTreeSet::new())).collect();
    for (module, text) in files {
        for name in named(&code(text)) {
            let used = if uses.contains_key(&name) { Some(&name) } else { exported.get(&name) };
            if let Some(used) = used.filter(|used| *used != module && uses.contains_key(*used)).cloned() {
                uses.get_mut(module).unwrap().insert(used);
            }
        }
    }
    uses
}

/// Modules that are left once those that use none of the others are taken away, again
/// and again: those of circles, and those that lead to one.
fn in_circles(mut uses: Uses) -> Uses {
    loop {
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        uses.retain(|_, used| used.iter().any(|used| left.contains(used)));
        if uses.len() == left.len() {
            return uses;
        }
    }
}

#[test]
fn no_module_uses_one_that_uses_it() {
    for name in CRATES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host").join(name).join("src");
        let files: Vec<(String, String)> = sources(&folder)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .filter(|path| path.file_stem().is_none_or(|stem| stem != "tests" && stem != "samples"))
            .map(|path| {
                let inside = path.strip_prefix(&folder).unwrap().with_extension("");
                let module = inside.iter().next().unwrap().to_str().unwrap().to_owned();
                (module, fs::read_to_string(&path).unwrap())
            })
            .filter(|(module, _)| module != "lib")
            .collect();
        let lib = fs::read_to_string(folder.join("lib.rs")).unwrap();
        let uses = uses(&files, &lib);
        assert!(uses.values().map(BTreeSet::len).sum::<usize>() > uses.len() / 2, "{name}: {uses:?}");
        assert_eq!(in_circles(uses), Uses::new(), "{name}");
    }
}

#[test]
fn a_circle_is_found_however_the_module_is_named() {
    let file = |module: &str, text: &str| (module.to_owned(), text.to_owned());
    for back in ["use crate::first::X;", "use crate::{second, first::{X, Y}};", "fn f() { crate::X::new() }"]
    {
        let files = [file("first", "use crate::second::Z;\n// crate::third\n"), file("second", back)];
        let found = in_circles(uses(&files, "mod first;\npub use first::{X, Y};\n"));
        assert_eq!(found.len(), 2, "{back}");
    }
    let files = [
        file("first", "use crate::second::Z;"),
        file("second", "#[cfg(test)]\nmod tests { use crate::first; }"),
    ];
    assert_eq!(in_circles(uses(&files, "")), Uses::new());
}
