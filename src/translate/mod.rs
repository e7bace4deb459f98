//! From PEP 508 requirements to the names and versions that MicroPython's installers understand.

mod alias;
pub mod bare;
pub mod exact;
mod micropython_lib;
mod wanted;

pub use alias::{Alias, Aliases};
pub use exact::{
    Catalog, Catalogs, Cut, Exact, Fate, Offer, Offers, Pinning, PinningFault, Unknown,
    break_cycles, exact,
};
pub use wanted::DependencyOptions;
pub(crate) use wanted::wanted;
