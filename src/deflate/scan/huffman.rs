//! Canonical Huffman codes (RFC 1951, 3.2.2) as tables to read them by.

/// The longest code of deflate, in bits.
const MAX_LENGTH: usize = 15;

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// A length or distance without its extra bits; 1 for a literal; for the code of code
    /// lengths, the symbol.
    pub(super) base: u16,
    /// Which kind of symbol it is: a number of extra bits, or one of the constants.
    pub(super) tag: u8,
    /// The length of the code itself, in bits.
    pub(super) length: u8,
}

impl Entry {
    /// A tag: one byte of output.
    pub(super) const LITERAL: u8 = 0x80;
    /// A tag: the end of the block.
    pub(super) const END: u8 = 0x40;
    /// A tag: no symbol has this code, or its symbol must not occur.
    pub(super) const INVALID: u8 = 0x20;
    /// A tag: the code is longer than the table's index.
    const LONG: u8 = 0x10;

    /// A symbol before it has a code.
    pub(super) const fn symbol(base: u16, tag: u8) -> Self {
        Self { base, tag, length: 0 }
    }
}

/// No code reads these bits.
const UNUSED: Entry = Entry { base: 0, tag: Entry::INVALID, length: 1 };

/// The lengths give more codes than there are, or leave some unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadLengths;

/// A code as a table of entries, indexed by the next bits of the stream. Codes that need more
/// bits than the index has, which are rare, are found by counting through the lengths.
pub(super) struct Table {
    /// The most bits that the index may have.
    limit: u32,
    /// The bits that it has: no more than the longest code, for a stream of many tiny blocks
    /// must not cost a large table each.
    bits: u32,
    entries: Vec<Entry>,
    /// How many codes there are of each length.
    counts: [u16; MAX_LENGTH + 1],
    /// All symbols that have a code, by length, then by number.
    sorted: Vec<Entry>,
}

impl Table {
    /// A table with an index of at most `limit` bits that holds no code yet.
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            bits: 0,
            entries: vec![UNUSED],
            counts: [0; MAX_LENGTH + 1],
            sorted: Vec::new(),
        }
    }

    /// Gives `symbols` codes of these `lengths` (0 for none, at most 15), pairwise.
    ///
    /// As in zlib (`inflate_table`), a code that leaves bits unused is good only if it has no
    /// symbols at all, or a single one of one bit, and the latter not where `complete` is asked.
    pub(super) fn set(
        &mut self,
        lengths: &[u8],
        symbols: &[Entry],
        complete: bool,
    ) -> Result<(), BadLengths> {
        self.count(lengths, complete)?;
        let mut starts = [0_u16; MAX_LENGTH + 2];
        for (length, &count) in self.counts.iter().enumerate().skip(1) {
            starts[length + 1] = starts[length] + count;
        }
        let total = usize::from(starts[MAX_LENGTH + 1]);
        self.sorted.clear();
        self.sorted.resize(total, UNUSED);
        for (&length, &symbol) in lengths.iter().zip(symbols) {
            if let (1.., Some(start)) = (length, starts.get_mut(usize::from(length))) {
                if let Some(place) = self.sorted.get_mut(usize::from(*start)) {
                    *place = Entry { length, ..symbol };
                }
                *start += 1;
            }
        }
        self.fill();
        Ok(())
    }

    /// Counts the codes of each length and checks that they fit.
    fn count(&mut self, lengths: &[u8], complete: bool) -> Result<(), BadLengths> {
        self.counts = [0; MAX_LENGTH + 1];
        for &length in lengths {
            *self.counts.get_mut(usize::from(length)).ok_or(BadLengths)? += 1;
        }
        self.counts[0] = 0;
        let mut free = 1_i32;
        for &count in &self.counts[1..] {
            free = 2 * free - i32::from(count);
            if free < 0 {
                return Err(BadLengths);
            }
        }
        let used: u16 = self.counts.iter().sum();
        let lone = used == 1 && self.counts[1] == 1 && !complete;
        if free == 0 || used == 0 || lone { Ok(()) } else { Err(BadLengths) }
    }

    /// Writes each short code to all places whose low bits read it.
    fn fill(&mut self) {
        self.bits = self.sorted.last().map_or(0, |longest| self.limit.min(longest.length.into()));
        self.entries.clear();
        self.entries.resize(1 << self.bits, UNUSED);
        let mut code = 0_u32;
        let mut length = 0;
        for &entry in &self.sorted {
            code <<= u32::from(entry.length) - length;
            length = u32::from(entry.length);
            let reversed = code.reverse_bits() >> (32 - length);
            let (first, step, entry) = if length <= self.bits {
                (reversed, 1 << length, entry)
            } else {
                let prefix = reversed & ((1 << self.bits) - 1);
                (prefix, 1 << self.bits, Entry { tag: Entry::LONG, ..UNUSED })
            };
            for place in self.entries.iter_mut().skip(first as usize).step_by(step) {
                *place = entry;
            }
            code += 1;
        }
    }

    /// What the code at the start of `next` stands for. Bits that the code does not need may be
    /// anything; the caller sees from the entry's length whether all the needed ones were there.
    #[inline]
    pub(super) fn lookup(&self, next: u64) -> Entry {
        #[expect(clippy::cast_possible_truncation, reason = "the index has a few bits")]
        let index = next as usize & ((1 << self.bits) - 1);
        let entry = self.entries.get(index).copied().unwrap_or(UNUSED);
        if entry.tag == Entry::LONG { self.lookup_long(next) } else { entry }
    }

    /// Reads the code bit by bit: of each length, the codes are consecutive numbers.
    #[cold]
    fn lookup_long(&self, mut next: u64) -> Entry {
        let (mut code, mut first, mut index) = (0_usize, 0_usize, 0_usize);
        for &count in &self.counts[1..] {
            let count = usize::from(count);
            code |= (next & 1) as usize;
            next >>= 1;
            if code < first + count {
                return self.sorted.get(index + code - first).copied().unwrap_or(UNUSED);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        UNUSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lengths: &[u8], bits: u32) -> Result<Table, BadLengths> {
        let symbols: Vec<_> = (0..300).map(|symbol| Entry::symbol(symbol, 0)).collect();
        let mut table = Table::new(bits);
        table.set(lengths, &symbols, false).map(|()| table)
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // The example of RFC 1951, 3.2.2: A to H have these codes, first bit first.
        let codes = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
        for bits in [2, 3, 4, 9] {
            let table = table(&[3, 3, 3, 3, 3, 2, 4, 4], bits).unwrap();
            for (symbol, code) in codes.iter().enumerate() {
                let next: String = code.chars().rev().collect();
                let next = u64::from_str_radix(&next, 2).unwrap() | 0xabc0;
                let entry = table.lookup(next);
                let found = (usize::from(entry.base), usize::from(entry.length));
                assert_eq!(found, (symbol, code.len()), "{bits}");
            }
        }
    }

    #[test]
    fn lengths_must_use_all_bits_and_no_more() {
        assert!(table(&[1, 1], 9).is_ok() && table(&[1], 9).is_ok() && table(&[0], 9).is_ok());
        assert!(table(&[1, 1, 1], 9).is_err());
        assert!(table(&[2], 9).is_err());
        assert!(table(&[1, 2], 9).is_err());
        assert!(table(&[16], 9).is_err());
        assert_eq!(table(&[1], 9).unwrap().lookup(1).tag, Entry::INVALID);
    }
}
