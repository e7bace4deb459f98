//! Pages in HTML (PEP 503): the tags `a`, `base` and `meta`, as browsers find them.
//!
//! Each letter is looked at a fixed number of times, however the page is made.

use url::Url;

use super::{Links, PageError, check_version, joined, sha256};

/// Attributes of a tag that are looked at.
const MAX_ATTRIBUTES: usize = 32;

/// A tag that opens: its name in lower case, and its attributes.
struct Tag<'a> {
    name: String,
    attributes: Vec<(String, &'a str)>,
}

pub(super) fn read(text: &str, place: &Url) -> Result<Links, PageError> {
    let mut links = Links::default();
    let mut base = place.clone();
    let mut has_base = false;
    let mut rest = text;
    while let Some(tag) = next_tag(&mut rest) {
        match tag.name.as_str() {
            "base" if !has_base => {
                if let Some(joined) = tag.value("href").and_then(|href| joined(place, &href)) {
                    (base, has_base) = (joined, true);
                }
            }
            "meta" if tag.value("name").as_deref() == Some("pypi:repository-version") => {
                check_version(&tag.value("content").unwrap_or_default())?;
            }
            "a" => add(&tag, &base, &mut links),
            _ if links.is_too_large() => break,
            _ => {}
        }
    }
    links.whole()
}

fn add(tag: &Tag, base: &Url, links: &mut Links) {
    let Some(href) = tag.value("href") else { return };
    let Some(link) = links.add(&href, base, None) else { return };
    link.requires_python = tag.value("data-requires-python");
    link.yanked = tag.value("data-yanked");
    link.metadata_sha256 = ["data-core-metadata", "data-dist-info-metadata"]
        .iter()
        .find_map(|name| sha256(tag.value(name)?.strip_prefix("sha256=")?));
}

impl Tag<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(unescaped(value))
    }
}

/// The next tag that opens; `rest` is then what follows. Comments and the text of scripts and styles
/// are passed over.
fn next_tag<'a>(rest: &mut &'a str) -> Option<Tag<'a>> {
    loop {
        let start = rest.find('<')? + 1;
        *rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("!--") {
            // A comment without end goes on to the end.
            *rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let tag = tag(rest)?;
        if matches!(tag.name.as_str(), "script" | "style" | "title" | "textarea") {
            skip_text(rest, &tag.name)?;
        }
        return Some(tag);
    }
}

/// Goes on to the end tag of this name.
fn skip_text(rest: &mut &str, name: &str) -> Option<()> {
    loop {
        *rest = &rest[rest.find("</")? + 2..];
        if rest.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return Some(());
        }
    }
}

/// The tag at the start, behind its `<`; `None` if the page ends before it does.
fn tag<'a>(rest: &mut &'a str) -> Option<Tag<'a>> {
    let is_end = |letter: char| is_space(letter) || matches!(letter, '/' | '>');
    let name = take(rest, rest.find(is_end)?).to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        *rest = rest.trim_start_matches(|letter| is_space(letter) || letter == '/');
        if let Some(behind) = rest.strip_prefix('>') {
            *rest = behind;
            return Some(Tag { name, attributes });
        }
        // A `=` at the start is a part of the name.
        let first = rest.chars().next()?.len_utf8();
        let end = rest[first..].find(|letter| is_end(letter) || letter == '=')?;
        let attribute = take(rest, first + end).to_ascii_lowercase();
        *rest = rest.trim_start_matches(is_space);
        let value = match rest.strip_prefix('=') {
            Some(behind) => {
                *rest = behind.trim_start_matches(is_space);
                value(rest)?
            }
            None => "",
        };
        if attributes.len() < MAX_ATTRIBUTES {
            attributes.push((attribute, value));
        }
    }
}

fn value<'a>(rest: &mut &'a str) -> Option<&'a str> {
    for quote in ['"', '\''] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            *rest = quoted;
            let value = take(rest, quoted.find(quote)?);
            *rest = &rest[1..];
            return Some(value);
        }
    }
    let end = rest.find(|letter| is_space(letter) || letter == '>')?;
    Some(take(rest, end))
}

fn take<'a>(rest: &mut &'a str, length: usize) -> &'a str {
    let (taken, behind) = rest.split_at(length);
    *rest = behind;
    taken
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// Decodes references such as `&gt;`, as far as attributes of links need them.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        let end = rest.bytes().take(MAX_REFERENCE_LENGTH).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, referred(&rest[..end])?))) {
            Some((end, letter)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => out.push('&'),
        }
    }
    out + rest
}

/// Bytes of a reference such as `#x10ffff`.
const MAX_REFERENCE_LENGTH: usize = 10;

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Links {
        read(text, &Url::parse("https://host/simple/a/").unwrap()).unwrap()
    }

    fn urls(text: &str) -> Vec<String> {
        page(text).files.into_iter().map(|link| link.url).collect()
    }

    #[test]
    fn links_have_all_that_is_said_of_them() {
        let hash = "0123456789abcdef".repeat(4);
        let text = format!(
            "<!DOCTYPE html><html><head><meta name='pypi:repository-version' content='1.3'>\
             <title><a href='/wrong-1.zip'></title></head><body><!-- <a href='/wrong-2.zip'> -->\
             <A HREF = \"../../a-1.zip#sha256={hash}\" data-yanked data-requires-python='&gt;=3&#44;&lt;4'\
             data-core-metadata=sha256={hash} /data-x>a-1.zip</a>\n\
             <a data-yanked='x &amp; y &unknown; &' data-dist-info-metadata=\"true\" href=a-2.zip>"
        );
        let links = page(&text);
        let [one, two] = &links.files[..] else { panic!("{links:?}") };
        assert_eq!((one.url.as_str(), &one.sha256), ("https://host/a-1.zip", &Some(hash.clone())));
        assert_eq!(one.requires_python.as_deref(), Some(">=3,<4"));
        assert_eq!((one.yanked.as_deref(), &one.metadata_sha256), (Some(""), &Some(hash)));
        assert_eq!((two.file_name.as_str(), &two.metadata_sha256), ("a-2.zip", &None));
        assert_eq!(two.yanked.as_deref(), Some("x & y &unknown; &"));
        assert_eq!(links.unusable, 0);
    }

    #[test]
    fn the_first_base_counts() {
        let text = "<base href='/files/'><base href='/x/'><a href='a-1.zip'>";
        assert_eq!(urls(text), ["https://host/files/a-1.zip"]);
        let other = "<base href='https://other/'><a href='a-1.zip'>";
        assert_eq!(urls(other), ["https://other/a-1.zip"]);
        let here = "<base href='file:///etc/'><a href='a-1.zip'>";
        assert_eq!(
            urls(here),
            ["https://host/simple/a/a-1.zip"],
            "other hosts cannot name local files"
        );
    }

    #[test]
    fn a_later_version_is_refused() {
        let place = Url::parse("https://host/").unwrap();
        let text = "<meta name=\"pypi:repository-version\" content=\"2.0\">";
        assert_eq!(read(text, &place), Err(PageError::Version("2.0".to_owned())));
    }

    #[test]
    fn broken_pages_end() {
        for text in ["<", "<a", "<a href", "<a href='", "<a href='x", "<!--", "<a =>", "<script>"] {
            let broken = format!("<a href='a-1.zip'>{text}");
            assert_eq!(urls(&broken), ["https://host/simple/a/a-1.zip"], "{text}");
        }
        assert_eq!(urls("a < b <> <3 </a> <a href=a-1.zip>").len(), 1);
    }
}
