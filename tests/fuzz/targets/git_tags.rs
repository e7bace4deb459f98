//! git's packed references and tags.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mpconvert::read::fuzz_git_tags(data);
});
