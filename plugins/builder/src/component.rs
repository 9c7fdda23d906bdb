//! From core module to finished component: encoding, manifest, validation.

use std::borrow::Cow;
use std::convert::Infallible;

use creditgate_manifest::{EXAMPLES_SECTION, MANIFEST_SECTION};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{ComponentSection, CustomSection, ExportSection, Module};
use wit_component::{ComponentEncoder, DecodedWasm};

use crate::memory_first::put_memory_first;

/// How the canonical ABI names the function that frees a result.
const CLEANUP_PREFIX: &str = "cabi_post_";

/// There is no component to be had.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// The module carries no description of its world, or imports something
    /// that is not part of it (WASI included: no adapter is used).
    #[error(
        "the module cannot become a component: {reason}; a plug-in must export its hooks through the SDK and \
         import nothing but the contract (no WASI)"
    )]
    Encode {
        /// The encoder's chain of reasons.
        reason: String,
    },
    /// The component serves nothing: no hook is exported.
    #[error("the module exports nothing of the contract; is the SDK's `export!` missing?")]
    NoExport,
    /// It has no component around it.
    #[error("the file is a core module; its tool has to make a component of it first")]
    CoreModule,
    /// It says already who it is.
    #[error("the component has its manifest or examples already; take it as its tool made it")]
    Embedded,
    /// The component is not valid.
    #[error("the component is not valid WebAssembly")]
    Invalid(#[from] wasmparser::BinaryReaderError),
}

/// Makes a component of a core module for `wasm32-unknown-unknown` and appends
/// the manifest's text, verbatim, as the custom section [`MANIFEST_SECTION`].
///
/// # Errors
///
/// See [`ComponentError`].
pub fn componentize(core_module: &[u8], manifest_text: &str) -> Result<Vec<u8>, ComponentError> {
    let core_module = without_cleanup(core_module)?;
    let mut component = ComponentEncoder::default()
        .module(&core_module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ComponentError::Encode { reason: format!("{error:#}") })?;
    if let Some(rebuilt) =
        put_memory_first(&component).map_err(|error| ComponentError::Encode { reason: error.to_string() })?
    {
        component = rebuilt;
    }
    CustomSection { name: Cow::Borrowed(MANIFEST_SECTION), data: Cow::Borrowed(manifest_text.as_bytes()) }
        .append_to_component(&mut component);
    wasmparser::validate(&component)?;
    if exports_nothing(&component) {
        return Err(ComponentError::NoExport);
    }
    Ok(component)
}

/// Appends the text of the examples as the custom section [`EXAMPLES_SECTION`].
pub(crate) fn embed_examples(component: &mut Vec<u8>, examples: &str) {
    CustomSection { name: Cow::Borrowed(EXAMPLES_SECTION), data: Cow::Borrowed(examples.as_bytes()) }
        .append_to_component(component);
}

/// The module without the functions that free a result after the host has read
/// it: an instance lives for one call, so freeing costs time and gives nothing.
fn without_cleanup(core_module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    struct WithoutCleanup;
    impl Reencode for WithoutCleanup {
        type Error = Infallible;

        fn parse_export_section(
            &mut self,
            exports: &mut ExportSection,
            section: wasmparser::ExportSectionReader<'_>,
        ) -> Result<(), reencode::Error<Infallible>> {
            for export in section {
                let export = export?;
                if !export.name.starts_with(CLEANUP_PREFIX) {
                    self.parse_export(exports, export)?;
                }
            }
            Ok(())
        }
    }
    let mut module = Module::new();
    WithoutCleanup
        .parse_core_module(&mut module, wasmparser::Parser::new(0), core_module)
        .map_err(|error| ComponentError::Encode { reason: error.to_string() })?;
    Ok(module.finish())
}

/// A module without a world of its own still encodes, as an empty component.
fn exports_nothing(component: &[u8]) -> bool {
    match wit_component::decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => resolve.worlds[world].exports.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload};
    use wit_component::StringEncoding;
    use wit_parser::{ManglingAndAbi, Resolve};

    use super::*;

    const MANIFEST: &str = "# 审批插件\nname = \"sample\"\n";

    /// A core module for this world, as a plug-in's compiler would leave it.
    fn core_module(world: &str) -> Vec<u8> {
        let mut resolve = Resolve::default();
        let text = format!("package sample:guest; interface wasi {{ now: func(); }} {world}");
        let package = resolve.push_str("sample.wit", &text).expect("the example parses");
        let world = resolve.select_world(&[package], Some("guest")).expect("the example has one world");
        let mut module = wit_component::dummy_module(
            &resolve,
            world,
            ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync),
        );
        wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .expect("the world can be embedded");
        module
    }

    /// A core module whose one import is no part of any world.
    fn importing(module: &str, name: &str) -> Vec<u8> {
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        let mut imports = wasm_encoder::ImportSection::new();
        imports.import(module, name, wasm_encoder::EntityType::Function(0));
        wasm_encoder::Module::new().section(&types).section(&imports).to_owned().finish()
    }

    #[test]
    fn the_manifest_is_embedded_verbatim_in_the_outermost_component() {
        let component = componentize(&core_module("world guest { export run: func(); }"), MANIFEST)
            .expect("the module is a plug-in");
        let mut depth = 0;
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&component) {
            match payload.expect("a valid component") {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::CustomSection(section) if section.name() == MANIFEST_SECTION => {
                    found.push((depth, section.data().to_vec()));
                }
                _ => {}
            }
        }
        assert_eq!(found, [(0, MANIFEST.as_bytes().to_vec())]);
    }

    #[test]
    fn nothing_is_freed_after_a_call() {
        let core = core_module("world guest { export run: func() -> string; }");
        let cleanups = |module: &[u8]| {
            let mut names = Vec::new();
            for payload in Parser::new(0).parse_all(module) {
                if let Payload::ExportSection(exports) = payload.expect("a valid module") {
                    names
                        .extend(exports.into_iter().map(|export| export.expect("an export").name.to_owned()));
                }
            }
            names.iter().filter(|name| name.starts_with(CLEANUP_PREFIX)).count()
        };
        assert_eq!(cleanups(&core), 1, "the compiler exports one");
        assert_eq!(cleanups(&without_cleanup(&core).expect("a module")), 0);
        let component = componentize(&core, MANIFEST).expect("the module is a plug-in");
        assert_eq!(cleanups(&component), 0);
    }

    #[test]
    fn what_is_no_plug_in_is_refused_with_the_reason() {
        let empty_module = b"\0asm\x01\0\0\0".to_vec();
        let cases = [
            ("not wasm", b"hello".to_vec(), "the module cannot become a component"),
            ("no world", empty_module, "the module exports nothing of the contract"),
            ("WASI", importing("wasi_snapshot_preview1", "random_get"), "wasi_snapshot_preview1"),
            ("no export", core_module("world guest { import wasi; }"), "exports nothing of the contract"),
        ];
        for (case, module, expected) in cases {
            let error = componentize(&module, MANIFEST).expect_err(case).to_string();
            assert!(error.contains(expected), "{case}: {error}");
        }
    }
}
