//! What is counted of releases on trial, and which cases a canary gets. The
//! snapshot holds the counters; what follows from them is `rollout`.

mod canary;
mod shadow;

pub(crate) use canary::Side;
pub use canary::{Breach, CanaryCounts, CanaryWatch, SideCounts};
pub use shadow::{ShadowCounts, ShadowWatch};
