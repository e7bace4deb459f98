//! The `mpconvert` program.

fn main() {}
