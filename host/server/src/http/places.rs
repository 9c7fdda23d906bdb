//! Places for requests: how many requests are worked on at once, of all, of one
//! key, and of the keys of one department.
//!
//! Every call of a known key has a place from its header to its answer, whatever
//! it does meanwhile: a client that sends its body slowly has one too. With bounds
//! for each key and each department none of them takes all there are. Counting is
//! a few additions: who asks brings its counters along.
//!
//! Places are many, so that a key that is alone can use the whole host. While
//! others ask too, only a few requests of a key go on at once, and the key's others
//! wait for their turn: otherwise a key that asks as wide as it can would have the
//! others' requests wait behind all of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::auth::Principal;
use super::problem::{Code, Problem};
use super::role::Load;
use crate::config::{HttpConfig, milliseconds};
use crate::metrics::{InFlight, Metrics, Refusal};

/// Something there is only so much of at once.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU32);

/// One of it, until it is dropped.
struct Taken(Arc<Counter>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counter {
    fn now(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(self: &Arc<Self>) -> Taken {
        self.0.fetch_add(1, Ordering::Relaxed);
        Taken(Arc::clone(self))
    }

    fn take(self: &Arc<Self>, most: u32) -> Option<Taken> {
        let taken = Taken(Arc::clone(self));
        (self.0.fetch_add(1, Ordering::Relaxed) < most).then_some(taken)
    }
}

/// What one key has under way.
#[derive(Debug, Default)]
struct OfKey {
    requests: Arc<Counter>,
    asking: Arc<Counter>,
    turns: OnceLock<Arc<Semaphore>>,
    /// Held by the one that goes on next because its wait is over.
    overdue: Mutex<()>,
    reports: Arc<Counter>,
    uploads: Arc<Counter>,
}

impl OfKey {
    /// Its turns, of which there are so many.
    fn turns(&self, many: u32) -> &Arc<Semaphore> {
        self.turns.get_or_init(|| Arc::new(Semaphore::new(usize::try_from(many).unwrap_or(usize::MAX))))
    }
}

/// The counters of a key and of its departments. A key of no department is counted
/// by itself alone, and whoever works at the machine not at all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counters {
    key: Option<Arc<OfKey>>,
    departments: Vec<Arc<Counter>>,
}

/// Counters by key and by department: a key that is read anew keeps its own.
#[derive(Debug, Default)]
pub(super) struct CounterBook {
    keys: HashMap<String, Arc<OfKey>>,
    departments: HashMap<String, Arc<Counter>>,
}

impl CounterBook {
    /// The counters of a key.
    pub(super) fn of(&mut self, key: &str, departments: Option<&[String]>) -> Counters {
        let of_key = Arc::clone(self.keys.entry(key.to_owned()).or_default());
        let departments = departments.unwrap_or_default().iter();
        let departments =
            departments.map(|code| Arc::clone(self.departments.entry(code.clone()).or_default())).collect();
        Counters { key: Some(of_key), departments }
    }
}

/// The places of a host.
pub(crate) struct Places {
    requests: Arc<Counter>,
    /// Requests that are to be answered at once, of all keys.
    asking: Arc<Counter>,
    reports: Arc<Counter>,
    uploads: Arc<Counter>,
    /// Refusals that came later, so far.
    refusals: AtomicU32,
    most: Most,
}

/// A request's turn among those of its key, until it is dropped.
pub(super) struct Turn {
    _asking: [Taken; 2],
    /// None where it goes on beyond the turns there are.
    _turn: Option<OwnedSemaphorePermit>,
}

/// How long one that goes on because its wait is over keeps back the next: all at
/// once they would do what the turns are there to prevent.
const OVERDUE_PACE: Duration = Duration::from_millis(5);

/// How many there are.
struct Most {
    requests: u32,
    of_key: u32,
    of_department: u32,
    reports: u32,
    uploads: u32,
    turns: u32,
    turn_wait: Duration,
    refusal_wait: Duration,
}

/// A request's place.
pub(super) struct Place {
    _taken: [Option<Taken>; 4],
    _departments: Vec<Taken>,
    _in_flight: InFlight,
}

impl Places {
    pub(crate) fn new(http: &HttpConfig) -> Self {
        let most = Most {
            requests: http.max_in_flight.get(),
            of_key: http.requests_per_key(),
            of_department: http.requests_per_department(),
            reports: http.max_reports.get(),
            uploads: http.max_uploads.get(),
            turns: http.turns_per_key(),
            turn_wait: milliseconds(http.turn_wait_ms),
            refusal_wait: milliseconds(http.refusal_wait_ms),
        };
        let [requests, asking, reports, uploads] = std::array::from_fn(|_| Arc::default());
        Self { requests, asking, reports, uploads, refusals: AtomicU32::new(0), most }
    }

    /// A place for a request.
    ///
    /// # Errors
    /// A problem with status 503 that says whose bound it was; nothing is taken
    /// then.
    pub(super) fn enter(
        &self,
        metrics: &Metrics,
        principal: &Principal,
        load: Load,
    ) -> Result<Place, Problem> {
        let Counters { key, departments } = &principal.counters;
        let refused = |reason, code, detail: &str| {
            metrics.refused(reason);
            Problem::new(code, detail)
        };
        let of_key = key.as_ref().map(|of_key| {
            of_key.requests.take(self.most.of_key).ok_or_else(|| {
                refused(
                    Refusal::Key,
                    Code::KeyBusy,
                    "the key has as many requests under way as it may; wait for some",
                )
            })
        });
        let of_key = of_key.transpose()?;
        let departments = departments.iter().map(|of_department| {
            of_department.take(self.most.of_department).ok_or_else(|| {
                let detail = "the keys of the department have as many requests under way as they may; \
                              try again shortly";
                refused(Refusal::DepartmentRequests, Code::DepartmentBusy, detail)
            })
        });
        let departments = departments.collect::<Result<_, _>>()?;
        let of_load = self.load(load, key.as_deref()).map_err(|whose| match (load, whose) {
            (Load::Report, Whose::Key) => refused(
                Refusal::Reports,
                Code::KeyBusy,
                "the key has as many reports under way as it may; wait for one",
            ),
            (Load::Report, Whose::Host) => {
                refused(Refusal::Reports, Code::HostBusy, "too many reports at once; try again shortly")
            }
            (_, Whose::Key) => refused(
                Refusal::Uploads,
                Code::KeyBusy,
                "the key has as many files under way as it may; wait for one",
            ),
            (_, Whose::Host) => {
                refused(Refusal::Uploads, Code::HostBusy, "too many files at once; try again shortly")
            }
        })?;
        let of_host = self.requests.take(self.most.requests).ok_or_else(|| {
            refused(Refusal::Requests, Code::HostBusy, "too many requests at once; try again shortly")
        })?;
        let [load_of_key, load_of_host] = of_load;
        Ok(Place {
            _taken: [of_key, load_of_key, load_of_host, Some(of_host)],
            _departments: departments,
            _in_flight: InFlight::enter(&metrics.in_flight),
        })
    }

    /// Waits while others ask too and the key has as many requests going on as it
    /// may have then, but not for ever. What comes back is the request's turn. Not
    /// for calls that may take their time: nobody waits for those.
    pub(super) async fn turn(&self, principal: &Principal) -> Option<Turn> {
        let key = principal.counters.key.as_ref()?;
        let asking = [self.asking.add(), key.asking.add()];
        let turns = key.turns(self.most.turns);
        let turn = match Arc::clone(turns).try_acquire_owned() {
            Ok(turn) => Some(turn),
            Err(_) if self.is_alone(key) => None,
            // Few have to wait, and the others need not carry what for.
            Err(_) => Box::pin(self.next_turn(key, turns)).await,
        };
        Some(Turn { _asking: asking, _turn: turn })
    }

    fn is_alone(&self, key: &OfKey) -> bool {
        self.asking.now() <= key.asking.now()
    }

    /// A turn once one is free, or none once the wait for it is over.
    async fn next_turn(&self, key: &OfKey, turns: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            biased;
            // No turn is ever taken away, so that this is no error.
            turn = Arc::clone(turns).acquire_owned() => turn.ok(),
            () = self.overdue(key) => None,
        }
    }

    /// Resolves when a request has waited long enough, for one of a key after the
    /// other.
    async fn overdue(&self, key: &OfKey) {
        tokio::time::sleep(self.most.turn_wait).await;
        let _next = key.overdue.lock().await;
        tokio::time::sleep(OVERDUE_PACE).await;
    }

    /// How long a refusal waits that whoever gets it would have to come back after:
    /// one who asks again at once is not answered at once. Between half as long as is
    /// configured and half as long again: clients that were refused together would
    /// come back together, and be a wave every time.
    pub(super) fn refusal_wait(&self) -> Duration {
        /// Its multiples lie as evenly as can be, however many there are.
        const GOLDEN_RATIO: u32 = 2_654_435_769;
        let number = self.refusals.fetch_add(1, Ordering::Relaxed);
        let share = f64::from(number.wrapping_mul(GOLDEN_RATIO)) / f64::from(u32::MAX);
        self.most.refusal_wait.mul_f64(0.5 + share)
    }

    /// The key's and the host's part of what only few calls need; a key has half.
    fn load(&self, load: Load, key: Option<&OfKey>) -> Result<[Option<Taken>; 2], Whose> {
        let (of_host, most, of_key) = match load {
            Load::Usual => return Ok([None, None]),
            Load::Report => (&self.reports, self.most.reports, key.map(|key| &key.reports)),
            Load::Upload => (&self.uploads, self.most.uploads, key.map(|key| &key.uploads)),
        };
        let of_key = of_key.map(|of_key| of_key.take(most.div_ceil(2)).ok_or(Whose::Key)).transpose()?;
        Ok([of_key, Some(of_host.take(most).ok_or(Whose::Host)?)])
    }
}

/// Whose bound it was.
enum Whose {
    Key,
    Host,
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use creditgate_gate::request::Caller;
    use tokio::time::Instant;

    use super::*;
    use crate::http::role::Role;

    fn principal(book: &mut CounterBook, key: &str, departments: Option<&[&str]>) -> Principal {
        let departments: Option<Vec<String>> =
            departments.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
        let counters = book.of(key, departments.as_deref());
        Principal {
            role: Role::Caller,
            is_noted: false,
            caller: Caller { key: key.to_owned(), departments },
            counters,
        }
    }

    fn places(requests: u32, of_key: u32, of_department: u32) -> Places {
        let number = |number| NonZeroU32::new(number);
        Places::new(&HttpConfig {
            max_in_flight: number(requests).unwrap(),
            max_requests_per_key: number(of_key),
            max_requests_per_department: number(of_department),
            max_reports: number(3).unwrap(),
            ..HttpConfig::default()
        })
    }

    #[test]
    fn no_key_and_no_department_takes_the_places_of_the_others() {
        let (metrics, places) = (Metrics::new(), places(8, 2, 3));
        let mut book = CounterBook::default();
        let [one, two] = ["k1", "k2"].map(|key| principal(&mut book, key, Some(&["food"])));
        let other = principal(&mut book, "k3", Some(&["housing"]));
        let enter =
            |principal| places.enter(&metrics, principal, Load::Usual).map_err(|problem| problem.code());
        let mut taken = vec![enter(&one).ok(), enter(&one).ok()];
        assert_eq!(enter(&one).err(), Some(Code::KeyBusy));
        taken.push(enter(&two).ok());
        assert_eq!(enter(&two).err(), Some(Code::DepartmentBusy), "two keys, one department");
        assert!(taken.iter().all(Option::is_some));
        assert!(enter(&other).is_ok());
        assert_eq!(metrics.in_flight.get(), 3);
        // A refusal leaves nothing taken.
        taken.pop();
        assert!(enter(&two).is_ok());
        drop(taken);
        assert_eq!(metrics.in_flight.get(), 0);
        let again = principal(&mut book, "k1", Some(&["food"]));
        let _held = (enter(&one).ok(), enter(&again).ok());
        assert_eq!(enter(&again).err(), Some(Code::KeyBusy), "a key that is read anew is the same key");
    }

    #[test]
    fn reports_have_a_small_share_of_which_a_key_has_half() {
        let (metrics, places) = (Metrics::new(), places(100, 50, 50));
        let mut book = CounterBook::default();
        let [one, two] = ["k1", "k2"].map(|key| principal(&mut book, key, None));
        let enter =
            |principal, load| places.enter(&metrics, principal, load).map_err(|problem| problem.code());
        let _taken = (enter(&one, Load::Report).ok(), enter(&one, Load::Report).ok());
        assert_eq!(enter(&one, Load::Report).err(), Some(Code::KeyBusy));
        assert!(enter(&one, Load::Usual).is_ok(), "its checks go on");
        let _third = enter(&two, Load::Report).ok();
        assert_eq!(enter(&two, Load::Report).err(), Some(Code::HostBusy), "three in all");
        assert!(enter(&two, Load::Upload).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_asks_wide_waits_its_turn_while_others_ask_too_and_not_for_ever() {
        const WAIT: Duration = Duration::from_millis(50);
        let mut places = places(100, 50, 50);
        (places.most.turns, places.most.turn_wait) = (2, WAIT);
        let mut book = CounterBook::default();
        let [wide, other] = ["k1", "k2"].map(|key| principal(&mut book, key, None));
        let at_once = async |principal| tokio::time::timeout(Duration::ZERO, places.turn(principal)).await;
        let mut turns = Vec::new();
        for _ in 0..3 {
            turns.push(at_once(&wide).await.expect("a key that is alone does not wait"));
        }
        let _beside = at_once(&other).await.expect("the other does not wait");
        let started = Instant::now();
        let both = tokio::join!(places.turn(&wide), places.turn(&wide));
        assert_eq!(started.elapsed(), WAIT + 2 * OVERDUE_PACE, "they wait, and then go on one by one");
        drop(both);
        // A turn that comes free is for the one that waits longest.
        let (turn, ()) = tokio::join!(places.turn(&wide), async { turns.truncate(1) });
        assert!(turn.is_some());
        assert!(at_once(&wide).await.is_err(), "there were two turns, and there are none");
    }

    #[test]
    fn refusals_that_come_later_do_not_come_together() {
        let places = places(1, 1, 1);
        let mut waits: Vec<_> = (0..32).map(|_| places.refusal_wait().as_millis()).collect();
        waits.sort_unstable();
        assert!(waits[0] >= 125 && waits[31] <= 375, "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[1] - pair[0] < 20), "{waits:?}");
        assert!(waits.windows(4).all(|four| four[3] - four[0] > 8), "{waits:?}");
    }

    #[test]
    fn at_a_full_host_everybody_is_told_so() {
        let (metrics, places) = (Metrics::new(), places(1, 1, 1));
        let mut book = CounterBook::default();
        let [one, two] = ["k1", "k2"].map(|key| principal(&mut book, key, None));
        let _first = places.enter(&metrics, &one, Load::Usual).ok();
        let second = places.enter(&metrics, &two, Load::Usual).err();
        assert_eq!(second.map(|problem| problem.code()), Some(Code::HostBusy));
    }
}
