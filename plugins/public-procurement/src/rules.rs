//! The rules of this department, each with its explanation, its function and
//! its tests.

pub(crate) mod bad_conduct;
pub(crate) mod credit_report;
