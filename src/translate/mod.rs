//! From PEP 508 requirements to the names and versions that MicroPython's installers understand.

mod alias;
pub mod bare;
pub mod exact;
mod micropython_lib;
mod wanted;
