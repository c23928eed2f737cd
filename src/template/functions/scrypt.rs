//! The key derivation scrypt (RFC 7914) with the cost that `derivePassword` asks for, plainly: 32 MB and about a tenth of a
//! second. Uses nothing but a digest.

use sha2::{Digest, Sha256};

/// How many blocks are kept while one is mixed.
const BLOCKS: usize = 32_768;
/// A block: eight pairs of 64 bytes, as words.
const WORDS: usize = 8 * 32;
/// How many blocks are mixed, one after the other.
const LANES: u32 = 2;
/// Bytes of a lane.
const LANE: usize = WORDS * 4;

/// HMAC with SHA-256 over `parts`.
pub(super) fn authenticate(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block.iter_mut().zip(Sha256::digest(key)).for_each(|(to, from)| *to = from);
    } else {
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    }
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    parts.iter().for_each(|part| inner.update(part));
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

/// PBKDF2 with one round of HMAC: `chunks` times 32 bytes.
fn stretch(password: &[u8], salt: &[u8], chunks: u32) -> Vec<u8> {
    (1..=chunks).flat_map(|number| authenticate(password, &[salt, &number.to_be_bytes()])).collect()
}

/// 64 bytes from a password and a salt.
pub(super) fn derive(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let chunks = LANES * u32::try_from(LANE / 32).unwrap_or_default();
    let mut lanes = stretch(password, salt, chunks);
    let mut memory = vec![0_u32; BLOCKS * WORDS];
    for lane in lanes.chunks_exact_mut(LANE) {
        mix(lane, &mut memory);
    }
    stretch(password, &lanes, 2)
}

/// Mixes a lane: fills the memory with what it becomes step by step, then walks through that memory as it says itself.
fn mix(lane: &mut [u8], memory: &mut [u32]) {
    let mut block = [0_u32; WORDS];
    block.iter_mut().zip(lane.as_chunks::<4>().0).for_each(|(word, bytes)| *word = u32::from_le_bytes(*bytes));
    for kept in memory.as_chunks_mut::<WORDS>().0 {
        *kept = block;
        block = shuffle(&block);
    }
    for _ in 0..BLOCKS {
        let place = block[WORDS - 16] as usize % BLOCKS;
        if let Some(kept) = memory.as_chunks::<WORDS>().0.get(place) {
            block.iter_mut().zip(kept).for_each(|(word, other)| *word ^= other);
        }
        block = shuffle(&block);
    }
    lane.as_chunks_mut::<4>().0.iter_mut().zip(block).for_each(|(bytes, word)| *bytes = word.to_le_bytes());
}

/// One pass over a block: each of its 16 parts is added to the one before and scrambled; even parts come to stand first.
fn shuffle(block: &[u32; WORDS]) -> [u32; WORDS] {
    let mut shuffled = [0_u32; WORDS];
    let (parts, _) = block.as_chunks::<16>();
    let mut last = parts.last().copied().unwrap_or_default();
    let (even, odd) = shuffled.split_at_mut(WORDS / 2);
    for (index, part) in parts.iter().enumerate() {
        last.iter_mut().zip(part).for_each(|(word, other)| *word ^= other);
        scramble(&mut last);
        let half = if index % 2 == 0 { &mut *even } else { &mut *odd };
        half[index / 2 * 16..][..16].copy_from_slice(&last);
    }
    shuffled
}

/// Salsa20 with 8 rounds: on columns and on rows by turns, then added to what was there.
fn scramble(words: &mut [u32; 16]) {
    let [
        mut a,
        mut b,
        mut c,
        mut d,
        mut e,
        mut f,
        mut g,
        mut h,
        mut i,
        mut j,
        mut k,
        mut l,
        mut m,
        mut n,
        mut o,
        mut p,
    ] = *words;
    macro_rules! quarters {
        ($($one:ident $two:ident $three:ident $four:ident),*) => {$(
            $two ^= $one.wrapping_add($four).rotate_left(7);
            $three ^= $two.wrapping_add($one).rotate_left(9);
            $four ^= $three.wrapping_add($two).rotate_left(13);
            $one ^= $four.wrapping_add($three).rotate_left(18);
        )*};
    }
    for _ in 0..4 {
        quarters!(a e i m, f j n b, k o c g, p d h l);
        quarters!(a b c d, f g h e, k l i j, p m n o);
    }
    let state = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p];
    words.iter_mut().zip(state).for_each(|(word, other)| *word = word.wrapping_add(other));
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn salsa_scrambles_as_the_rfc_says() {
        // RFC 7914, section 8.
        let text = "7e879a214f3ec9867ca940e641718f26baee555b8c61c1b50df846116dcd3b1d\
                    ee24f319df9b3d8514121e4b5ac5aa3276021d2909c74829edebc68db8b8c25e";
        let bytes = HEXLOWER.decode(text.as_bytes()).unwrap();
        let mut words: [u32; 16] =
            std::array::from_fn(|at| u32::from_le_bytes(bytes[at * 4..][..4].try_into().unwrap()));
        scramble(&mut words);
        let scrambled: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(
            HEXLOWER.encode(&scrambled),
            "a41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29\
             b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81"
        );
    }

    #[test]
    fn texts_are_authenticated() {
        // RFC 4231, test cases 2 and 6.
        let code = authenticate(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert!(HEXLOWER.encode(&code).starts_with("5bdcc146bf60754e6a042426089575c7"));
        let code = authenticate(&[0xaa; 131], &[b"Test Using Larger Than Block-Size Key - Hash Key First"]);
        assert!(HEXLOWER.encode(&code).starts_with("60e431591ee0b67f0d8a26aacbf5b77f"));
    }
}
