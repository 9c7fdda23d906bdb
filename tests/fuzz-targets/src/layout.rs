//! Verdicts as a guest lays them out in its memory, by the canonical ABI of the
//! component model: the contract's `result<verdict, failure>` from
//! [`ANSWER`](crate::guest::ANSWER) on.

use creditgate_credit::policy::CommitmentEffect;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};

use crate::guest::ANSWER;

/// Bytes of the answer itself; what it points to comes after.
const ANSWER_BYTES: usize = 76;

/// Where in the memory something lies, and how much of it there is.
type Slice = (u32, u32);

/// A memory that is filled from the end.
struct Memory(Vec<u8>);

/// The memory of a guest that answers with this verdict.
pub(crate) fn of_verdict(verdict: &Verdict) -> Vec<u8> {
    let mut memory = Memory(vec![0; ANSWER_BYTES]);
    memory.byte(4, outcome(verdict.outcome));
    let slices = [
        (8, memory.list(&verdict.dispositions, 20, Memory::disposition)),
        (16, memory.list(&verdict.grounds, 28, Memory::ground)),
        (24, memory.list(&verdict.advice, 12, Memory::advice)),
        (68, memory.text(&verdict.explanation)),
    ];
    for (at, slice) in slices {
        memory.slice(at, slice);
    }
    if let Some(commitment) = &verdict.commitment {
        memory.byte(32, 1);
        memory.commitment(36, commitment);
    }
    memory.0
}

const fn outcome(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Proceed => 0,
        Outcome::ProceedWithCommitment => 1,
        Outcome::ManualReview => 2,
        Outcome::Refuse => 3,
    }
}

impl Memory {
    fn bytes(&mut self, at: usize, bytes: &[u8]) {
        self.0.get_mut(at..at + bytes.len()).expect("a place that was made").copy_from_slice(bytes);
    }

    fn byte(&mut self, at: usize, byte: u8) {
        self.bytes(at, &[byte]);
    }

    fn slice(&mut self, at: usize, (start, length): Slice) {
        self.bytes(at, &start.to_le_bytes());
        self.bytes(at + 4, &length.to_le_bytes());
    }

    /// New memory, on an address that anything may have.
    fn room(&mut self, length: usize) -> usize {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let start = self.0.len();
        self.0.resize(start + length, 0);
        start
    }

    fn text(&mut self, text: &str) -> Slice {
        let start = self.room(text.len());
        self.bytes(start, text.as_bytes());
        (address(start), number(text.len()))
    }

    fn list<T>(&mut self, items: &[T], size: usize, write: fn(&mut Self, usize, &T)) -> Slice {
        let start = self.room(size * items.len());
        for (index, item) in items.iter().enumerate() {
            write(self, start + size * index, item);
        }
        (address(start), number(items.len()))
    }

    fn string(&mut self, at: usize, text: &str) {
        let slice = self.text(text);
        self.slice(at, slice);
    }

    fn strings(&mut self, at: usize, texts: &[String]) {
        let slice = self.list(texts, 8, |memory, at, text| memory.string(at, text));
        self.slice(at, slice);
    }

    fn disposition(&mut self, at: usize, disposition: &Disposition) {
        self.string(at, &disposition.measure);
        let case = match &disposition.action {
            DispositionAction::Applied => 0,
            DispositionAction::Deferred(_) => 1,
            DispositionAction::Exempted(_) => 2,
        };
        self.byte(at + 8, case);
        if let Some(reason) = disposition.action.reason() {
            self.string(at + 12, reason);
        }
    }

    fn ground(&mut self, at: usize, ground: &Ground) {
        self.string(at, &ground.basis);
        if let Some(entry) = &ground.entry {
            self.byte(at + 8, 1);
            self.string(at + 12, entry);
        }
        self.string(at + 20, &ground.text);
    }

    fn advice(&mut self, at: usize, advice: &Advice) {
        let (case, text) = match advice {
            Advice::FastTrack(text) => (0, text),
            Advice::DeferredMaterials(codes) => {
                self.byte(at, 1);
                return self.strings(at + 4, codes);
            }
            Advice::StrictReview(text) => (2, text),
            Advice::KeySupervision(text) => (3, text),
            Advice::Note(text) => (4, text),
        };
        self.byte(at, case);
        self.string(at + 4, text);
    }

    fn commitment(&mut self, at: usize, commitment: &Commitment) {
        self.string(at, &commitment.party);
        self.byte(at + 8, u8::from(commitment.effect == CommitmentEffect::DecideFirst));
        self.string(at + 12, &commitment.text);
        self.strings(at + 20, &commitment.missing);
        let due = commitment.due_on;
        self.bytes(at + 28, &due.year().to_le_bytes());
        self.byte(at + 30, due.month().unsigned_abs());
        self.byte(at + 31, due.day().unsigned_abs());
    }
}

fn address(place: usize) -> u32 {
    ANSWER + number(place)
}

fn number(of: usize) -> u32 {
    u32::try_from(of).expect("a small memory")
}
