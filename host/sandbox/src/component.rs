//! Reads what a component says of itself before any of it is compiled: its
//! manifest, imports, exports and what it needs of a slot.

use creditgate_manifest::{MANIFEST_SECTION, Manifest};
use wasmparser::{Encoding, Instance, MemoryType, Parser, Payload, TableType, Validator};

use crate::error::LoadError;

const MAGIC: &[u8] = b"\0asm";
const WASM_PAGE: u64 = 64 << 10;

/// Deepest nesting of components and modules. What tools make has three levels;
/// each level costs every reader of the component the more, the deeper it is.
const DEEPEST: u32 = 32;

/// What a component says of itself.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) manifest: Manifest,
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) needs: Needs,
    /// It has code that runs when an instance is made, before any call.
    pub(crate) runs_when_made: bool,
}

/// What a component needs of a slot.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub(crate) core_instances: u64,
    pub(crate) memories: u64,
    pub(crate) tables: u64,
    pub(crate) largest_memory_bytes: u64,
    pub(crate) largest_table: u64,
}

/// Reads a component.
///
/// # Errors
///
/// Not a component, damaged, too deeply nested, or without a manifest that can be
/// used.
pub(crate) fn read(bytes: &[u8]) -> Result<Outline, LoadError> {
    if !bytes.starts_with(MAGIC) {
        return Err(LoadError::NotWasm);
    }
    let mut reader = Reader::default();
    reader.read(bytes)?;
    Validator::new().validate_all(bytes).map_err(invalid)?;
    let manifest = manifest(&reader.manifests)?;
    Ok(Outline {
        manifest,
        imports: reader.imports,
        exports: reader.exports,
        needs: reader.needs,
        runs_when_made: reader.runs_when_made,
    })
}

fn manifest(sections: &[&[u8]]) -> Result<Manifest, LoadError> {
    match sections {
        [] => Err(LoadError::ManifestMissing),
        [section] => {
            let text = std::str::from_utf8(section).map_err(|_| LoadError::ManifestNotText)?;
            Manifest::parse("plugin.toml", text).map_err(LoadError::ManifestInvalid)
        }
        _ => Err(LoadError::ManifestRepeated),
    }
}

fn invalid(error: wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Invalid { offset: error.offset() as u64, detail: error.message().to_owned() }
}

#[derive(Default)]
struct Reader<'a> {
    /// How many modules and components are around the current section.
    depth: u32,
    manifests: Vec<&'a [u8]>,
    imports: Vec<String>,
    exports: Vec<String>,
    needs: Needs,
    runs_when_made: bool,
}

impl<'a> Reader<'a> {
    fn read(&mut self, bytes: &'a [u8]) -> Result<(), LoadError> {
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(invalid)?;
            if let Payload::Version { encoding: Encoding::Module, .. } = payload
                && self.depth == 0
            {
                return Err(LoadError::CoreModule);
            }
            self.section(payload).map_err(invalid)?;
            if self.depth > DEEPEST {
                let detail = format!("it is nested more than {DEEPEST} components deep");
                return Err(LoadError::TooComplex { detail });
            }
        }
        Ok(())
    }

    fn section(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        let outermost = self.depth == 0;
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => self.depth += 1,
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::CustomSection(section) if outermost && section.name() == MANIFEST_SECTION => {
                self.manifests.push(section.data());
            }
            Payload::ComponentImportSection(imports) if outermost => {
                for import in imports {
                    self.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if outermost => {
                for export in exports {
                    self.exports.push(export?.name.name.to_owned());
                }
            }
            Payload::InstanceSection(instances) => {
                for instance in instances {
                    let made = matches!(instance?, Instance::Instantiate { .. });
                    self.needs.core_instances += u64::from(made);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.needs.memory(memory?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.needs.table(table?.ty);
                }
            }
            Payload::StartSection { .. } | Payload::ComponentStartSection { .. } => {
                self.runs_when_made = true;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Needs {
    fn memory(&mut self, memory: MemoryType) {
        let page = memory.page_size_log2.map_or(WASM_PAGE, |log| 1_u64.checked_shl(log).unwrap_or(u64::MAX));
        self.memories += 1;
        self.largest_memory_bytes = self.largest_memory_bytes.max(memory.initial.saturating_mul(page));
    }

    fn table(&mut self, table: TableType) {
        self.tables += 1;
        self.largest_table = self.largest_table.max(table.initial);
    }
}
