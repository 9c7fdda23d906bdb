//! The one place where the host asks what time it is. Below it, time is an
//! argument.

use jiff::Timestamp;

/// Now.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
