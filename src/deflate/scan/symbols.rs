//! The alphabets of deflate (RFC 1951, 3.2.5 to 3.2.7).

use super::huffman::Entry;

/// The lengths of the fixed codes for [`LITERALS`].
pub(super) static FIXED_LITERALS: [u8; 288] = {
    let mut lengths = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lengths
};

/// The lengths of the fixed codes for [`DISTANCES`].
pub(super) static FIXED_DISTANCES: [u8; 32] = [5; 32];

/// The symbols of the code of code lengths: themselves.
pub(super) static CODE_LENGTHS: [Entry; 19] = {
    let mut entries = [Entry::symbol(0, 0); 19];
    let mut symbol = 0;
    while symbol < 19 {
        entries[symbol as usize] = Entry::symbol(symbol, 0);
        symbol += 1;
    }
    entries
};

/// The symbols for literals, the end of a block and lengths (RFC 1951, 3.2.5).
pub(super) static LITERALS: [Entry; 288] = {
    let mut entries = [Entry::symbol(0, Entry::INVALID); 288];
    let mut symbol = 0;
    while symbol < 256 {
        entries[symbol] = Entry::symbol(1, Entry::LITERAL);
        symbol += 1;
    }
    entries[256] = Entry::symbol(0, Entry::END);
    // From 265 on, every fourth symbol begins with one more extra bit.
    let (mut base, mut extra) = (3, 0);
    symbol = 257;
    while symbol < 285 {
        if symbol >= 265 && (symbol - 265) % 4 == 0 {
            extra += 1;
        }
        entries[symbol] = Entry::symbol(base, extra);
        base += 1 << extra;
        symbol += 1;
    }
    entries[285] = Entry::symbol(258, 0);
    entries
};

/// The symbols for distances (RFC 1951, 3.2.5).
pub(super) static DISTANCES: [Entry; 32] = {
    let mut entries = [Entry::symbol(0, Entry::INVALID); 32];
    // From 4 on, every second symbol begins with one more extra bit.
    let (mut base, mut extra) = (1, 0);
    let mut symbol = 0;
    while symbol < 30 {
        if symbol >= 4 && symbol % 2 == 0 {
            extra += 1;
        }
        entries[symbol] = Entry::symbol(base, extra);
        base += 1 << extra;
        symbol += 1;
    }
    entries
};
