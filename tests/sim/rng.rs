//! Chance by a seed: the same seed, the same story.
//!
//! A seed is hashed before it is used, or neighbouring seeds would tell
//! neighbouring stories.

/// splitmix64 (Steele, Lea, Flood 2014): small, and good enough to pick faults.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn of(seed: u64) -> Self {
        let mut rng = Self(seed ^ 0x6475_6573_2064_7565);
        let hashed = rng.draw() ^ rng.draw().rotate_left(32);
        Self(hashed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`, which is not zero.
    pub fn below(&mut self, most: u64) -> u64 {
        let wide = u128::from(self.draw()) * u128::from(most);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number of seconds from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most - least + 1).unwrap_or(1);
        least + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True so many times in ten thousand.
    pub fn happens(&mut self, in_ten_thousand: u64) -> bool {
        self.below(10_000) < in_ten_thousand
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below((from.len() as u64).max(1));
        from.get(usize::try_from(at).unwrap_or(0))
    }
}
