//! What a guest answers: a verdict of any contents arrives as it was laid out,
//! any bytes at all are either one or a failure, and the host insists on its rules
//! whatever the guest says.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use creditgate_credit::catalogue::Nature;
use creditgate_credit::policy::CommitmentEffect;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};
use creditgate_gate::{CheckRecord, Settled, Status};
use creditgate_wire::record::{read_record, record_json};
use jiff::ToSpan;
use tokio::runtime::{Builder, Runtime};

use crate::scene::{BASIS, FORMER_BASIS, MATERIAL, MEASURES, REQUIRED_MATERIAL, Scene, TODAY, sandbox};
use crate::{Target, guest, layout};

/// Choices of which a verdict is made.
pub(crate) const VERDICT: Target = Target {
    name: "verdict",
    run: well_formed,
    seeds: || {
        vec![
            vec![0, 2, 0, 0, 1, 0, 0, 0, 0, 1],
            vec![3, 2, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 3, 1, 2, 0],
            vec![1, 1, 0, 1, 1, 0, 2, 4, 1, 1, 0, 0, 1, 1, 1, 5, 2],
            (0..60).collect(),
        ]
    },
    words: &["\0", "\u{1}", "\u{2}", "\u{3}", "\u{7}"],
    rounds: 400,
};

/// The memory in which the host looks for the answer.
pub(crate) const ANSWER: Target = Target {
    name: "answer",
    run: any_memory,
    seeds: || {
        let verdicts = (VERDICT.seeds)().into_iter().map(|choices| layout::of_verdict(&verdict(&choices)));
        verdicts.chain([vec![1; 20], Vec::new()]).collect()
    },
    words: &["\0\0\0\0", "\0\u{4}\0\0", "\u{7f}\u{7f}\u{7f}\u{7f}", "\u{1}\0\0\0", "\0\0\u{1}\0"],
    rounds: 400,
};

struct Stage {
    runtime: Runtime,
    scene: Scene,
}

/// One check at a time: its record is the last one kept.
static STAGE: LazyLock<Mutex<Stage>> = LazyLock::new(|| {
    let plugin = sandbox().load(&guest::that_says_what_it_is_told()).expect("the guest loads");
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime");
    Mutex::new(Stage { runtime, scene: Scene::of(plugin) })
});

fn check(memory: &[u8]) -> Arc<CheckRecord> {
    let stage = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
    stage.runtime.block_on(stage.scene.check(guest::form(memory)))
}

fn well_formed(choices: &[u8]) {
    let verdict = verdict(choices);
    let memory = layout::of_verdict(&verdict);
    assert!(memory.len() <= guest::LONGEST_ANSWER, "the verdict is too long for the guest");
    let record = check(&memory);
    let said = record.judged.as_ref().and_then(|report| report.outcome.as_ref().ok()?.as_ref().ok());
    assert!(said == Some(&verdict), "a verdict arrives as another: {said:?}");
    holds(&record);
}

fn any_memory(memory: &[u8]) {
    let (first, second) = (check(memory), check(memory));
    assert_eq!(first.settled, second.settled, "the same answer is settled otherwise");
    let outcome =
        |record: &CheckRecord| format!("{:?}", record.judged.as_ref().map(|report| &report.outcome));
    assert!(outcome(&first) == outcome(&second), "the same answer is read otherwise");
    let fuel = |record: &CheckRecord| record.judged.as_ref().map(|report| report.fuel_used);
    assert_eq!(fuel(&first), fuel(&second), "the same call takes other fuel");
    holds(&first);
}

/// What holds of every record, whatever the guest said.
fn holds(record: &CheckRecord) {
    let verdict = record.judged.as_ref().and_then(|report| report.outcome.as_ref().ok()?.as_ref().ok());
    let settled = &record.settled;
    let adverse = record.inputs.dossier.as_ref().is_some_and(|dossier| dossier.has_adverse_entry());
    assert!(settled.status != Status::Clear || verdict.is_some() && !adverse, "clear without having checked");
    match verdict {
        None => {
            assert_eq!(settled.status, Status::CouldNotCheck, "a failure reads as a check");
            assert!(!settled.reasons.is_empty(), "a failure has no reason");
        }
        Some(verdict) if settled.reasons.is_empty() => {
            assert_eq!(settled.outcome, verdict.outcome, "an outcome changed without a reason");
        }
        Some(_) => {}
    }
    insists(settled);
    let read = read_record(&record_json(record)).expect("a record can be read");
    assert!(read.settled == *settled, "a record reads back as another");
}

/// The rules no plug-in can waive, in words of their own.
fn insists(settled: &Settled) {
    if !settled.reasons.is_empty() {
        assert_eq!(settled.outcome, Outcome::ManualReview, "a broken rule leaves the outcome");
        assert!(settled.grounds.is_empty() && settled.commitment.is_none(), "a broken verdict has effects");
        return;
    }
    for measure in settled.measures.iter().filter(|one| one.measure.nature == Nature::Mandatory) {
        let action = measure.disposition.as_ref().expect("a mandatory measure has a disposition");
        assert!(action.reason().is_none_or(|reason| !reason.trim().is_empty()), "exempted without a reason");
    }
    if settled.outcome == Outcome::Refuse {
        assert!(!settled.grounds.is_empty(), "a refusal without a ground");
        let sound = |ground: &Ground| ground.basis == BASIS && ground.entry.as_deref() == Some("e1");
        assert!(settled.grounds.iter().all(sound), "a refusal rests on what does not bear it");
    }
    let promised = settled.outcome == Outcome::ProceedWithCommitment;
    assert_eq!(promised, settled.commitment.is_some(), "a commitment without its outcome");
    let advised = settled.advice.iter().filter_map(|advice| match advice {
        Advice::DeferredMaterials(codes) => Some(codes),
        _ => None,
    });
    let mut deferred = settled.commitment.iter().map(|one| &one.missing).chain(advised).flatten();
    assert!(deferred.all(|code| code == MATERIAL), "what law requires is deferred");
    assert!(settled.commitment.iter().all(|one| one.due_on > TODAY), "a commitment is due already");
}

/// Bytes as choices, the last one for ever.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self, limit: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % limit.max(1)
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from.get(self.next(from.len())).cloned().expect("a choice among some")
    }

    fn some<T>(&mut self, most: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.next(most + 1)).map(|_| one(self)).collect()
    }

    /// Nothing hidden in it: that is written out on its way to an officer.
    fn text(&mut self) -> String {
        self.pick(&["示例理由", "", "示例\n", "a", "\u{10ffff}", "{\"x\":null}", "110101199001010015"])
            .to_owned()
    }
}

/// The verdict these choices lead to: often nearly right.
fn verdict(choices: &[u8]) -> Verdict {
    let mut choices = Choices(choices);
    let choices = &mut choices;
    Verdict {
        outcome: choices.pick(Outcome::ALL),
        dispositions: choices.some(3, disposition),
        grounds: choices.some(2, ground),
        advice: choices.some(3, advice),
        commitment: choices.some(1, commitment).pop(),
        explanation: choices.text(),
    }
}

fn disposition(choices: &mut Choices<'_>) -> Disposition {
    let measure = choices.pick(&[MEASURES[0], MEASURES[1], "restrict/e9/p1", ""]).to_owned();
    let action = match choices.next(3) {
        0 => DispositionAction::Applied,
        1 => DispositionAction::Deferred(choices.text()),
        _ => DispositionAction::Exempted(choices.text()),
    };
    Disposition { measure, action }
}

fn ground(choices: &mut Choices<'_>) -> Ground {
    Ground {
        basis: choices.pick(&[BASIS, FORMER_BASIS, "no-law"]).to_owned(),
        entry: choices.pick(&[Some("e1"), None, Some("e2"), Some("")]).map(str::to_owned),
        text: choices.text(),
    }
}

fn advice(choices: &mut Choices<'_>) -> Advice {
    match choices.next(5) {
        0 => Advice::FastTrack(choices.text()),
        1 => Advice::DeferredMaterials(materials(choices)),
        2 => Advice::StrictReview(choices.text()),
        3 => Advice::KeySupervision(choices.text()),
        _ => Advice::Note(choices.text()),
    }
}

fn materials(choices: &mut Choices<'_>) -> Vec<String> {
    choices.some(3, |choices| choices.pick(&[MATERIAL, REQUIRED_MATERIAL, "unheard-of"]).to_owned())
}

fn commitment(choices: &mut Choices<'_>) -> Commitment {
    let days = i64::try_from(choices.next(40)).unwrap_or_default() - 10;
    Commitment {
        party: choices.pick(&["p1", "p2", "p9", ""]).to_owned(),
        effect: choices.pick(&[CommitmentEffect::AcceptFirst, CommitmentEffect::DecideFirst]),
        text: choices.text(),
        missing: materials(choices),
        due_on: TODAY.saturating_add(days.days()),
    }
}
