//! The JSON schema of `[tool.mpconvert]`.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The schema of a setting.
pub(super) fn property(description: &str, of_type: Value, default: &impl Serialize) -> Value {
    let mut property = Map::from_iter([("description".to_owned(), description.into())]);
    if let Value::Object(of_type) = of_type {
        property.extend(of_type);
    }
    // Nothing is the default of some; JSON has a null for it, TOML has none.
    if let Ok(default) = serde_json::to_value(default)
        && !default.is_null()
    {
        property.insert("default".to_owned(), default);
    }
    property.into()
}

/// The whole document.
pub(super) fn document(properties: &Map<String, Value>) -> String {
    let document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "[tool.mpconvert] in pyproject.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    format!("{document:#}\n")
}
