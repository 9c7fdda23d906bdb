//! A deterministic WASI for guests whose language runtime cannot start without
//! one, such as those of JavaScript and Python.
//!
//! | interface | what the guest gets |
//! |---|---|
//! | `wasi:clocks/wall-clock` | the moment of the call, frozen |
//! | `wasi:clocks/monotonic-clock` | a counter that moves when it is read or slept on; sleeping takes no time |
//! | `wasi:random` | a sequence that follows from the call's seed |
//! | `wasi:cli` | no arguments, no environment, closed stdin; stdout and stderr go to the log |
//! | `wasi:filesystem` | no directory at all |
//! | `wasi:sockets` | no socket at all: making one and looking up a name are refused |
//! | `wasi:io` | streams and polling for the above |
//!
//! `wasi:http` and everything else are refused by name when the component is
//! loaded. Guests of the SDK import none of this, are linked without it, and pay
//! nothing for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use creditgate_manifest::text::one_line;
use jiff::Timestamp;
use wasmtime::component::{HasData, HasSelf, Linker, Resource, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::bindings::{cli, filesystem, sockets};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView as _};
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxView, WasiView};

use crate::class::GuestClass;
use crate::imports;
use crate::limits::{LimitKind, Limits, to_usize};
use crate::report::{LogLevel, LogLine};
use crate::state::{Ambient, CallState, GuestState};

/// Packages a component may import beside the contract.
const PACKAGES: [&str; 6] =
    ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/"];

/// How far the monotonic clock moves when it is read.
const NANOSECONDS_PER_READING: u64 = 1_000;

/// The most random bytes in one request.
const MOST_RANDOM_BYTES: u64 = 64 << 10;

/// The most resources, such as streams and timers, a call holds at once. A
/// language runtime has a dozen.
const MOST_RESOURCES: usize = 10_000;

/// Whether the deterministic WASI has this import.
pub(crate) fn provides(import: &str) -> bool {
    PACKAGES.iter().any(|package| import.starts_with(package))
}

/// The store's data of a guest with WASI.
pub(crate) struct WasiState {
    call: CallState,
    ctx: WasiCtx,
    table: ResourceTable,
    clock: Clock,
    random: SeededRandom,
    output: MemoryOutputPipe,
    output_limit: usize,
}

impl GuestState for WasiState {
    const CLASS: GuestClass = GuestClass::Large;

    fn link(linker: &mut Linker<Self>) -> wasmtime::Result<()> {
        imports::add_to_linker(linker)?;
        add_to_linker(linker)
    }

    fn begin(call: CallState, limits: &Limits, ambient: Ambient) -> Self {
        let output_limit = to_usize(limits.log_bytes);
        let output = MemoryOutputPipe::new(output_limit);
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_RESOURCES);
        Self {
            call,
            ctx: context(ambient.now, &output),
            table,
            clock: Clock::default(),
            random: SeededRandom(ambient.seed),
            output,
            output_limit,
        }
    }

    fn call_state(&mut self) -> &mut CallState {
        &mut self.call
    }

    /// The call's data, with what the guest printed at the end of the log.
    fn into_call_state(mut self) -> CallState {
        let output = self.output.contents();
        if output.len() >= self.output_limit {
            self.call.meter.deny(LimitKind::LogBytes);
        }
        for line in String::from_utf8_lossy(&output).lines() {
            self.call.log.push(LogLine { level: LogLevel::Info, message: one_line(line).into_owned() });
        }
        self.call
    }
}

/// Standard streams and a clock; no directory, and no way to a socket.
fn context(now: Timestamp, output: &MemoryOutputPipe) -> WasiCtx {
    let mut context = WasiCtx::builder();
    context.wall_clock(FrozenClock(now)).stdout(output.clone()).stderr(output.clone());
    // Already the default of the library; what the network rests on is said.
    context.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
    context.build()
}

impl WasiView for WasiState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}

/// Gives a linker the deterministic WASI.
fn add_to_linker(linker: &mut Linker<WasiState>) -> wasmtime::Result<()> {
    // Streams, polling, wall clock and standard streams as they are; what could
    // tell one run from another is put in their place.
    linker.allow_shadowing(true);
    wasmtime_wasi::p2::add_to_linker_proxy_interfaces_async(linker)?;
    monotonic_clock::add_to_linker::<_, HasClock>(linker, |state| ClockView {
        clock: &state.clock,
        table: &mut state.table,
    })?;
    random::add_to_linker::<_, HasSelf<SeededRandom>>(linker, |state| &mut state.random)?;
    linker.allow_shadowing(false);
    insecure::add_to_linker::<_, HasSelf<SeededRandom>>(linker, |state| &mut state.random)?;
    insecure_seed::add_to_linker::<_, HasSelf<SeededRandom>>(linker, |state| &mut state.random)?;
    cli::environment::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::exit::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(linker, |state| state.cli())?;
    filesystem::preopens::add_to_linker::<_, WasiFilesystem>(linker, |state| state.filesystem())?;
    filesystem::types::add_to_linker::<_, WasiFilesystem>(linker, |state| state.filesystem())?;
    add_closed_sockets(linker)
}

/// The interfaces of sockets, without any socket: making one is refused before
/// the system is asked, and all others need one. CPython imports them whether a
/// script uses them or not.
fn add_closed_sockets(linker: &mut Linker<WasiState>) -> wasmtime::Result<()> {
    let options = sockets::network::LinkOptions::default();
    sockets::network::add_to_linker::<_, WasiSockets>(linker, &options, |state| state.sockets())?;
    sockets::instance_network::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())?;
    sockets::ip_name_lookup::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())?;
    sockets::tcp::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())?;
    sockets::tcp_create_socket::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())?;
    sockets::udp::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())?;
    sockets::udp_create_socket::add_to_linker::<_, WasiSockets>(linker, |state| state.sockets())
}

/// Always the same moment.
struct FrozenClock(Timestamp);

impl HostWallClock for FrozenClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        // WASI knows no moment before 1970, and neither does any check.
        Duration::try_from(self.0.as_duration()).unwrap_or_default()
    }
}

/// Nanoseconds that pass only when somebody looks.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicU64>);

struct HasClock;

impl HasData for HasClock {
    type Data<'a> = ClockView<'a>;
}

struct ClockView<'a> {
    clock: &'a Clock,
    table: &'a mut ResourceTable,
}

impl monotonic_clock::Host for ClockView<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clock.0.fetch_add(NANOSECONDS_PER_READING, Ordering::Relaxed))
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(NANOSECONDS_PER_READING)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(Timer { clock: self.clock.clone(), when })?;
        subscribe(self.table, timer)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let now = self.clock.0.load(Ordering::Relaxed);
        self.subscribe_instant(now.saturating_add(duration))
    }
}

/// A sleep that takes no time: whoever waits for it finds the clock moved on.
struct Timer {
    clock: Clock,
    when: u64,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        self.clock.0.fetch_max(self.when, Ordering::Relaxed);
    }
}

/// SplitMix64: fast, and every seed gives a full sequence. Not for secrets; a
/// plug-in has none.
struct SeededRandom(u64);

impl SeededRandom {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        if length > MOST_RANDOM_BYTES {
            wasmtime::bail!("{length} random bytes requested at once; at most {MOST_RANDOM_BYTES}");
        }
        let mut bytes = Vec::with_capacity(to_usize(length) + 8);
        while bytes.len() < to_usize(length) {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(to_usize(length));
        Ok(bytes)
    }
}

impl random::Host for SeededRandom {
    fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(length)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.next())
    }
}

impl insecure::Host for SeededRandom {
    fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.next())
    }
}

impl insecure_seed::Host for SeededRandom {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.next(), self.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_whole_sequence() {
        let sequence = |seed| SeededRandom(seed).bytes(100).expect("few enough");
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
        assert_eq!(sequence(1).len(), 100);
        // The published first value for seed 0.
        assert_eq!(SeededRandom(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn what_reaches_out_is_not_provided() {
        for import in [
            "wasi:cli/environment@0.2.3",
            "wasi:io/poll@0.2.0",
            "wasi:random/insecure-seed@0.2.6",
            "wasi:sockets/tcp@0.2.3",
        ] {
            assert!(provides(import), "{import}");
        }
        for import in
            ["wasi:http/outgoing-handler@0.2.3", "wasi:keyvalue/store@0.2.0", "wasi:clirandom/x", "env"]
        {
            assert!(!provides(import), "{import}");
        }
    }
}
