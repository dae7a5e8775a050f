//! Random numbers that are the same for the same seed everywhere (`SplitMix64`): for tests and for the fuzzing of readers.

/// A source of them, by what it has come to.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below another; 0 below 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(from.len());
        &from[at]
    }

    #[allow(dead_code, reason = "not all who roll shuffle")]
    pub(crate) fn shuffle<T>(&mut self, what: &mut [T]) {
        for at in (1..what.len()).rev() {
            let other = self.below(at + 1);
            what.swap(at, other);
        }
    }
}
