//! The rules of this department, each with its explanation, its function and
//! its tests.

pub(crate) mod deferred_materials;
pub(crate) mod false_material;
pub(crate) mod food_safety;
pub(crate) mod good_standing;
pub(crate) mod green_channel;
pub(crate) mod judgment_defaulter;
pub(crate) mod watch_list;
