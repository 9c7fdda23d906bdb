//! Runs rules natively: the host's side of the contract as a trait, and a
//! thread-local in which a rule finds it. Used by the test harness, and by
//! anyone who wants to measure a rule without WebAssembly. Not part of a
//! component.

use std::cell::RefCell;
use std::rc::Rc;

use crate::{
    CalendarDate, Day, Dossier, DueDate, Fact, Level, OutOfRange, Refusal, Rejection, Standing, Terms,
};

/// Answers what a plug-in asks; one method for each function it may import,
/// with the same meaning, units and errors.
#[expect(missing_docs, reason = "each method is documented by the function of the same name in `wit/`")]
pub trait Host {
    fn settings(&self) -> String;
    fn encoded_settings(&self) -> Vec<u8>;
    fn dossiers(&self) -> Vec<Dossier>;
    fn dossier_of(&self, party: &str) -> Result<Dossier, Refusal>;
    fn standing(&self, party: &str, years: Option<u32>) -> Result<Standing, Refusal>;
    fn terms(&self) -> Terms;
    fn today(&self) -> CalendarDate;
    fn add_working_days(&self, start: CalendarDate, days: u32) -> Result<DueDate, OutOfRange>;
    fn is_working_day(&self, date: CalendarDate) -> Result<Day, OutOfRange>;
    fn report(&self, fact: &Fact) -> Result<(), Rejection>;
    fn log(&self, level: Level, message: &str);
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<dyn Host>>> = const { RefCell::new(None) };
}

/// Runs `work` with `host` answering the host functions on this thread. Calls
/// may nest; the outer host is back afterwards, also after a panic.
pub fn run<R>(host: Rc<dyn Host>, work: impl FnOnce() -> R) -> R {
    struct Restore(Option<Rc<dyn Host>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let outer = self.0.take();
            CURRENT.with_borrow_mut(|current| *current = outer);
        }
    }
    let _restore = Restore(CURRENT.replace(Some(host)));
    work()
}

/// The functions of [`crate::host`] on the native target.
pub(crate) mod calls {
    #![expect(missing_docs, reason = "documented in `wit/`")]

    use super::{CURRENT, Host, Rc};
    use crate::{
        CalendarDate, Day, Dossier, DueDate, Fact, Level, OutOfRange, Refusal, Rejection, Standing, Terms,
    };

    #[expect(clippy::panic, reason = "a rule called natively without a host is a mistake in the test")]
    fn current() -> Rc<dyn Host> {
        match CURRENT.with_borrow(Clone::clone) {
            Some(host) => host,
            None => panic!("no host on this thread: run the rule through testing::TestCase or native::run"),
        }
    }

    pub fn settings() -> String {
        current().settings()
    }

    pub fn encoded_settings() -> Vec<u8> {
        current().encoded_settings()
    }

    pub fn dossiers() -> Vec<Dossier> {
        current().dossiers()
    }

    pub fn dossier_of(party: &str) -> Result<Dossier, Refusal> {
        current().dossier_of(party)
    }

    pub fn standing(party: &str, years: Option<u32>) -> Result<Standing, Refusal> {
        current().standing(party, years)
    }

    pub fn terms() -> Terms {
        current().terms()
    }

    pub fn today() -> CalendarDate {
        current().today()
    }

    pub fn add_working_days(start: CalendarDate, days: u32) -> Result<DueDate, OutOfRange> {
        current().add_working_days(start, days)
    }

    pub fn is_working_day(date: CalendarDate) -> Result<Day, OutOfRange> {
        current().is_working_day(date)
    }

    pub fn report(fact: &Fact) -> Result<(), Rejection> {
        current().report(fact)
    }

    pub fn log(level: Level, message: &str) {
        current().log(level, message);
    }
}
