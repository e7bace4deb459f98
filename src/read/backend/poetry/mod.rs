//! Poetry.

mod layout;
mod metadata;
