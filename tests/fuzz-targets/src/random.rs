//! A generator that gives the same inputs on every machine: seeds, changed a
//! little.

/// Most bytes of an input.
const LONGEST: usize = 1 << 16;

/// Most changes made to a seed at once.
const MOST_CHANGES: usize = 6;

/// A fixed sequence of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to this number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = limit.max(1) as u64;
        usize::try_from(self.next() % limit).unwrap_or_default()
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// Some part of this many bytes.
    fn part(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = (length - start).min(1 << (1 + self.below(8)));
        start..start + self.below(longest + 1)
    }
}

/// One of the seeds with a few changes, or without any.
pub fn input(random: &mut Random, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut bytes = random.pick(seeds).cloned().unwrap_or_default();
    for _ in 0..random.below(MOST_CHANGES) {
        change(random, &mut bytes, seeds, words);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str]) {
    let part = random.part(bytes.len());
    match random.below(7) {
        0 => drop(bytes.drain(part)),
        1 => {
            let copy = bytes.get(part.clone()).unwrap_or_default().to_vec();
            bytes.splice(part.end..part.end, copy);
        }
        2 => {
            let word = random.pick(words).copied().unwrap_or_default();
            bytes.splice(part, word.bytes());
        }
        3 => {
            let other = random.pick(seeds).map_or(&[][..], Vec::as_slice);
            let from = random.part(other.len());
            bytes.splice(part, other.get(from).unwrap_or_default().iter().copied());
        }
        4 => flip(random, bytes),
        5 => digit(random, bytes),
        _ => {
            let byte = random.byte();
            bytes.insert(part.start, byte);
        }
    }
}

/// Changes one bit.
fn flip(random: &mut Random, bytes: &mut [u8]) {
    let (place, bit) = (random.below(bytes.len()), random.below(8));
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1 << bit;
    }
}

/// Changes one digit into another: dates, numbers and codes that stay what they
/// are.
fn digit(random: &mut Random, bytes: &mut [u8]) {
    let from = random.below(bytes.len());
    let new = b'0' + random.byte() % 10;
    if let Some(byte) = bytes.iter_mut().skip(from).find(|byte| byte.is_ascii_digit()) {
        *byte = new;
    }
}
