//! Misbehaviour on purpose.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// How the platform treats feedback, or queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultMode {
    /// As it should.
    #[default]
    None,
    /// Breaks the connection without keeping the message.
    Down,
    /// Keeps the message and answers a minute late.
    Slow,
    /// Answers 500 without keeping the message.
    Error,
    /// Answers 200 with a web page, without keeping the message.
    Garbage,
    /// Answers a query with the records of somebody else; for queries only.
    OtherSubject,
    /// Says that the signature is wrong; for queries only.
    WrongSignature,
}

/// Which fault is on, and for how many more messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultOrder {
    /// The fault.
    pub mode: FaultMode,
    /// Messages it is for; every one until the next order when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The order in force.
#[derive(Debug, Default)]
pub struct Faults(Mutex<FaultOrder>);

impl Faults {
    /// Replaces the order in force.
    pub fn order(&self, order: FaultOrder) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = order;
    }

    /// The fault for the next message, which is counted.
    #[must_use]
    pub fn take(&self) -> FaultMode {
        let mut order = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut order.times {
            None => order.mode,
            Some(0) => FaultMode::None,
            Some(times) => {
                *times -= 1;
                order.mode
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_ends_and_an_uncounted_one_stays() {
        let faults = Faults::default();
        assert_eq!(faults.take(), FaultMode::None);
        faults.order(FaultOrder { mode: FaultMode::Error, times: Some(2) });
        assert_eq!([(); 3].map(|()| faults.take()), [FaultMode::Error, FaultMode::Error, FaultMode::None]);
        faults.order(FaultOrder { mode: FaultMode::Down, times: None });
        assert_eq!([(); 3].map(|()| faults.take()), [FaultMode::Down; 3]);
    }
}
