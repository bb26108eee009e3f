//! Other inputs made of known ones, always the same for the same seed.
//!
//! Unlike libFuzzer it knows nothing of coverage. With it every commit tries inputs close to each known one, in
//! seconds, on any toolchain.

use fastrand::Rng;

/// Longest input that is made.
const LEN_MAX: usize = 64 * 1024;

/// Numbers at which code goes wrong.
const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "127",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
];

/// Makes inputs.
pub(crate) struct Mutator<'a> {
    random: Rng,
    inputs: &'a [Vec<u8>],
    words: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(seed: u64, inputs: &'a [Vec<u8>], words: &'a [Vec<u8>]) -> Self {
        Self {
            random: Rng::with_seed(seed),
            inputs,
            words,
        }
    }

    /// The next input: a known one after one to eight changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.known();
        for _ in 0..1 << self.random.u32(..4) {
            self.change(&mut input);
        }
        input.truncate(LEN_MAX);
        input
    }

    fn known(&mut self) -> Vec<u8> {
        self.random.choice(self.inputs).cloned().unwrap_or_default()
    }

    /// Where something may begin, the end included.
    fn place(&mut self, input: &[u8]) -> usize {
        self.random.usize(..=input.len())
    }

    /// A part, at most so long.
    fn part(&mut self, input: &[u8], longest: usize) -> std::ops::Range<usize> {
        let start = self.place(input);
        let longest = longest.min(input.len() - start);
        start..start + self.random.usize(..=longest)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        match self.random.u32(..10) {
            0 => self.replace_byte(input),
            1 => {
                let at = self.place(input);
                input.insert(at, self.random.u8(..));
            }
            2 => drop(input.drain(self.part(input, 16))),
            3 => drop(input.drain(self.part(input, usize::MAX))),
            4 => self.repeat(input),
            5 | 6 => self.insert_word(input),
            7 => self.replace_number(input),
            8 => self.move_part(input),
            _ => self.splice(input),
        }
    }

    fn replace_byte(&mut self, input: &mut [u8]) {
        let bit = 1 << self.random.u32(..8);
        let any = self.random.u8(..);
        let flips = self.random.bool();
        if let Some(index) = self.random.choice(0..input.len()) {
            input[index] = if flips { input[index] ^ bit } else { any };
        }
    }

    /// Repeats a part, now and then very often.
    fn repeat(&mut self, input: &mut Vec<u8>) {
        let part = input[self.part(input, 64)].to_vec();
        let times = [1, 2, 8, 200][self.random.usize(..4)];
        let at = self.place(input);
        input.splice(at..at, part.repeat(times));
    }

    fn insert_word(&mut self, input: &mut Vec<u8>) {
        let word = self.random.choice(self.words).cloned();
        let at = self.place(input);
        input.splice(at..at, word.unwrap_or_default());
    }

    /// Puts another number in the place of one.
    fn replace_number(&mut self, input: &mut Vec<u8>) {
        let start = self.place(input);
        let Some(first) = input[start..].iter().position(u8::is_ascii_digit) else {
            return;
        };
        let first = start + first;
        let digits = input[first..].iter().take_while(|b| b.is_ascii_digit());
        let end = first + digits.count();
        let number = NUMBERS[self.random.usize(..NUMBERS.len())];
        input.splice(first..end, number.bytes());
    }

    fn move_part(&mut self, input: &mut Vec<u8>) {
        let part: Vec<u8> = input.drain(self.part(input, 64)).collect();
        let at = self.place(input);
        input.splice(at..at, part);
    }

    /// Continues with the rest of another input.
    fn splice(&mut self, input: &mut Vec<u8>) {
        let other = self.known();
        let from = self.place(&other);
        let at = self.place(input);
        input.truncate(at);
        input.extend_from_slice(&other[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_inputs_and_another_seed_others() {
        let known = [b"restart/60000".to_vec(), b"a=1;b=22".to_vec()];
        let words = [b"INFINITE".to_vec()];
        let made = |seed| {
            let mut mutator = Mutator::new(seed, &known, &words);
            (0..500).map(|_| mutator.next()).collect::<Vec<_>>()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        let has = |part: &[u8]| {
            let contains = |input: &Vec<u8>| input.windows(part.len()).any(|w| w == part);
            made(1).iter().any(contains)
        };
        assert!(has(b"INFINITE") && has(b"4294967295"));
    }

    #[test]
    fn nothing_known_still_gives_inputs() {
        let mut mutator = Mutator::new(1, &[], &[]);
        assert!((0..500).any(|_| !mutator.next().is_empty()));
    }
}
