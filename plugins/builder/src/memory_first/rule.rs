//! The rule's module without its memory: it imports one.

use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{EntityType, ExportSection, ImportSection, MemoryType, Module, RawSection};
use wasmparser::{Parser, Payload};

use super::{Layout, MARK, MEMORY, REALLOC};

/// No function, table or global changes its index by this, so the code stays as
/// it is.
pub(super) fn module(original: &[u8], layout: &Layout<'_>) -> Result<Vec<u8>, Error> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(original) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(section) => {
                module.section(&with_memory(section.clone(), layout)?);
            }
            Payload::ExportSection(section) => {
                module.section(&without_memory(section.clone())?);
            }
            Payload::MemorySection(_) | Payload::DataCountSection { .. } | Payload::DataSection(_) => {}
            Payload::CustomSection(section) if section.name() == MARK => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    module.section(&RawSection { id, data: &original[range] });
                }
            }
        }
    }
    Ok(module.finish())
}

fn with_memory(
    section: wasmparser::ImportSectionReader<'_>,
    layout: &Layout<'_>,
) -> Result<ImportSection, Error> {
    let mut imports = ImportSection::new();
    RoundtripReencoder.parse_import_section(&mut imports, section)?;
    let memory = MemoryType {
        minimum: layout.pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import(MEMORY.0, MEMORY.1, EntityType::Memory(memory));
    Ok(imports)
}

/// What the host now finds in the other module is no longer exported here.
fn without_memory(section: wasmparser::ExportSectionReader<'_>) -> Result<ExportSection, Error> {
    let mut exports = ExportSection::new();
    for export in section {
        let export = export?;
        if export.kind != wasmparser::ExternalKind::Memory && export.name != REALLOC {
            RoundtripReencoder.parse_export(&mut exports, export)?;
        }
    }
    Ok(exports)
}
