//! From a component's bytes to something that can be called: everything that
//! could go wrong with a component whatever the case goes wrong here.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use creditgate_manifest::{Hook, Manifest};
use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Instance, InstancePre};

use crate::bindings::{
    CheckpointParameters, HookParameters, HookResults, ValidateParameters, ValidateResults,
};
use crate::class::{GuestClass, Shape};
use crate::component::{self, Needs, Outline};
use crate::digest::Digest;
use crate::engine::SlotOptions;
use crate::error::{CallSite, LoadError};
use crate::explain::explain;
use crate::last_calls::LastCalls;
use crate::limits::Limits;
use crate::long::Long;
use crate::pool::Pool;
use crate::room::{Room, Rooms};
use crate::settings::Settings;
use crate::state::{Ambient, CallState, GuestState};
use crate::store::new_ticking_store;
use crate::wasi::{self, WasiState};

/// The contract this host serves.
pub const SERVED_WIT: &str = "creditgate:plugin@1.0.0";

const CONTRACT: &str = "creditgate:plugin/";
const SERVED_VERSION: &str = "1.0.0";
const IMPORTS: [&str; 7] = ["types", "credit", "policy", "calendar", "feedback", "settings", "log"];
const VALIDATION: &str = "validation";

/// An interface of the contract through which a checkpoint is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HookInterface {
    Intake,
    Review,
    Issuance,
    Supervision,
    Custom,
}

impl HookInterface {
    const ALL: [Self; 5] = [Self::Intake, Self::Review, Self::Issuance, Self::Supervision, Self::Custom];

    pub(crate) const fn of(hook: &Hook) -> Self {
        match hook {
            Hook::Intake => Self::Intake,
            Hook::Review => Self::Review,
            Hook::Issuance => Self::Issuance,
            Hook::Supervision => Self::Supervision,
            Hook::Custom(_) => Self::Custom,
        }
    }

    const fn interface(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Review => "review",
            Self::Issuance => "issuance",
            Self::Supervision => "supervision",
            Self::Custom => "custom",
        }
    }

    const fn function(self) -> &'static str {
        match self {
            Self::Intake => "on-intake",
            Self::Review => "on-review",
            Self::Issuance => "on-issuance",
            Self::Supervision => "on-supervision",
            Self::Custom => "on-checkpoint",
        }
    }
}

/// A component that passed every check.
pub(crate) struct Loaded {
    pub(crate) digest: Digest,
    pub(crate) manifest: Manifest,
    /// Interfaces it imports, by their short names; `wasi` for all of WASI.
    pub(crate) capabilities: Vec<String>,
    pub(crate) program: Program,
    pub(crate) exports: Exports,
    /// Its own code runs when an instance is made, and might look at the case.
    pub(crate) runs_when_made: bool,
    /// Where calls go that are not done at once.
    pub(crate) long: Arc<Long>,
    /// Where its calls are not done at once.
    pub(crate) last_calls: LastCalls,
}

/// A component with its imports resolved, in the room of its class.
pub(crate) enum Program {
    /// Without WASI.
    Small(Guest<CallState>),
    /// With the deterministic WASI.
    Large(Guest<WasiState>),
}

/// What instances are made of, and where.
pub(crate) struct Guest<T: 'static> {
    pub(crate) room: Arc<Room<T>>,
    pub(crate) instance: InstancePre<T>,
}

impl Program {
    pub(crate) const fn class(&self) -> GuestClass {
        match self {
            Self::Small(_) => GuestClass::Small,
            Self::Large(_) => GuestClass::Large,
        }
    }

    /// The slots it runs in.
    pub(crate) fn pool(&self) -> &Pool {
        match self {
            Self::Small(guest) => &guest.room.pool,
            Self::Large(guest) => &guest.room.pool,
        }
    }

    pub(crate) fn fingerprint(&self) -> &str {
        match self {
            Self::Small(guest) => &guest.room.fingerprint,
            Self::Large(guest) => &guest.room.fingerprint,
        }
    }
}

/// Where the functions are that the host calls; looked up once.
#[derive(Default)]
pub(crate) struct Exports {
    hooks: Vec<(HookInterface, ComponentExportIndex)>,
    pub(crate) validate: Option<ComponentExportIndex>,
}

impl Exports {
    pub(crate) fn hook(&self, interface: HookInterface) -> Option<&ComponentExportIndex> {
        self.hooks.iter().find(|(found, _)| *found == interface).map(|(_, index)| index)
    }
}

/// The largest memory a small guest starts with. A larger one is not wiped in
/// place between calls, and so costs its neighbours more than itself.
const SMALL_START_BYTES: u64 = 4 << 20;

/// Checks, compiles and tries a component.
pub(crate) fn load(rooms: &Rooms, bytes: &[u8]) -> Result<Loaded, LoadError> {
    let digest = Digest::of(bytes);
    let outline = component::read(bytes)?;
    check_imports(&outline.imports)?;
    check_hooks(&outline)?;
    let (program, exports) = match class_of(&outline) {
        GuestClass::Small => {
            let (guest, exports) = prepare(Arc::clone(&rooms.small), &outline, &digest, bytes)?;
            (Program::Small(guest), exports)
        }
        GuestClass::Large => {
            let room = rooms.large().map_err(LoadError::Engine)?;
            let (guest, exports) = prepare(room, &outline, &digest, bytes)?;
            (Program::Large(guest), exports)
        }
    };
    let loaded = Loaded {
        digest,
        capabilities: capabilities(&outline.imports),
        manifest: outline.manifest,
        program,
        exports,
        runs_when_made: outline.runs_when_made,
        long: Arc::clone(&rooms.long),
        last_calls: LastCalls::default(),
    };
    let class = loaded.program.class().code();
    tracing::debug!(plugin = loaded.manifest.name, digest = %loaded.digest, class, "plug-in loaded");
    Ok(loaded)
}

/// The class of a component: small, if it is content with a small slot and
/// needs no WASI.
fn class_of(outline: &Outline) -> GuestClass {
    let needs = &outline.needs;
    let small = GuestClass::Small.shape();
    let fits = needs.core_instances <= u64::from(small.core_instances)
        && needs.memories <= u64::from(small.memories)
        && needs.tables <= u64::from(small.tables)
        && needs.largest_table <= u64::from(small.table_elements)
        && needs.largest_memory_bytes <= SMALL_START_BYTES;
    let runtime = outline.imports.iter().any(|import| wasi::provides(import));
    if fits && !runtime { GuestClass::Small } else { GuestClass::Large }
}

/// Compiles a component for the room of its class, and tries it there.
fn prepare<T: GuestState>(
    room: Arc<Room<T>>,
    outline: &Outline,
    digest: &Digest,
    bytes: &[u8],
) -> Result<(Guest<T>, Exports), LoadError> {
    check_needs(&outline.needs, &T::CLASS.shape(), &room.slots)?;
    let component = room.compile(digest, bytes)?;
    let instance = room
        .linker
        .instantiate_pre(&component)
        .map_err(|error| LoadError::MistypedImport { detail: format!("{error:#}") })?;
    let exports = find_exports(&component)?;
    let guest = Guest { room, instance };
    try_out(&guest, &exports, &outline.manifest)?;
    Ok((guest, exports))
}

/// Splits `creditgate:plugin/<interface>@<version>`; none for other names.
fn of_contract(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_prefix(CONTRACT)?;
    Some(name.split_once('@').unwrap_or((name, "")))
}

fn check_version(name: &str, version: &str) -> Result<(), LoadError> {
    if version == SERVED_VERSION {
        return Ok(());
    }
    Err(LoadError::WitVersion { found: name.to_owned(), served: SERVED_WIT })
}

fn check_imports(imports: &[String]) -> Result<(), LoadError> {
    let mut foreign = Vec::new();
    for name in imports {
        match of_contract(name) {
            // A newer contract may have more interfaces, so first its version.
            Some((_, version)) if version != SERVED_VERSION => check_version(name, version)?,
            Some((interface, _)) if IMPORTS.contains(&interface) => {}
            _ if wasi::provides(name) => {}
            _ => foreign.push(name.clone()),
        }
    }
    if foreign.is_empty() { Ok(()) } else { Err(LoadError::ForeignImports { names: foreign }) }
}

/// What a component can do through the host. Types are no capability.
fn capabilities(imports: &[String]) -> Vec<String> {
    let names = imports.iter().map(|name| of_contract(name).map_or("wasi", |(interface, _)| interface));
    let names: BTreeSet<&str> = names.filter(|name| *name != "types").collect();
    names.into_iter().map(str::to_owned).collect()
}

fn check_hooks(outline: &Outline) -> Result<(), LoadError> {
    let mut exported = BTreeSet::new();
    for name in &outline.exports {
        if let Some((interface, version)) = of_contract(name) {
            check_version(name, version)?;
            exported.extend(HookInterface::ALL.into_iter().find(|hook| hook.interface() == interface));
        }
    }
    if exported.is_empty() {
        return Err(LoadError::NoHook);
    }
    if outline.manifest.wit != SERVED_WIT {
        return Err(LoadError::WitVersion { found: outline.manifest.wit.clone(), served: SERVED_WIT });
    }
    let hooks = &outline.manifest.hooks;
    if let Some(hook) = hooks.iter().find(|hook| !exported.contains(&HookInterface::of(hook))) {
        let export = full_name(HookInterface::of(hook).interface());
        return Err(LoadError::HookNotExported { hook: hook.to_string(), export });
    }
    let declared: BTreeSet<_> = hooks.iter().map(HookInterface::of).collect();
    match exported.difference(&declared).next() {
        Some(hook) => Err(LoadError::HookNotDeclared { export: full_name(hook.interface()) }),
        None => Ok(()),
    }
}

fn full_name(interface: &str) -> String {
    format!("{CONTRACT}{interface}@{SERVED_VERSION}")
}

/// The engine checks the same when compiling, but its error does not say what
/// to do.
fn check_needs(needs: &Needs, shape: &Shape, slots: &SlotOptions) -> Result<(), LoadError> {
    let rows = [
        ("core instances", needs.core_instances, u64::from(shape.core_instances)),
        ("memories", needs.memories, u64::from(shape.memories)),
        ("tables", needs.tables, u64::from(shape.tables)),
        ("bytes of memory at the start", needs.largest_memory_bytes, slots.pooled_memory_bytes),
        ("table elements at the start", needs.largest_table, u64::from(shape.table_elements)),
    ];
    match rows.into_iter().find(|(_, needed, available)| needed > available) {
        Some((resource, needed, available)) => Err(LoadError::ExceedsPool { resource, needed, available }),
        None => Ok(()),
    }
}

fn find_exports(component: &Component) -> Result<Exports, LoadError> {
    let mut exports = Exports::default();
    for hook in HookInterface::ALL {
        if let Some(index) = find_function(component, hook.interface(), hook.function())? {
            exports.hooks.push((hook, index));
        }
    }
    exports.validate = find_function(component, VALIDATION, "validate")?;
    Ok(exports)
}

fn find_function(
    component: &Component,
    interface: &str,
    function: &str,
) -> Result<Option<ComponentExportIndex>, LoadError> {
    let export = full_name(interface);
    let Some(instance) = component.get_export_index(None, &export) else {
        return Ok(None);
    };
    match component.get_export_index(Some(&instance), function) {
        Some(index) => Ok(Some(index)),
        None => Err(LoadError::MistypedExport { export, detail: format!("it has no function `{function}`") }),
    }
}

/// Instantiates the component once and looks at the type of every function the
/// host will call. What passes here fails in a call only by its own doing.
fn try_out<T: GuestState>(guest: &Guest<T>, exports: &Exports, manifest: &Manifest) -> Result<(), LoadError> {
    let room = &guest.room;
    let limits = Limits {
        wall_clock_ms: 5_000,
        fuel: u64::MAX >> 1,
        memory_bytes: u64::MAX,
        ..Limits::usual(T::CLASS)
    };
    let state = CallState::new(None, Settings::new(serde_json::Map::new()), &limits);
    let data = T::begin(state, &limits, Ambient::NONE);
    // The pool has one slot more than calls may use: this one.
    let _one_at_a_time = room.trial.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let _ticking = room.ticker.ticking();
    let mut store = new_ticking_store(&room.engine, data, &limits);
    match run_here(guest.instance.instantiate_async(&mut store)) {
        Ok(instance) => check_types(exports, &instance, &mut store),
        Err(error) => {
            let state = store.into_data().into_call_state();
            Err(LoadError::Start(explain(&error, &state, &limits, at_start(manifest))))
        }
    }
}

fn at_start(manifest: &Manifest) -> CallSite {
    CallSite {
        plugin: manifest.name.clone(),
        version: manifest.version.clone(),
        checkpoint: "its start".to_owned(),
        binding: "(none: this is a trial)".to_owned(),
    }
}

fn check_types<T: GuestState>(
    exports: &Exports,
    instance: &Instance,
    store: &mut Store<T>,
) -> Result<(), LoadError> {
    let mistyped = |interface: &str, function: &str| {
        let export = format!("{} {function}", full_name(interface));
        move |error: wasmtime::Error| LoadError::MistypedExport { export, detail: format!("{error:#}") }
    };
    for (hook, index) in &exports.hooks {
        let mistyped = mistyped(hook.interface(), hook.function());
        match hook {
            HookInterface::Custom => {
                instance.get_typed_func::<CheckpointParameters<'_>, HookResults>(&mut *store, index).map(drop)
            }
            _ => instance.get_typed_func::<HookParameters<'_>, HookResults>(&mut *store, index).map(drop),
        }
        .map_err(mistyped)?;
    }
    if let Some(index) = &exports.validate {
        instance
            .get_typed_func::<ValidateParameters<'_>, ValidateResults>(&mut *store, index)
            .map_err(mistyped(VALIDATION, "validate"))?;
    }
    Ok(())
}

/// Runs a future to its end on this thread. Loading is off the request path and
/// not asynchronous, and a component has nothing to wait for while it starts:
/// it is pending only where it yields at a tick.
fn run_here<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
