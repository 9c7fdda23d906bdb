//! The limits of a call: what they are called, how memory and tables are held
//! to them, and how the call that hits one says so.
//!
//! | limit | held by |
//! |---|---|
//! | `fuel` | the engine's fuel, counted in the compiled code |
//! | `wall_clock_ms` | the epoch clock: looked at on every tick |
//! | `memory_bytes`, `table_elements` | [`wasmtime::ResourceLimiter`] on [`Meter`] |
//! | `host_calls`, `log_bytes` | the host functions themselves |
//! | `result_bytes` | the engine, before it copies anything out of the guest |

use crate::class::GuestClass;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// The limits of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Units of work, about one for each WebAssembly instruction.
    pub fuel: u64,
    /// Milliseconds from the start of the call; time in which the guest had
    /// yielded its thread counts, time in which it waited to be begun does not.
    pub wall_clock_ms: u64,
    /// Bytes of each linear memory.
    pub memory_bytes: u64,
    /// Elements of each table.
    pub table_elements: u64,
    /// Calls of host functions.
    pub host_calls: u64,
    /// Bytes of all log messages together.
    pub log_bytes: u64,
    /// Bytes a guest hands to the host at once: the result of its hook, or the
    /// arguments of one host call.
    pub result_bytes: u64,
}

impl Limits {
    /// What a call may use where nothing else is said.
    #[must_use]
    pub const fn usual(class: GuestClass) -> Self {
        let small = Self {
            fuel: 50_000_000,
            wall_clock_ms: 250,
            memory_bytes: 16 << 20,
            table_elements: 10_000,
            host_calls: 256,
            log_bytes: 16 << 10,
            result_bytes: 256 << 10,
        };
        match class {
            // Ample for a plug-in in Rust: it needs about a hundredth of this.
            GuestClass::Small => small,
            // An interpreter starts from megabytes, and takes some ten
            // instructions where a compiled rule takes one.
            GuestClass::Large => Self {
                fuel: 1_000_000_000,
                wall_clock_ms: 2_000,
                memory_bytes: 64 << 20,
                table_elements: 20_000,
                ..small
            },
        }
    }
}

impl Default for Limits {
    /// Those of a small guest.
    fn default() -> Self {
        Self::usual(GuestClass::Small)
    }
}

/// The limits that somebody set; each of the others is the usual one of the
/// guest's class.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Limits)]
#[serde(deny_unknown_fields)]
pub struct GivenLimits {
    /// Units of work, about one for each WebAssembly instruction.
    pub fuel: Option<u64>,
    /// Milliseconds from the start of the call.
    pub wall_clock_ms: Option<u64>,
    /// Bytes of each linear memory.
    pub memory_bytes: Option<u64>,
    /// Elements of each table.
    pub table_elements: Option<u64>,
    /// Calls of host functions.
    pub host_calls: Option<u64>,
    /// Bytes of all log messages together.
    pub log_bytes: Option<u64>,
    /// Bytes a guest hands to the host at once.
    pub result_bytes: Option<u64>,
}

impl GivenLimits {
    /// Names and values of the limits that are given.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("fuel", self.fuel),
            ("wall_clock_ms", self.wall_clock_ms),
            ("memory_bytes", self.memory_bytes),
            ("table_elements", self.table_elements),
            ("host_calls", self.host_calls),
            ("log_bytes", self.log_bytes),
            ("result_bytes", self.result_bytes),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
    }

    /// These, and `usual` for those that are not given.
    #[must_use]
    pub fn over(&self, usual: &Limits) -> Limits {
        Limits {
            fuel: self.fuel.unwrap_or(usual.fuel),
            wall_clock_ms: self.wall_clock_ms.unwrap_or(usual.wall_clock_ms),
            memory_bytes: self.memory_bytes.unwrap_or(usual.memory_bytes),
            table_elements: self.table_elements.unwrap_or(usual.table_elements),
            host_calls: self.host_calls.unwrap_or(usual.host_calls),
            log_bytes: self.log_bytes.unwrap_or(usual.log_bytes),
            result_bytes: self.result_bytes.unwrap_or(usual.result_bytes),
        }
    }
}

/// Which limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// [`Limits::fuel`].
    Fuel,
    /// [`Limits::wall_clock_ms`].
    WallClock,
    /// [`Limits::memory_bytes`].
    Memory,
    /// [`Limits::table_elements`].
    Table,
    /// [`Limits::host_calls`].
    HostCalls,
    /// [`Limits::log_bytes`].
    LogBytes,
    /// [`Limits::result_bytes`].
    ResultBytes,
}

impl LimitKind {
    /// Every limit.
    pub const ALL: &'static [Self] = &[
        Self::Fuel,
        Self::WallClock,
        Self::Memory,
        Self::Table,
        Self::HostCalls,
        Self::LogBytes,
        Self::ResultBytes,
    ];

    /// The setting of a binding that raises it.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Fuel => "limits.fuel",
            Self::WallClock => "limits.wall_clock_ms",
            Self::Memory => "limits.memory_bytes",
            Self::Table => "limits.table_elements",
            Self::HostCalls => "limits.host_calls",
            Self::LogBytes => "limits.log_bytes",
            Self::ResultBytes => "limits.result_bytes",
        }
    }

    /// How much `limits` allows of it.
    #[must_use]
    pub const fn allowed(self, limits: &Limits) -> u64 {
        match self {
            Self::Fuel => limits.fuel,
            Self::WallClock => limits.wall_clock_ms,
            Self::Memory => limits.memory_bytes,
            Self::Table => limits.table_elements,
            Self::HostCalls => limits.host_calls,
            Self::LogBytes => limits.log_bytes,
            Self::ResultBytes => limits.result_bytes,
        }
    }
}

/// Carries the limit that was hit from where it was noticed to where the call
/// is explained, through the engine's untyped error.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("limit {} was hit", .0.setting())]
pub(crate) struct LimitHit(pub(crate) LimitKind);

/// What a running call may still use, and what it was denied.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_bytes: usize,
    table_elements: usize,
    host_calls: u64,
    log_bytes: u64,
    /// A denied growth of memory or table. The guest sees only a failed grow
    /// and usually aborts; what it aborts of is this.
    denied: Option<LimitKind>,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: to_usize(limits.memory_bytes),
            table_elements: to_usize(limits.table_elements),
            host_calls: limits.host_calls,
            log_bytes: limits.log_bytes,
            denied: None,
        }
    }

    /// The growth that was denied last, if any.
    pub(crate) const fn denied(&self) -> Option<LimitKind> {
        self.denied
    }

    /// Remembers a denial.
    pub(crate) const fn deny(&mut self, limit: LimitKind) {
        self.denied = Some(limit);
    }

    /// Counts one host call.
    pub(crate) fn count_host_call(&mut self) -> Result<(), LimitHit> {
        self.host_calls = self.host_calls.checked_sub(1).ok_or(LimitHit(LimitKind::HostCalls))?;
        Ok(())
    }

    /// Counts `bytes` of log.
    pub(crate) fn count_log(&mut self, bytes: usize) -> Result<(), LimitHit> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.log_bytes = self.log_bytes.checked_sub(bytes).ok_or(LimitHit(LimitKind::LogBytes))?;
        Ok(())
    }
}

impl wasmtime::ResourceLimiter for Meter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = desired <= self.memory_bytes;
        if !granted {
            self.denied = Some(LimitKind::Memory);
        }
        Ok(granted)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = desired <= self.table_elements;
        if !granted {
            self.denied = Some(LimitKind::Table);
        }
        Ok(granted)
    }
}

/// Clamps to the address space.
pub(crate) fn to_usize(amount: u64) -> usize {
    usize::try_from(amount).unwrap_or(usize::MAX)
}
