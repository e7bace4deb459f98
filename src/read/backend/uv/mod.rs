//! uv's build backend.

mod layout;
