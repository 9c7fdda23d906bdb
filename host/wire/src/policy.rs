//! Policy as it is shown and shipped: what holds in a division on a day, and files to
//! start from. The form of policy itself is that of its types in `creditgate-credit`.

mod profiles;
mod resolved;

pub use profiles::{PROFILES, Profile};
pub use resolved::{LayerSpan, ResolvedPolicy, ResolvedValue};
