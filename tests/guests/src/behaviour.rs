//! The repertoire: each behaviour by its name in the settings, and what it
//! does.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use creditgate_plugin::{
    Answer, Case, Decision, DishonestAct, Disposition, DispositionAction, Fact, Failure, Ground, Outcome,
    Verdict, host, log,
};

use crate::{Settings, honest};

macro_rules! behaviours {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What the guest does in every hook.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Behaviour {
            $($(#[$doc])* $variant,)+
        }

        impl Behaviour {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// The behaviour of this name in the settings.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Its name in the settings.
            #[cfg(test)]
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

behaviours! {
    /// Applies every mandatory measure and proceeds.
    Honest = "honest",
    /// Turns in a loop `size` times and is honest then.
    Toil = "toil",
    /// Never returns.
    EndlessLoop = "endless-loop",
    /// Calls itself, with locals, until the stack in its memory is gone.
    EndlessRecursion = "endless-recursion",
    /// Calls itself, without locals, until the host's stack for it is gone.
    DeepCalls = "deep-calls",
    /// Allocates until nothing is left.
    MemoryBomb = "memory-bomb",
    /// Answers with an explanation of `size` bytes.
    BigResult = "big-result",
    /// Logs `size` lines of about 100 bytes.
    LogFlood = "log-flood",
    /// Panics with a message.
    Panic = "panic",
    /// Panics for one case in twenty, always the same ones, and is honest
    /// otherwise.
    PanicForOneInTwenty = "panic-for-one-in-twenty",
    /// Runs into an `unreachable` instruction, without a word.
    Unreachable = "unreachable",
    /// Disposes of a measure that does not exist.
    UnknownMeasure = "unknown-measure",
    /// Asks for someone who is no party of the case.
    ForeignParty = "foreign-party",
    /// Comes to no verdict.
    Failure = "failure",
    /// Refuses without a ground.
    RefuseWithoutBasis = "refuse-without-basis",
    /// Refuses on a basis that no catalogue has.
    RefuseWithUnknownBasis = "refuse-with-unknown-basis",
    /// Proceeds without a word on any measure.
    NoDispositions = "no-dispositions",
    /// Exempts every mandatory measure and does not say why.
    ExemptWithoutReason = "exempt-mandatory-without-reason",
    /// Wants a commitment and gives none.
    CommitmentWithoutCommitment = "commitment-without-commitment",
    /// Asks the calendar `size` times.
    ManyHostCalls = "many-host-calls",
    /// Reports `size` dishonest acts of the first party.
    FeedbackFlood = "feedback-flood",
    /// Counts its calls in a static, and says the number.
    KeepState = "keep-state",
    /// Looks for what an earlier call left in its memory, leaves a mark, and
    /// says how many bytes it found.
    ReadUninitialised = "read-uninitialised",
    /// Logs line breaks, terminal codes and something like an identity number.
    ControlCharacters = "control-characters",
}

impl Behaviour {
    /// Does it. `size` is the bytes, lines, calls, turns or reports of those that
    /// come in sizes.
    pub(crate) fn run(self, case: &Case<'_, Settings>, size: u32) -> Answer {
        match self {
            Self::Honest => apply_everything(case),
            Self::Toil => toil(case, size),
            Self::EndlessLoop => endless_loop(),
            Self::EndlessRecursion => honest(format!("came back from {}", endless_recursion(1))),
            Self::DeepCalls => honest(format!("came back from {}", deep_calls(1))),
            Self::MemoryBomb => memory_bomb(),
            Self::BigResult => honest("x".repeat(size as usize)),
            Self::LogFlood => log_flood(size),
            Self::Panic => panic_loudly(case),
            Self::PanicForOneInTwenty if is_one_in_twenty(&case.application.case_no) => panic_loudly(case),
            Self::PanicForOneInTwenty => apply_everything(case),
            Self::Unreachable => trap(),
            Self::UnknownMeasure => dispose("no-such-measure"),
            Self::ForeignParty => ask_for_a_stranger(),
            Self::Failure => Err(Failure::new("no-verdict", "the guest chose to fail")),
            Self::RefuseWithoutBasis => Ok(Verdict::refuse(Vec::new(), "refused without a ground")),
            Self::RefuseWithUnknownBasis => {
                Ok(Verdict::refuse(vec![Ground::new("basis.of-no-catalogue", "because")], "refused"))
            }
            Self::NoDispositions => honest("there was nothing to see"),
            Self::ExemptWithoutReason => exempt_everything(case),
            Self::CommitmentWithoutCommitment => {
                Ok(Verdict { outcome: Outcome::ProceedWithCommitment, ..Verdict::proceed("a promise") })
            }
            Self::ManyHostCalls => ask_the_calendar(case, size),
            Self::FeedbackFlood => feedback_flood(case, size),
            Self::KeepState => keep_state(),
            Self::ReadUninitialised => read_uninitialised(),
            Self::ControlCharacters => log_control_characters(),
        }
    }
}

fn apply_everything(case: &Case<'_, Settings>) -> Answer {
    let mut decision = Decision::new();
    for dossier in case.dossiers() {
        decision.apply_all_mandatory(dossier);
    }
    Ok(decision.finish("the honest guest has no objection"))
}

fn toil(case: &Case<'_, Settings>, turns: u32) -> Answer {
    for turn in 0..turns {
        black_box(turn);
    }
    apply_everything(case)
}

fn endless_loop() -> Answer {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

#[expect(unconditional_recursion, reason = "that is the point")]
fn endless_recursion(depth: u32) -> u32 {
    let frame = black_box([depth; 64]);
    endless_recursion(depth.wrapping_add(1)).wrapping_add(frame[0])
}

/// Nothing here needs memory, and the first call is no tail call.
fn deep_calls(depth: u32) -> u32 {
    static BOTTOM: AtomicU32 = AtomicU32::new(0);
    if depth == BOTTOM.load(Ordering::Relaxed) {
        return 1;
    }
    deep_calls(depth.wrapping_add(1)).rotate_left(1) ^ deep_calls(depth.wrapping_add(3))
}

fn memory_bomb() -> Answer {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![0xAB_u8; 1 << 20]));
    }
}

fn log_flood(lines: u32) -> Answer {
    for line in 0..lines {
        log::info(format!(
            "line {line:08} of a flood that says nothing, at some length, over and over again, until told to stop"
        ));
    }
    honest("all lines were taken")
}

#[expect(clippy::panic, reason = "that is the point")]
fn panic_loudly(case: &Case<'_, Settings>) -> Answer {
    panic!("the guest panicked in case {}", case.application.case_no)
}

/// Whether a case is among the unlucky twentieth, by a hash of its number
/// (FNV-1a). The host's probe is not, or no release could ever have this fault.
pub(crate) fn is_one_in_twenty(case_no: &str) -> bool {
    let hash = case_no.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.is_multiple_of(20)
}

fn trap() -> Answer {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    Err(Failure::new("unreachable", "only WebAssembly has this instruction"))
}

fn dispose(measure: &str) -> Answer {
    let disposition = Disposition { measure: measure.into(), action: DispositionAction::Applied };
    Ok(Verdict { dispositions: vec![disposition], ..Verdict::proceed("applied a measure of its own making") })
}

fn ask_for_a_stranger() -> Answer {
    let dossier = host::dossier_of("a-stranger")?;
    honest(format!("the host told of a stranger: {} entries", dossier.entries.len()))
}

fn exempt_everything(case: &Case<'_, Settings>) -> Answer {
    let mut decision = Decision::new();
    for measure in case.measures() {
        decision.exempt(measure, "");
    }
    Ok(decision.finish("nobody is punished here"))
}

fn ask_the_calendar(case: &Case<'_, Settings>, times: u32) -> Answer {
    for _ in 0..times {
        host::is_working_day(case.today())?;
    }
    honest(format!("asked {times} times"))
}

fn feedback_flood(case: &Case<'_, Settings>, reports: u32) -> Answer {
    let party = case.application.parties.first().map_or("", |party| &party.id);
    for number in 0..reports {
        let fact = Fact::DishonestAct(DishonestAct {
            party: party.into(),
            kind: "false-material".into(),
            facts: format!("report {number}"),
        });
        if let Err(rejection) = host::report(&fact) {
            return Err(Failure::new("rejected", format!("report {number}: {rejection:?}")));
        }
    }
    honest(format!("reported {reports} times"))
}

fn keep_state() -> Answer {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let earlier = CALLS.fetch_add(1, Ordering::Relaxed);
    honest(format!("calls before this one: {earlier}"))
}

/// A block larger than anything the call has used, read before it is written.
#[expect(unsafe_code, reason = "reading what was never written is the point")]
fn read_uninitialised() -> Answer {
    const LENGTH: usize = 48 * 1024;
    let mut block = Vec::<u8>::with_capacity(LENGTH);
    let start = block.as_mut_ptr();
    let mut leftovers = 0;
    for offset in 0..LENGTH {
        // SAFETY: within the block. Reading it before writing is undefined in
        // Rust's model; a volatile read keeps the compiler from knowing, and in
        // WebAssembly every byte of memory has a value. Natively it is not done.
        let byte =
            if cfg!(target_arch = "wasm32") { unsafe { start.add(offset).read_volatile() } } else { 0 };
        leftovers += u32::from(byte != 0);
        // SAFETY: within the block.
        unsafe { start.add(offset).write_volatile(0xA5) };
    }
    honest(format!("bytes left over: {leftovers}"))
}

fn log_control_characters() -> Answer {
    log::warn(
        "first line\r\n{\"level\":\"error\",\"message\":\"forged\"}\u{1b}[2J\u{0}\u{202e} 110101199001010015",
    );
    honest("logged what should not be logged")
}
