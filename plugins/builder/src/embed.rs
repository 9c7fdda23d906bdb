//! A component that another language's tool made: what it lacks to be a plug-in
//! is the manifest, and what shows what it does are the examples.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::time::Instant;

use creditgate_manifest::{EXAMPLES_SECTION, MANIFEST_SECTION};
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{Encoding, Parser, Payload};

use crate::build::{BuildError, BuiltPlugin, failed, read_manifest, write_component};
use crate::component::{ComponentError, embed_examples};
use crate::examples;

/// Puts the manifest `plugin.toml` of `folder`, and the examples in `examples/`
/// below it, into a component, and writes the result to
/// `<output>/<name>-<version>.wasm`. The same files give the same bytes.
///
/// # Errors
///
/// See [`BuildError`]: a file cannot be read or written, manifest or examples are
/// not accepted, or the file is no component or has either of them already.
pub fn embed(component: &Path, folder: &Path, output: &Path) -> Result<BuiltPlugin, BuildError> {
    let started = Instant::now();
    let (manifest, text) = read_manifest(folder)?;
    let examples = examples::read(folder)?;
    let mut bytes = fs::read(component).map_err(failed("read", component))?;
    check(&bytes).map_err(|source| BuildError::Embed { component: component.to_owned(), source })?;
    CustomSection { name: Cow::Borrowed(MANIFEST_SECTION), data: Cow::Borrowed(text.as_bytes()) }
        .append_to_component(&mut bytes);
    if let Some(examples) = &examples {
        embed_examples(&mut bytes, examples);
    }
    write_component(output, manifest, &bytes, started)
}

/// Whether these bytes are a whole component that does not say who it is yet.
/// Whether a host takes it is for the host to say.
fn check(bytes: &[u8]) -> Result<(), ComponentError> {
    wasmparser::validate(bytes)?;
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(ComponentError::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section)
                if depth == 0 && [MANIFEST_SECTION, EXAMPLES_SECTION].contains(&section.name()) =>
            {
                return Err(ComponentError::Embedded);
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "name = \"rule\"\nversion = \"1.0.0\"\ndepartment = \"test\"\n\
        wit = \"creditgate:plugin@1.0.0\"\nhooks = [\"intake\"]\ndescription = \"A rule.\"\n";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
    const MODULE: &[u8] = b"\0asm\x01\0\0\0";

    /// Sections of the outermost component by name, with what they hold.
    fn sections(bytes: &[u8]) -> Vec<(String, String)> {
        let payloads = Parser::new(0).parse_all(bytes).map(|payload| payload.expect("a component"));
        let custom = payloads.filter_map(|payload| match payload {
            Payload::CustomSection(section) => {
                let data = String::from_utf8(section.data().to_vec()).expect("text");
                Some((section.name().to_owned(), data))
            }
            _ => None,
        });
        custom.collect()
    }

    #[test]
    fn a_component_of_another_tool_becomes_a_plug_in() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("tool.wasm");
        fs::write(&file, COMPONENT).expect("writable");
        fs::write(home.path().join("plugin.toml"), MANIFEST).expect("writable");
        fs::create_dir(home.path().join("examples")).expect("writable");
        fs::write(home.path().join("examples/a.json"), "{}").expect("writable");
        let output = home.path().join("out");

        let built = embed(&file, home.path(), &output).expect("a plug-in");
        assert_eq!(built.path, output.join("rule-1.0.0.wasm"));
        let bytes = fs::read(&built.path).expect("the plug-in");
        let expected = [(MANIFEST_SECTION, MANIFEST), (EXAMPLES_SECTION, r#"[{"name":"a"}]"#)]
            .map(|(name, data)| (name.to_owned(), data.to_owned()));
        assert_eq!(sections(&bytes), expected);

        for (what, bytes, said) in [
            ("one that has a manifest", bytes.as_slice(), "has its manifest or examples already"),
            ("a core module", MODULE, "is a core module"),
            ("no WebAssembly", b"hello", "is not valid WebAssembly"),
        ] {
            fs::write(&file, bytes).expect("writable");
            let error = embed(&file, home.path(), &output).expect_err(what);
            let BuildError::Embed { source, .. } = error else { panic!("{what}: {error:?}") };
            assert!(source.to_string().contains(said), "{what}: {source}");
        }
    }
}
