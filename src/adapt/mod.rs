//! From a [`Package`](crate::Package) as published to one for devices.

mod mpy;
mod resources;
mod select;

pub use mpy::{Bytecode, Compiled, Compiler};
pub(crate) use resources::is_resource_module;
pub use resources::{
    MAX_RESOURCES_SIZE, ResourceMode, ResourceModeError, Resources, resource_module,
};
pub use select::{Pattern, PatternError, Selection};
