//! Numbers that look random and follow from the seed: the same on every machine
//! and in every release, and for any row without making the rows before it.

/// What a number is drawn for; draws for different purposes are independent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// What kind of subject a subject is, and its name.
    Subject = 1,
    /// On which list an entry stands, and what it says.
    Entry = 2,
    /// What a case applies for.
    Case = 3,
}

/// A stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of one row.
    pub(crate) fn of(seed: u64, purpose: Purpose, row: u64) -> Self {
        let start = mix(seed ^ mix(purpose as u64));
        Self(mix(start ^ mix(row)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The upper half of the product is below `bound`.
        let product = u128::from(self.next()) * u128::from(bound);
        (product >> 64) as u64
    }

    /// Whether something of this share happens.
    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
