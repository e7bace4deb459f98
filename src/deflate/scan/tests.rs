use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use proptest::prelude::*;

use super::*;
use crate::deflate::HEADER;

/// A gzip member around a deflate stream that unpacks to `length` bytes.
fn member(deflated: &[u8], length: usize) -> Vec<u8> {
    let length = u32::try_from(length).unwrap();
    [&HEADER, deflated, &[0; 4], &length.to_le_bytes()].concat()
}

fn deflate(data: &[u8], level: u32, window_bits: u8) -> Vec<u8> {
    let mut zlib = Compress::new_with_window_bits(Compression::new(level), false, window_bits);
    let mut deflated = Vec::with_capacity(data.len() * 2 + 1000);
    let status = zlib.compress_vec(data, &mut deflated, FlushCompress::Finish).unwrap();
    assert_eq!(status, Status::StreamEnd);
    deflated
}

/// The unpacked length if zlib takes all of the stream, with the largest window.
fn inflated_length(deflated: &[u8]) -> Option<u64> {
    let mut zlib = Decompress::new(false);
    let mut output = vec![0; 1 << 16];
    loop {
        let before = (zlib.total_in(), zlib.total_out());
        let rest = &deflated[usize::try_from(before.0).unwrap()..];
        match zlib.decompress(rest, &mut output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => {
                let all = zlib.total_in() == deflated.len() as u64;
                return all.then(|| zlib.total_out());
            }
            Ok(_) if (zlib.total_in(), zlib.total_out()) != before => {}
            _ => return None,
        }
    }
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

/// Lines that differ in places, as source code does, so that matches have all lengths.
fn text() -> Vec<u8> {
    let digits = noise(3000);
    let lines = digits.chunks(3).map(|d| format!("def f{}(a{}):\n  return {}\n", d[0], d[1], d[2]));
    lines.collect::<String>().into_bytes()
}

/// A stream of one stored block with `data`, then a block of fixed codes with one match of length
/// 3 at `distance`, whose symbol is `code` with `extra` bits.
fn one_match(data: &[u8], code: u8, extra_bits: u32, extra: u64) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut stream = vec![0];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(data);
    // Last block, fixed codes, length 3 (0000001), distance, end of block (0000000).
    let distance = u64::from(code.reverse_bits() >> 3);
    let bits = 0b011 | 0b100_0000 << 3 | distance << 10 | extra << 15;
    assert!(extra < 1 << extra_bits);
    stream.extend_from_slice(&bits.to_le_bytes());
    stream.truncate(stream.len() - 8 + (15 + extra_bits + 7).div_ceil(8) as usize);
    stream
}

#[test]
fn a_distance_is_read_to_the_byte() {
    let data = noise(40_000);
    // Symbols 23, 24 and 29 begin at distances 3073, 4097 and 24577 (RFC 1951, 3.2.5).
    for (code, extra_bits, extra, distance) in [
        (0, 0, 0, 1),
        (23, 10, 0, 3073),
        (23, 10, 1023, 4096),
        (24, 11, 0, 4097),
        (29, 13, 8191, 32_768),
    ] {
        let stream = one_match(&data, code, extra_bits, extra);
        assert_eq!(inflated_length(&stream), Some(40_003));
        let scan = scan_gzip(&member(&stream, 40_003)).unwrap();
        assert_eq!((scan.max_distance, scan.length, scan.blocks), (distance, 40_003, 2));
        if distance > 1 {
            let distance = distance as usize;
            let short = one_match(&data[..distance - 1], code, extra_bits, extra);
            assert_eq!(scan_gzip(&member(&short, distance + 2)), Err(ScanError::Distance));
        }
    }
    for code in [30, 31] {
        let stream = one_match(&data, code, 0, 0);
        assert_eq!(scan_gzip(&member(&stream, 40_003)), Err(ScanError::Symbol));
    }
}

#[test]
fn repeats_are_seen_at_their_distance() {
    let data = noise(32_000);
    for distance in [10, 258, 1000, 3834, 4096, 4097, 5000, 31_999] {
        let twice = [&data[..distance], &data[..distance]].concat();
        let scan = scan_gzip(&member(&deflate(&twice, 9, 15), twice.len())).unwrap();
        assert_eq!(scan.max_distance as usize, distance);
        let scan = scan_gzip(&member(&deflate(&twice, 9, 12), twice.len())).unwrap();
        assert!(scan.max_distance <= 4096);
    }
}

#[test]
fn every_level_and_window_is_read() {
    let data = [text(), noise(5000), text(), vec![b'x'; 5000]].concat();
    for level in 0..=9 {
        for window_bits in 9..=15 {
            let stream = deflate(&data, level, window_bits);
            let scan = scan_gzip(&member(&stream, data.len())).unwrap();
            assert_eq!(scan.length, data.len() as u64, "level {level}");
            assert!(scan.max_distance <= 1 << window_bits, "level {level}, {window_bits} bits");
        }
    }
}

#[test]
fn a_truncated_stream_is_seen_and_pieces_give_the_same() {
    let data = [text(), noise(300)].concat();
    let mut archive = b"\x1f\x8b\x08\x1e\0\0\0\0\0\0\x05\0extrname\0comment\0hc".to_vec();
    archive.extend_from_slice(&member(&deflate(&data, 6, 15), data.len())[HEADER.len()..]);
    let whole = scan_gzip(&archive).unwrap();
    assert_eq!(whole.length, data.len() as u64);
    for end in 0..archive.len() {
        assert_eq!(scan_gzip(&archive[..end]), Err(ScanError::Truncated), "at {end}");
    }
    for size in [1, 2, 3, 13, 1000] {
        let mut scanner = Scanner::new();
        archive.chunks(size).try_for_each(|piece| scanner.push(piece)).unwrap();
        assert_eq!(scanner.finish(), Ok(whole), "pieces of {size}");
    }
}

#[test]
fn what_is_around_the_blocks_counts() {
    let archive = member(&deflate(b"x", 9, 12), 1);
    let with = |place: usize, byte: u8| {
        let mut changed = archive.clone();
        changed[place] = byte;
        scan_gzip(&changed).map(|_| ())
    };
    assert_eq!(with(0, b'P'), Err(ScanError::NotGzip));
    assert_eq!(with(1, 0x8c), Err(ScanError::NotGzip));
    assert_eq!(with(2, 7), Err(ScanError::Method));
    assert_eq!(with(3, 0x20), Err(ScanError::ReservedFlags));
    assert_eq!(with(3, 0x01), Ok(()));
    assert_eq!(with(archive.len() - 4, 2), Err(ScanError::Length));
    assert_eq!(scan_gzip(&[&archive[..], &archive[..]].concat()), Err(ScanError::Trailing));
    assert_eq!(scan_gzip(&[&archive[..], b"\0"].concat()), Err(ScanError::Trailing));
    let scan = scan_gzip(&[&archive[..12], b"\0", b"\x78\x56\x34\x12\x01\0\0\0"].concat()).unwrap();
    assert_eq!(scan.checksum, 0x1234_5678);
}

#[test]
fn blocks_that_make_no_sense_are_named() {
    let fault = |stream: &[u8]| scan_gzip(&member(stream, 0)).unwrap_err();
    assert_eq!(fault(&[0b111]), ScanError::BlockType);
    assert_eq!(fault(&[1, 1, 0, 0, 0]), ScanError::StoredLength);
    // 288 codes for literals, then 31 for distances.
    assert_eq!(fault(&[0b1111_1101, 0, 0]), ScanError::CodeCounts);
    assert_eq!(fault(&[0b0000_0101, 30, 0]), ScanError::CodeCounts);
    // No code for the lengths of codes at all, then a single one of one bit.
    assert_eq!(fault(&[0b0000_0101, 0, 0, 0]), ScanError::Symbol);
    assert_eq!(fault(&[0b0000_0101, 0, 0b10, 0]), ScanError::CodeLengths);
}

proptest! {
    #[test]
    fn judges_damaged_streams_as_zlib_does(
        level in 0_u32..=9,
        start in 0_usize..8000,
        length in 0_usize..8000,
        damage in prop::collection::vec((0_usize..200, 0_u8..8), 0..3),
    ) {
        let data = [text(), noise(4000)].concat();
        let mut stream = deflate(&data[start..start + length], level, 15);
        for (place, bit) in damage {
            // Damage to the first bytes hits the header of a block.
            if let Some(byte) = stream.get_mut(place) {
                *byte ^= 1 << bit;
            }
        }
        let expected = inflated_length(&stream);
        let archive = member(&stream, usize::try_from(expected.unwrap_or(0)).unwrap());
        let scan = scan_gzip(&archive);
        match expected {
            Some(length) => prop_assert_eq!(scan.map(|scan| scan.length), Ok(length)),
            None => prop_assert!(scan.is_err()),
        }
    }

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let scan = scan_gzip(&member(&bytes, 0));
        prop_assert!(scan.is_err() || inflated_length(&bytes).is_some());
    }
}
