//! Landlock: this thread, and those it starts, open no file and no connection.

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};

/// The newest edition of Landlock the rules were tried with; older kernels keep
/// what they know of it.
const TRIED: ABI = ABI::V7;

/// Gives up every file, folder, connection, and signal to others. False where the
/// kernel has no Landlock.
pub(crate) fn give_up() -> Result<bool, RulesetError> {
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(TRIED))?
        .handle_access(AccessNet::from_all(TRIED))?
        .scope(Scope::from_all(TRIED))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
