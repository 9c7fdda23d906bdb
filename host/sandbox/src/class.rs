//! The two classes of guests: what a slot of each holds, and which class a
//! component is of.
//!
//! A guest made with the SDK has three core instances and a memory of a few
//! pages. One that brings a language runtime along has up to forty, several
//! memories, and starts from megabytes. In one pool the slots of the former
//! would be as large as the latter, and a few of the latter could take them all.
//! So each class has an engine of its own, with its own slots and its own queue.
//! The class follows from the component alone: the same bytes are of the same
//! class on every host, and years later.

use creditgate_credit::vocabulary;

vocabulary! {
    /// Which pool a guest runs in.
    pub enum GuestClass {
        /// Made with the SDK, or no larger than that.
        Small = "small",
        /// Brings a language runtime along, such as those of JavaScript and Python.
        Large = "large",
    }
}

impl GuestClass {
    /// The table of the configuration in which its slots are set.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Small => "sandbox",
            Self::Large => "sandbox.large",
        }
    }

    /// What one component of this class may consist of.
    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Small => Shape {
                core_instances: 8,
                memories: 1,
                tables: 4,
                table_elements: 20_000,
                guest_stack_bytes: 512 << 10,
                fiber_stack_bytes: 1 << 20,
            },
            // An interpreter recurses where its script does.
            Self::Large => Shape {
                core_instances: 64,
                memories: 4,
                tables: 8,
                table_elements: 20_000,
                guest_stack_bytes: 2 << 20,
                fiber_stack_bytes: 3 << 20,
            },
        }
    }
}

/// What a slot holds, and the stacks that come with it.
pub(crate) struct Shape {
    pub(crate) core_instances: u32,
    pub(crate) memories: u32,
    pub(crate) tables: u32,
    pub(crate) table_elements: u32,
    /// Stack of a guest. The rest of its fiber is for host functions.
    pub(crate) guest_stack_bytes: usize,
    pub(crate) fiber_stack_bytes: usize,
}
