//! Hostile indexes: a folder is one, so that no server is needed.

use std::fs;

use tempfile::TempDir;

use crate::bounded::{Ended, run_in};

/// Resolves `a` by an index whose page of it has this text.
fn resolve(page: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("simple/a")).unwrap();
    fs::write(folder.path().join("simple/a/index.html"), page).unwrap();
    let arguments = ["migrate", "a", "--out", "out", "--index-url", "simple"];
    run_in(folder.path(), page.len(), &arguments)
}

#[test]
fn a_page_of_a_million_links_is_refused() {
    let link = format!("<a href='/a-1.zip#sha256={}'>", "0".repeat(64));
    let ended = resolve(&link.repeat(200_000));
    assert!(ended.code == 1 && ended.text.contains("MP750"), "{}", ended.text);
    assert_eq!(resolve(&"<a href=x:>".repeat(1_000_000)).code, 1);
}

#[test]
fn many_links_take_little_time() {
    let hash = "0".repeat(64);
    let link = |number| format!("<a href='../../f/a-{number}.zip#sha256={hash}'>x</a>");
    let ended = resolve(&(0..100_000).map(link).collect::<String>());
    // The newest is looked for, and is not there.
    assert!(
        ended.code == 2 && ended.text.contains("a-99999.zip: the file does not exist"),
        "{}",
        ended.text
    );
}

#[test]
fn links_below_an_endless_base_are_refused() {
    let base = format!("<base href='https://host/{}/'>", "b".repeat(1 << 20));
    let ended = resolve(&format!("{base}{}", "<a href=a-1.zip>".repeat(50_000)));
    assert_eq!(ended.code, 1, "{}", ended.text);
}

#[test]
fn tags_without_end_take_no_time() {
    for part in [
        "<",
        "<a ",
        "<a<",
        "<a x=",
        "<a x=y ",
        "<!--",
        "<div>",
        "<script>",
        "<a href='",
        "</",
        "&",
        "=",
    ] {
        let count = (4 << 20) / part.len();
        assert_eq!(resolve(&part.repeat(count)).code, 1, "{part}");
    }
    let attributes: Vec<String> = (0..400_000).map(|number| format!("x{number}=y")).collect();
    let attributes = attributes.join(" ");
    assert_eq!(resolve(&format!("<a {attributes} href=a-1.zip>")).code, 1);
}
