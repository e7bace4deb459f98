//! The values of a script, as far as they are known.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::limits::WorkBudget;
use crate::python::Literal;
use crate::python::regex::Flags;

/// Longer lists and texts are not put together: a few lines of `a = a + a` would fill the memory.
pub(super) const MAX_LENGTH: usize = 5_000;
/// Larger dictionaries are not put together.
const MAX_ENTRIES: usize = 1_000;
/// How many dictionaries can lie in each other inside of a dictionary.
const MAX_DICT_DEPTH: usize = 2;

/// The smallest cost of a value, in bytes.
pub(super) const COST_OF_VALUE: usize = 128;

/// A value, as far as it is known. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::read) enum Value {
    /// `None`.
    Nothing,
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(Rc<str>),
    /// The texts in a list, tuple or set.
    List(Rc<List>),
    /// The values of a dictionary by those keys that are texts.
    Dict(Rc<Dict>),
    /// A file that is open, by its path.
    File(Rc<str>),
    /// A regular expression, with its flags.
    Pattern(Rc<str>, Flags),
    /// A value that is only known when the script runs.
    Computed,
}

/// The elements of a list that are known texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct List {
    /// The known elements in their order.
    pub items: Rc<Vec<Rc<str>>>,
    /// Whether there are elements, or may be, that are not among them.
    pub is_partial: bool,
}

/// The entries of a dictionary whose keys are known texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct Dict {
    /// The known entries.
    pub entries: Rc<BTreeMap<Rc<str>, Value>>,
    /// Whether there are entries, or may be, that are not among them.
    pub is_partial: bool,
    /// How many levels of dictionaries lie inside.
    levels: usize,
}

impl From<Literal> for Value {
    fn from(literal: Literal) -> Self {
        match literal {
            Literal::Text(text) => Self::Text(text.into()),
            Literal::Number(_) | Literal::Sequence(_) => Self::Computed,
        }
    }
}

impl List {
    /// The list of this text alone.
    pub fn of(text: Rc<str>) -> Self {
        Self { items: Rc::new(vec![text]), is_partial: false }
    }

    /// The cost of a copy, in bytes.
    pub(super) fn cost(&self) -> usize {
        COST_OF_VALUE + self.items.len() * size_of::<Rc<str>>()
    }
}

impl Dict {
    /// The cost of a copy, in bytes.
    pub(super) fn cost(&self) -> usize {
        COST_OF_VALUE + self.entries.len() * 2 * size_of::<(Rc<str>, Value)>()
    }
}

impl Value {
    /// The value with the remark that it may have changed in a way that is not known.
    pub fn into_partial(self) -> Self {
        match self {
            Self::List(mut list) => {
                Rc::make_mut(&mut list).is_partial = true;
                Self::List(list)
            }
            Self::Dict(mut dict) => {
                Rc::make_mut(&mut dict).is_partial = true;
                Self::Dict(dict)
            }
            _ => Self::Computed,
        }
    }

    /// The value of `self + other`, whose copies are charged to `bytes`.
    pub fn plus(self, other: Self, bytes: &WorkBudget) -> Self {
        match (self, other) {
            (Self::Text(left), Self::Text(right))
                if left.len() + right.len() <= MAX_LENGTH
                    && bytes.charge(COST_OF_VALUE + left.len() + right.len()).is_ok() =>
            {
                Self::Text(format!("{left}{right}").into())
            }
            (Self::List(mut left), Self::List(right))
                if left.items.len() + right.items.len() <= MAX_LENGTH
                    && bytes.charge(left.cost() + right.cost()).is_ok() =>
            {
                let list = Rc::make_mut(&mut left);
                Rc::make_mut(&mut list.items).extend_from_slice(&right.items);
                list.is_partial |= right.is_partial;
                Self::List(left)
            }
            (list @ Self::List(_), _) | (_, list @ Self::List(_)) => list.into_partial(),
            _ => Self::Computed,
        }
    }

    /// Adds the entries of `other`, as `dict.update` does. Copies are charged to `bytes`.
    pub fn updated(self, other: Self, bytes: &WorkBudget) -> Self {
        match (self, other) {
            (Self::Dict(mut left), Self::Dict(right))
                if left.entries.len() + right.entries.len() <= MAX_ENTRIES
                    && bytes.charge(left.cost() + right.cost()).is_ok() =>
            {
                let dict = Rc::make_mut(&mut left);
                let entries =
                    right.entries.iter().map(|(key, value)| (Rc::clone(key), value.clone()));
                Rc::make_mut(&mut dict.entries).extend(entries);
                dict.is_partial |= right.is_partial;
                dict.levels = dict.levels.max(right.levels);
                Self::Dict(left)
            }
            (value, _) => value.into_partial(),
        }
    }

    /// Sets one entry of a dictionary. A value that is nested deeper than setuptools ever looks is
    /// forgotten, since values are dropped by recursion.
    pub fn with_entry(self, key: Rc<str>, value: Self, bytes: &WorkBudget) -> Self {
        let levels = match &value {
            Self::Dict(dict) => dict.levels + 1,
            _ => 0,
        };
        let (value, levels) =
            if levels > MAX_DICT_DEPTH { (Self::Computed, 0) } else { (value, levels) };
        let entries = Rc::new(BTreeMap::from([(key, value)]));
        let entry = Dict { entries, is_partial: false, levels };
        self.updated(Self::Dict(Rc::new(entry)), bytes)
    }
}
