//! Texts that are copied out of the values of a script.

use super::value::List;

/// How many bytes the texts take that are copied out of one script. The values of a script share
/// their texts, so that a few lines could mean more than any memory holds.
const MAX_BYTES: usize = 4 << 20;

/// Copies texts, up to a size for all calls of a script together.
pub(in crate::read) struct Copier {
    bytes_left: usize,
}

impl Copier {
    pub fn new() -> Self {
        Self { bytes_left: MAX_BYTES }
    }

    /// A copy of `text`, unless that is too much; then nothing more is copied.
    pub fn text(&mut self, text: &str) -> Option<String> {
        let size = size_of::<String>() + text.len();
        self.bytes_left = self.bytes_left.saturating_sub(size);
        (self.bytes_left > 0).then(|| text.to_owned())
    }

    /// Copies of `texts`, and whether these are all.
    pub fn each<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> (Vec<String>, bool) {
        let mut copies = Vec::new();
        for text in texts {
            let Some(copy) = self.text(text) else { return (copies, false) };
            copies.push(copy);
        }
        (copies, true)
    }

    /// Copies of the texts in `list`, and whether these are all its elements.
    pub fn list(&mut self, list: &List) -> (Vec<String>, bool) {
        let (copies, is_whole) = self.each(list.items.iter().map(AsRef::as_ref));
        (copies, is_whole && !list.is_partial)
    }
}
