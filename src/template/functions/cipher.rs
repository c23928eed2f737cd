//! The AES-256 block cipher (FIPS 197), plainly: for texts in templates, where neither speed nor timing matters.

/// Bytes of a block.
pub(super) const BLOCK: usize = 16;
const ROUNDS: usize = 14;

/// An expanded key.
pub(super) struct Key {
    rounds: [[u8; BLOCK]; ROUNDS + 1],
}

/// Multiplication in the field of the cipher.
const fn times(mut one: u8, mut other: u8) -> u8 {
    let mut product = 0;
    while other > 0 {
        if other & 1 == 1 {
            product ^= one;
        }
        one = (one << 1) ^ if one & 0x80 == 0 { 0 } else { 0x1b };
        other >>= 1;
    }
    product
}

/// The substitution: the inverse in the field, then an affine map.
const SUBSTITUTION: [u8; 256] = {
    let mut table = [0; 256];
    // The powers of 3 meet every number but 0; the inverse of a power is the power of 255 less the exponent.
    let (mut power, mut inverse) = (1_u8, 1_u8);
    let mut step = 0;
    while step < 255 {
        let mapped =
            inverse ^ inverse.rotate_left(1) ^ inverse.rotate_left(2) ^ inverse.rotate_left(3) ^ inverse.rotate_left(4);
        table[power as usize] = mapped ^ 0x63;
        power = times(power, 3);
        // 0xf6 is the inverse of 3.
        inverse = times(inverse, 0xf6);
        step += 1;
    }
    table[0] = 0x63;
    table
};

const INVERSE: [u8; 256] = {
    let mut table = [0; 256];
    let mut value = 0_u8;
    loop {
        table[SUBSTITUTION[value as usize] as usize] = value;
        if value == u8::MAX {
            break table;
        }
        value += 1;
    }
};

fn substitute(byte: u8) -> u8 {
    SUBSTITUTION[usize::from(byte)]
}

impl Key {
    /// Expands a key.
    pub(super) fn new(key: [u8; 32]) -> Self {
        let mut words: Vec<[u8; 4]> = key.as_chunks::<4>().0.to_vec();
        let mut constant = 1;
        for index in words.len()..4 * (ROUNDS + 1) {
            let mut word = words[index - 1];
            if index % 8 == 0 {
                word.rotate_left(1);
                word = word.map(substitute);
                word[0] ^= constant;
                constant = times(constant, 2);
            } else if index % 8 == 4 {
                word = word.map(substitute);
            }
            let earlier = words[index - 8];
            words.push(std::array::from_fn(|byte| word[byte] ^ earlier[byte]));
        }
        Self { rounds: std::array::from_fn(|round| std::array::from_fn(|byte| words[4 * round + byte / 4][byte % 4])) }
    }

    /// Encrypts a block.
    pub(super) fn encrypt(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut state = self.added(0, block);
        for round in 1..=ROUNDS {
            // Row r of the square moves left by r columns.
            state = std::array::from_fn(|at| substitute(state[(at + 4 * (at % 4)) % BLOCK]));
            if round < ROUNDS {
                state = mixed(state, [2, 3, 1, 1]);
            }
            state = self.added(round, state);
        }
        state
    }

    /// Decrypts a block.
    pub(super) fn decrypt(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut state = block;
        for round in (1..=ROUNDS).rev() {
            state = self.added(round, state);
            if round < ROUNDS {
                state = mixed(state, [14, 11, 13, 9]);
            }
            state = std::array::from_fn(|at| INVERSE[usize::from(state[(at + 12 * (at % 4)) % BLOCK])]);
        }
        self.added(0, state)
    }

    fn added(&self, round: usize, state: [u8; BLOCK]) -> [u8; BLOCK] {
        std::array::from_fn(|at| state[at] ^ self.rounds[round][at])
    }
}

/// Each column times a polynomial.
fn mixed(state: [u8; BLOCK], factors: [u8; 4]) -> [u8; BLOCK] {
    std::array::from_fn(|at| {
        let (column, row) = (at / 4 * 4, at % 4);
        (0..4).fold(0, |sum, index| sum ^ times(state[column + (row + index) % 4], factors[index]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        let key = Key::new(std::array::from_fn(|byte| u8::try_from(byte).unwrap()));
        let plain = std::array::from_fn(|byte| u8::try_from(byte * 0x11).unwrap());
        let encrypted = key.encrypt(plain);
        assert_eq!(data_encoding::HEXLOWER.encode(&encrypted), "8ea2b7ca516745bfeafc49904b496089");
        assert_eq!(key.decrypt(encrypted), plain);
    }
}
