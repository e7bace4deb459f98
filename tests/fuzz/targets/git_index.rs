//! git's index of files.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mpconvert::read::fuzz_git_index(data);
});
