//! Values of TOML tables, by the types that metadata have.

use toml_edit::{Item, Table, TableLike, Value};

use super::builder::MetadataBuilder;

/// The item at the end of a path of tables.
pub(crate) fn item<'a>(document: &'a Table, path: &[&str]) -> Option<&'a Item> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(document.get(first)?, |item, key| item.get(key))
}

/// A table in which a draft's fields are looked up. A value of another type than is asked for is a
/// fault of the draft.
pub(crate) struct Fields<'t> {
    table: &'t dyn TableLike,
}

impl<'t> Fields<'t> {
    /// The table that `item` is, if it is one.
    pub fn of(item: Option<&'t Item>) -> Option<Self> {
        Some(Self { table: item?.as_table_like()? })
    }

    pub fn keys(&self) -> Vec<&'t str> {
        self.table.iter().map(|(key, _)| key).collect()
    }

    /// Whether there are no other keys than these.
    pub fn has_only(&self, keys: &[&str]) -> bool {
        self.keys().iter().all(|key| keys.contains(key))
    }

    pub fn get(&self, key: &str) -> Option<&'t Item> {
        self.table.get(key)
    }

    /// The text at `key`.
    pub fn text(
        &self,
        key: &str,
        field: &'static str,
        draft: &mut MetadataBuilder,
    ) -> Option<&'t str> {
        let item = self.table.get(key)?;
        if item.as_str().is_none() {
            draft.fault(field, format!("`{key}` that is not a string"));
        }
        item.as_str()
    }

    /// The texts in the array at `key`; those elements that are none are left out.
    pub fn texts(
        &self,
        key: &str,
        field: &'static str,
        draft: &mut MetadataBuilder,
    ) -> Vec<&'t str> {
        let Some(item) = self.table.get(key) else { return Vec::new() };
        let values = item.as_array().into_iter().flatten();
        if !item.as_array().is_some_and(|array| array.iter().all(Value::is_str)) {
            draft.fault(field, format!("`{key}` that is not a list of strings"));
        }
        values.filter_map(Value::as_str).collect()
    }

    /// The texts in the table at `key` with their own keys, in their order; those entries that are
    /// none are left out.
    pub fn pairs(
        &self,
        key: &str,
        field: &'static str,
        draft: &mut MetadataBuilder,
    ) -> Vec<(&'t str, &'t str)> {
        let Some(item) = self.table.get(key) else { return Vec::new() };
        let entries: Vec<_> = item.as_table_like().into_iter().flat_map(TableLike::iter).collect();
        if item.as_table_like().is_none() || entries.iter().any(|(_, item)| !item.is_str()) {
            draft.fault(field, format!("`{key}` that is not a table of strings"));
        }
        entries.into_iter().filter_map(|(key, item)| Some((key, item.as_str()?))).collect()
    }

    /// Copies the text at `key` into `field`.
    pub fn copy(&self, key: &str, field: &'static str, draft: &mut MetadataBuilder) {
        if let Some(text) = self.text(key, field, draft) {
            draft.metadata.put(field, text);
        }
    }

    /// Copies the texts at `key` into `field`, which may have several values.
    pub fn copy_all(&self, key: &str, field: &'static str, draft: &mut MetadataBuilder) {
        for text in self.texts(key, field, draft) {
            draft.metadata.put(field, text);
        }
    }

    /// Copies the texts at `key` into `field`, joined by commas.
    pub fn copy_joined(&self, key: &str, field: &'static str, draft: &mut MetadataBuilder) {
        let texts = self.texts(key, field, draft);
        draft.metadata.put(field, texts.join(","));
    }
}
