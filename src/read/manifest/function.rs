//! The functions that a manifest can call.

/// How a function may be called.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The names of its parameters, in their order.
    pub(super) parameters: &'static [&'static str],
    /// How many of them, from the first on, have to be given.
    pub(super) required: usize,
    /// Whether they can be given without their names.
    pub(super) takes_positional: bool,
    /// Whether it takes others, too: the options of a manifest.
    pub(super) takes_others: bool,
}

impl Function {
    const fn new(name: &'static str, parameters: &'static [&'static str], required: usize) -> Self {
        Self { name, parameters, required, takes_positional: true, takes_others: false }
    }
}

/// All functions of manifests.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        takes_positional: false,
        ..Function::new(
            "metadata",
            &["description", "version", "license", "author", "stdlib", "pypi", "pypi_publish"],
            0,
        )
    },
    Function { takes_others: true, ..Function::new("include", &["manifest_path"], 1) },
    Function {
        takes_others: true,
        ..Function::new("require", &["name", "version", "pypi", "library"], 1)
    },
    Function::new("add_library", &["library", "library_path", "prepend"], 2),
    Function::new("package", &["package_path", "files", "base_path", "opt"], 1),
    Function::new("module", &["module_path", "base_path", "opt"], 1),
    Function::new("c_module", &["module_path"], 1),
    Function::new("freeze", &["path", "script", "opt"], 1),
    Function::new("freeze_as_str", &["path"], 1),
    Function::new("freeze_as_mpy", &["path", "script", "opt"], 1),
    Function::new("freeze_mpy", &["path", "script", "opt"], 1),
];
