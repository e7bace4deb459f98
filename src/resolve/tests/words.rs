//! Explanations of conflicts.

use super::*;

fn words(lines: &[&str], roots: &[&str]) -> String {
    match try_resolve(lines, roots) {
        Err(Error::Refused { findings, .. }) => {
            assert_eq!(findings[0].code, Code::VersionsConflict);
            findings[0].found.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn many_reasons_have_a_short_explanation() {
    let mut lines = Vec::new();
    for place in 0..200 {
        lines.push(format!("p{place} 1: p{}", place + 1));
        lines.push(format!("p{place} 2: p{}, p{}", place + 1, (place + 7).min(200)));
    }
    lines.push("p200 1: q>=2".to_owned());
    lines.push("q 1".to_owned());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let text = words(&lines, &["p0"]);
    assert!(text.contains("every version of p200 needs q>=2, and q has 1."), "{text}");
    assert!(text.len() < 10_000);
}

#[test]
fn many_reasons_are_sorted_by_the_order_of_versions() {
    let lines: Vec<String> = (1..=80).map(|version| format!("a {version}: b=={version}")).collect();
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lines.push("b 100");
    let text = words(&lines, &["a"]);
    let places: Vec<_> = ["a==9 ", "a==10 ", "a==70 "].iter().map(|one| text.find(one)).collect();
    assert!(places[0].is_some() && places.is_sorted(), "{places:?}: {text}");
}

#[test]
fn conflicts_are_reported_in_words() {
    let all = [
        words(&["a 1", "a 2"], &["a>=3"]),
        words(&["a 1: c<2", "b 1: c>=2", "c 1", "c 2"], &["a", "b"]),
        words(&["a 1: b>5", "a 2: b>6", "b 1"], &["a"]),
        words(&["a 1!", "a 2"], &["a<2"]),
        words(&["a 1", "a 2~"], &["a>=2"]),
        words(&["a 1: b; extra == 'x'", "b 1: c>1", "c 1", "c 2: d", "d 1: c<2"], &["a[x]"]),
    ];
    let expected = [
        "the call needs a>=3, and a has 2, 1",
        "Because every version of a needs c==1 and every version of b needs c==2, a and b exclude \
         each other. And because the call needs a and the call needs b, nothing fits together.",
        "Because there is no other version of a and a==1 needs b>5, and b has 1, a==1 cannot be \
         taken. And because a==2 needs b>6, and b has 1 and the call needs a, nothing fits together.",
        "the call needs a==1 (Yanked, and selected only if pinned: a 1.)",
        "the call needs a==2 (Without a file that can be read: a 2.)",
        "Because every version of d needs c==1 and c==2 needs d, c==2 cannot be taken. And because \
         every version of b needs c==2, b cannot be taken. And because every version of a[x] needs b \
         and the call needs a[x], nothing fits together.",
    ];
    assert_eq!(all.each_ref().map(String::as_str), expected);
}
