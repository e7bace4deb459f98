//! The secrets that this process has sent to servers, which may send them back in any text.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use percent_encoding::percent_decode_str;

/// The shortest secret that is looked for: shorter ones are found in texts that have nothing to do
/// with them.
const SHORTEST: usize = 6;

/// Longest first, so that none is found as a part of another.
static SENT: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Leaves `forms`, the ways in which a secret can be written, out of all that is printed from now on.
pub(crate) fn remember(forms: impl IntoIterator<Item = String>) {
    let forms = forms.into_iter().filter(|form| form.len() >= SHORTEST);
    let new: Vec<String> = forms.filter(|form| !sent().contains(form)).collect();
    if new.is_empty() {
        return;
    }
    let mut sent = SENT.write().unwrap_or_else(PoisonError::into_inner);
    sent.extend(new);
    sent.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    sent.dedup();
}

/// `text` without the secrets that were sent.
pub(crate) fn without_private(text: &str) -> Cow<'_, str> {
    let mut left = Cow::Borrowed(text);
    for secret in &*sent() {
        if left.contains(secret.as_str()) {
            left = Cow::Owned(left.replace(secret.as_str(), "…"));
        }
    }
    if !sent().is_empty() && left.contains('%') {
        left = Cow::Owned(left.split_inclusive(char::is_whitespace).map(without_escaped).collect());
    }
    left
}

/// A word, unless it is a URL with a secret in which some letters are escaped.
fn without_escaped(word: &str) -> Cow<'_, str> {
    let text = word.trim_end();
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    if sent().iter().any(|secret| decoded.contains(secret.as_str())) {
        return Cow::Owned(format!("…{}", &word[text.len()..]));
    }
    Cow::Borrowed(word)
}

fn sent() -> std::sync::RwLockReadGuard<'static, Vec<String>> {
    SENT.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_left_out() {
        remember(["pass-of-this-test", "pass-of-this-test-and-more", "five5"].map(str::to_owned));
        let redacted = without_private("five5 pass-of-this-test-and-more, pass-of-this-test");
        assert_eq!(redacted, "five5 …, …");
        let redacted = without_private("a http://host/p%61ss-of-this-test/x: 100% of b");
        assert_eq!(redacted, "a … 100% of b");
    }
}
