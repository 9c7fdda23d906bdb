//! The component around the modules: taken apart, and put together in another
//! order.
//!
//! Everything a component says of itself (types, imports, exports) is copied as
//! it stands. Only what ties modules together is made anew, because there the
//! indices change.

use std::collections::HashMap;

use wasm_encoder::reencode::{Error, ReencodeComponent as _, RoundtripReencoder};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection, ExportKind,
    InstanceSection, ModuleArg, RawSection,
};
use wasmparser::{
    CanonicalFunction, CanonicalOption as Given, ComponentAlias, ExternalKind, Instance, Parser, Payload,
};

use super::{MEMORY, REALLOC};

/// The modules, in the order in which the encoder writes them.
const RULE: u32 = 0;
const SHIM: u32 = 1;
const FIXUP: u32 = 2;

/// What the component is put together from.
pub(super) struct Parts<'a> {
    /// The module with the rule and its memory.
    pub(super) rule: &'a [u8],
    lowered: Vec<Lowered>,
    /// The rule's imports by interface: names of functions, each with its place
    /// in `lowered`.
    imports: Vec<(&'a str, Vec<(&'a str, usize)>)>,
    rest: Vec<Part<'a>>,
}

/// A function of the component as a core function.
struct Lowered {
    function: u32,
    options: Vec<CanonicalOption>,
}

/// A part that is kept, in order.
enum Part<'a> {
    Raw(RawSection<'a>),
    Aliases(ComponentAliasSection),
    /// A function of the rule that the component offers.
    Lifted {
        export: &'a str,
        function_type: u32,
        options: Vec<CanonicalOption>,
    },
}

/// Where a core function comes from.
#[derive(Clone, Copy)]
enum CoreFunction<'a> {
    Export { instance: u32, name: &'a str },
    Lowered(usize),
}

/// The component's parts, or None where it is not of the kind known here.
pub(super) fn take_apart(component: &[u8]) -> Result<Option<Parts<'_>>, Error> {
    let mut reader = Reader::default();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        if depth == 0 && reader.read(component, &payload)?.is_none() {
            return Ok(None);
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    Ok(reader.parts())
}

#[derive(Default)]
struct Reader<'a> {
    modules: Vec<&'a [u8]>,
    instances: Vec<Instance<'a>>,
    functions: Vec<CoreFunction<'a>>,
    memories: usize,
    lowered: Vec<Lowered>,
    rest: Vec<Part<'a>>,
}

impl<'a> Reader<'a> {
    /// None at the first part of a kind that the encoder has no use for here.
    fn read(&mut self, component: &'a [u8], payload: &Payload<'a>) -> Result<Option<()>, Error> {
        match payload {
            Payload::Version { .. } | Payload::End(_) => {}
            // It names what has other indices now.
            Payload::CustomSection(section) if section.name() == "component-name" => {}
            Payload::ModuleSection { unchecked_range, .. } => {
                self.modules.push(&component[unchecked_range.clone()]);
            }
            Payload::InstanceSection(section) => {
                for instance in section.clone() {
                    self.instances.push(instance?);
                }
            }
            Payload::ComponentAliasSection(section) => return self.aliases(section.clone()),
            Payload::ComponentCanonicalSection(section) => {
                for function in section.clone() {
                    if self.canonical(function?).is_none() {
                        return Ok(None);
                    }
                }
            }
            Payload::CoreTypeSection(_) | Payload::ComponentStartSection { .. } => return Ok(None),
            _ => {
                let Some((id, range)) = payload.as_section() else { return Ok(None) };
                self.rest.push(Part::Raw(RawSection { id, data: &component[range] }));
            }
        }
        Ok(Some(()))
    }

    fn aliases(&mut self, section: wasmparser::ComponentAliasSectionReader<'a>) -> Result<Option<()>, Error> {
        let mut kept = ComponentAliasSection::new();
        for alias in section {
            match alias? {
                ComponentAlias::CoreInstanceExport { kind, instance_index: instance, name } => match kind {
                    ExternalKind::Func => self.functions.push(CoreFunction::Export { instance, name }),
                    ExternalKind::Memory => self.memories += 1,
                    ExternalKind::Table => {}
                    _ => return Ok(None),
                },
                alias => {
                    kept.alias(RoundtripReencoder.component_alias(alias)?);
                }
            }
        }
        if !kept.is_empty() {
            self.rest.push(Part::Aliases(kept));
        }
        Ok(Some(()))
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Option<()> {
        match function {
            CanonicalFunction::Lower { func_index: function, options } => {
                let lifted = self.rest.iter().any(|part| matches!(part, Part::Lifted { .. }));
                let options = self.options(&options).filter(|_| !lifted)?;
                self.functions.push(CoreFunction::Lowered(self.lowered.len()));
                self.lowered.push(Lowered { function, options });
            }
            CanonicalFunction::Lift { core_func_index, type_index: function_type, options } => {
                let options = self.options(&options)?;
                let CoreFunction::Export { instance, name: export } =
                    *self.functions.get(core_func_index as usize)?
                else {
                    return None;
                };
                self.instance_of(instance, RULE)?;
                self.rest.push(Part::Lifted { export, function_type, options });
            }
            _ => return None,
        }
        Some(())
    }

    /// The same options with the memory and the function that come first now.
    fn options(&self, options: &[Given]) -> Option<Vec<CanonicalOption>> {
        let option = |option: &Given| match option {
            Given::UTF8 => Some(CanonicalOption::UTF8),
            Given::Memory(_) => Some(CanonicalOption::Memory(0)),
            Given::Realloc(function) => match *self.functions.get(*function as usize)? {
                CoreFunction::Export { instance, name: REALLOC } => {
                    self.instance_of(instance, RULE).map(|_| CanonicalOption::Realloc(0))
                }
                _ => None,
            },
            _ => None,
        };
        options.iter().map(option).collect()
    }

    /// What this instance was made with, if it is one of this module.
    fn instance_of(&self, instance: u32, module: u32) -> Option<&[wasmparser::InstantiationArg<'a>]> {
        match self.instances.get(instance as usize)? {
            Instance::Instantiate { module_index, args } if *module_index == module => Some(args),
            _ => None,
        }
    }

    fn instance(&self, module: u32) -> Option<(u32, &[wasmparser::InstantiationArg<'a>])> {
        (0..).zip(&self.instances).find_map(|(index, _)| Some((index, self.instance_of(index, module)?)))
    }

    fn exports(&self, instance: u32) -> Option<&[wasmparser::Export<'a>]> {
        match self.instances.get(instance as usize)? {
            Instance::FromExports(exports) => Some(exports),
            Instance::Instantiate { .. } => None,
        }
    }

    fn parts(self) -> Option<Parts<'a>> {
        let [rule, _, _] = *self.modules else { return None };
        if self.memories != 1 {
            return None;
        }
        let (shim, _) = self.instance(SHIM)?;
        let (_, [fixed]) = self.instance(FIXUP)? else { return None };
        let behind_shim: HashMap<&str, u32> =
            self.exports(fixed.index)?.iter().map(|export| (export.name, export.index)).collect();
        let lowered = |function: u32| match *self.functions.get(function as usize)? {
            CoreFunction::Lowered(index) => Some(index),
            CoreFunction::Export { instance, name } if instance == shim => {
                match *self.functions.get(*behind_shim.get(name)? as usize)? {
                    CoreFunction::Lowered(index) => Some(index),
                    CoreFunction::Export { .. } => None,
                }
            }
            CoreFunction::Export { .. } => None,
        };
        let import = |argument: &wasmparser::InstantiationArg<'a>| {
            let functions = self.exports(argument.index)?.iter();
            let functions = functions.map(|export| Some((export.name, lowered(export.index)?)));
            Some((argument.name, functions.collect::<Option<Vec<_>>>()?))
        };
        let (_, arguments) = self.instance(RULE)?;
        let imports = arguments.iter().map(import).collect::<Option<Vec<_>>>()?;
        Some(Parts { rule, lowered: self.lowered, imports, rest: self.rest })
    }
}

impl Parts<'_> {
    /// The component with these two modules instead of its three.
    pub(super) fn put_together(&self, memory: &[u8], rule: &[u8]) -> Vec<u8> {
        let mut component = Component::new();
        let mut hooks = 0;
        for part in &self.rest {
            match part {
                Part::Raw(section) => {
                    component.section(section);
                }
                Part::Aliases(section) => {
                    component.section(section);
                }
                Part::Lifted { export, function_type, options } => {
                    if hooks == 0 {
                        self.tie(&mut component, memory, rule);
                    }
                    component.section(&core_alias(self.rule_instance(), ExportKind::Func, export));
                    let mut lifted = CanonicalFunctionSection::new();
                    let options = options.iter().copied();
                    lifted.lift(self.first_hook() + hooks, *function_type, options);
                    component.section(&lifted);
                    hooks += 1;
                }
            }
        }
        component.finish()
    }

    /// The modules, and the ties between them. Core functions are numbered:
    /// the one that makes room, those of the host, the hooks.
    fn tie(&self, component: &mut Component, memory: &[u8], rule: &[u8]) {
        for module in [memory, rule] {
            component.section(&RawSection {
                id: wasm_encoder::ComponentSectionId::CoreModule.into(),
                data: module,
            });
        }
        let mut first = InstanceSection::new();
        first.instantiate(0, std::iter::empty::<(&str, ModuleArg)>());
        component.section(&first);
        component.section(&core_alias(0, ExportKind::Memory, MEMORY.1));
        component.section(&core_alias(0, ExportKind::Func, REALLOC));

        let mut lowered = CanonicalFunctionSection::new();
        for Lowered { function, options } in &self.lowered {
            lowered.lower(*function, options.iter().copied());
        }
        component.section(&lowered);

        let mut instances = InstanceSection::new();
        for (_, functions) in &self.imports {
            let export = |&(name, index): &(_, usize)| (name, ExportKind::Func, 1 + index_of(index));
            instances.export_items(functions.iter().map(export).collect::<Vec<_>>());
        }
        let interfaces =
            (1..).zip(&self.imports).map(|(instance, (name, _))| (*name, ModuleArg::Instance(instance)));
        let arguments = std::iter::once((MEMORY.0, ModuleArg::Instance(0))).chain(interfaces);
        instances.instantiate(1, arguments.collect::<Vec<_>>());
        component.section(&instances);
    }

    fn rule_instance(&self) -> u32 {
        1 + index_of(self.imports.len())
    }

    fn first_hook(&self) -> u32 {
        1 + index_of(self.lowered.len())
    }
}

fn core_alias(instance: u32, kind: ExportKind, name: &str) -> ComponentAliasSection {
    let mut section = ComponentAliasSection::new();
    section.alias(Alias::CoreInstanceExport { instance, kind, name });
    section
}

/// A component's indices have 32 bits, and these were read from one.
fn index_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
