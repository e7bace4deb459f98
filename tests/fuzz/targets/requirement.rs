//! Requirements with their markers (PEP 508). What is printed is read the same again.

#![no_main]

use std::collections::BTreeSet;

use mpconvert::requirement::{Requirement, TargetEnvironment};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Some(requirement) = Requirement::read(text, "", &mut Vec::new()) else { return };
    let _applies = requirement.marker.applies(&TargetEnvironment::default(), &BTreeSet::new());
    let _extras = requirement.marker.extras();
    // A URL is printed without what may be a login, which leaves nothing of some.
    if requirement.url.is_some() {
        return;
    }
    let printed = requirement.to_string();
    let again = Requirement::read(&printed, "", &mut Vec::new());
    assert_eq!(again.map(|again| again.to_string()), Some(printed));
});
