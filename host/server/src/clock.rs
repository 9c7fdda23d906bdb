//! The one place where the host asks what time it is. Below it, time is an
//! argument.

use creditgate_credit::calendar::LOCAL_OFFSET;
use jiff::Timestamp;
use jiff::civil::Date;

/// Now.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The day it is in Asia/Shanghai.
pub(crate) fn today() -> Date {
    LOCAL_OFFSET.to_datetime(now()).date()
}
