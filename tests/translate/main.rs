//! Dependencies as projects declare them, and as the clients of MicroPython name them.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod exact_dependencies;
mod newest_versions;
mod poetry_constraints;
