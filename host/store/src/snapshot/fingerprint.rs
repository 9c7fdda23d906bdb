//! Fingerprints of keys, names, ids and contents, and a filter over them.
//!
//! They stand in files, so they may never change: a snapshot that was written by
//! an older creditgate must be found by a newer one. A fingerprint only narrows a
//! search; whoever finds something by it compares the thing itself.

/// What is fingerprinted: the same text as a key and as a name has two
/// fingerprints.
pub(super) mod domain {
    pub(in crate::snapshot) const KEY: u64 = 0x6b65_7900_0000_0001;
    pub(in crate::snapshot) const NAME: u64 = 0x6e61_6d65_0000_0002;
    pub(in crate::snapshot) const ID: u64 = 0x6964_0000_0000_0003;
    pub(in crate::snapshot) const CONTENT: u64 = 0x636f_6e74_0000_0004;
    pub(in crate::snapshot) const ORIGIN: u64 = 0x6f72_6967_0000_0005;
}

const WORD: u64 = 0x9e37_79b9_7f4a_7c15;
const END: u64 = 0xd6e8_feb8_6659_fd93;

/// 64 bits of `bytes`, spread evenly. `seed` is a domain, or the fingerprint of
/// what came before.
pub(super) fn fingerprint(seed: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = seed;
    for word in words {
        state = mixed(state ^ u64::from_le_bytes(*word), WORD).wrapping_add(WORD);
    }
    let mut last = [0; 8];
    for (slot, byte) in last.iter_mut().zip(rest) {
        *slot = *byte;
    }
    let length = bytes.len() as u64;
    mixed(state ^ u64::from_le_bytes(last), END ^ length.rotate_left(56))
}

/// Both halves of the product: every bit of either reaches every bit of the
/// result.
fn mixed(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high ^ a.rotate_left(32)
}

/// Bits for each fingerprint: one look-up in a hundred finds what is not there.
const BITS: usize = 11;

/// A Bloom filter in blocks of one half cache line: whether a fingerprint may be
/// there costs one access of memory. Almost every party of almost every check is
/// on no list, and this is all that is done about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    blocks: Vec<[u32; 8]>,
}

/// One bit in each word of a block.
const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

impl Filter {
    /// An empty filter for so many fingerprints.
    pub(super) fn for_keys(count: usize) -> Self {
        Self { blocks: vec![[0; 8]; (count * BITS).div_ceil(256).max(1)] }
    }

    /// The filter in its written form.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<4>();
        let (blocks, beside) = words.as_chunks::<8>();
        let whole = rest.is_empty() && beside.is_empty() && !blocks.is_empty();
        whole.then(|| Self { blocks: blocks.iter().map(|block| block.map(u32::from_le_bytes)).collect() })
    }

    /// Its written form.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.blocks.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
    }

    pub(super) fn add(&mut self, fingerprint: u64) {
        let (index, bits) = self.place(fingerprint);
        if let Some(block) = self.blocks.get_mut(index) {
            block.iter_mut().zip(bits).for_each(|(word, bit)| *word |= bit);
        }
    }

    /// False where the fingerprint was never added.
    pub(super) fn may_hold(&self, fingerprint: u64) -> bool {
        let (index, bits) = self.place(fingerprint);
        self.blocks.get(index).is_some_and(|block| block.iter().zip(bits).all(|(word, bit)| word & bit != 0))
    }

    fn place(&self, fingerprint: u64) -> (usize, [u32; 8]) {
        let spread = mixed(fingerprint, END);
        let index = ((spread >> 32) * self.blocks.len() as u64) >> 32;
        let low = spread as u32;
        (usize::try_from(index).unwrap_or_default(), SALTS.map(|salt| 1 << (low.wrapping_mul(salt) >> 27)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KNOWN: [u64; 3] = [9_361_550_200_315_945_549, 6_570_169_868_811_513_832, 6_096_419_215_239_883_301];

    #[test]
    fn a_fingerprint_never_changes() {
        let known = [
            fingerprint(domain::KEY, b""),
            fingerprint(domain::KEY, b"uscc:91110000101623741K"),
            fingerprint(domain::NAME, "示例食品有限公司".as_bytes()),
        ];
        assert_eq!(known, KNOWN, "snapshots that are on disk would not be found any more");
    }

    #[test]
    fn texts_that_are_alike_have_fingerprints_that_are_not() {
        let mut seen = HashSet::new();
        for number in 0..200_000_u32 {
            for prefix in ["uscc:", "lei:", "a", ""] {
                let text = format!("{prefix}{number}");
                // As many bits as an index of keys has.
                assert!(seen.insert((fingerprint(domain::KEY, text.as_bytes()) >> 26, text)), "{number}");
            }
        }
        let distinct: HashSet<u64> = seen.iter().map(|(hash, _)| *hash).collect();
        assert!(seen.len() - distinct.len() < 8, "{} collide", seen.len() - distinct.len());
        assert_ne!(fingerprint(domain::KEY, b"a"), fingerprint(domain::KEY, b"a\0"));
    }

    #[test]
    fn a_filter_forgets_nothing_and_rarely_holds_what_was_never_added() {
        let of = |number: u64| fingerprint(domain::ID, &number.to_le_bytes());
        let mut filter = Filter::for_keys(10_000);
        (0..10_000).for_each(|number| filter.add(of(number)));
        let read = Filter::read(&filter.bytes()).unwrap();
        assert_eq!(read, filter);
        assert!((0..10_000).all(|number| read.may_hold(of(number))));
        let wrong = (10_000..110_000).filter(|number| read.may_hold(of(*number))).count();
        assert!(wrong < 2_500, "{wrong} of 100,000");
        assert_eq!(Filter::read(&[0; 33]), None);
        assert_eq!(Filter::read(&[]), None);
    }
}
