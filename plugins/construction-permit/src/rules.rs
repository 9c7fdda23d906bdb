//! The rules of this department, each with its explanation, its function and
//! its tests.

pub(crate) mod informed_commitment;
pub(crate) mod key_supervision;
pub(crate) mod market_ban;
pub(crate) mod responsible_persons;
