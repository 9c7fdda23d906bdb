//! The one place where the host asks what time it is. Below it, time is an
//! argument.

use creditgate_credit::calendar::LOCAL_OFFSET;
use jiff::Timestamp;
use jiff::civil::Date;

/// Now, in whole milliseconds: what is answered and what is kept is the same instant.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    // A reading of the clock lies far from where instants end.
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// The day it is in Asia/Shanghai.
pub(crate) fn today() -> Date {
    LOCAL_OFFSET.to_datetime(now()).date()
}
