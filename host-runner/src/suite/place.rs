//! Places in settings, as people write them: `evidence.authenticators.vulnerability[0]`.

use core::fmt;

use serde_json::Value;

/// A chain of keys and indices
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    /// Reads a place whose keys are plain words.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut place = Self::default();
        for part in text.split('.') {
            let mut pieces = part.split('[');
            let key = pieces.next().filter(|key| !key.is_empty())?;
            place = place.key(key);
            for piece in pieces {
                let digits = piece.strip_suffix(']')?;
                place = place.index(digits.parse().ok()?);
            }
        }
        Some(place)
    }

    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps }
    }

    /// Returns the value at the place.
    pub(super) fn get<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    }

    /// Like [`Self::get`], mutable.
    pub(super) fn get_mut<'v>(&self, root: &'v mut Value) -> Option<&'v mut Value> {
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.get_mut(key),
            Step::Index(index) => value.get_mut(index),
        })
    }

    /// Puts something there, if there is something above it.
    pub(super) fn set(&self, root: &mut Value, value: Value) {
        let Some((last, above)) = self.steps.split_last() else {
            return;
        };
        let above = Self {
            steps: above.to_vec(),
        };
        match (above.get_mut(root), last) {
            (Some(Value::Object(fields)), Step::Key(key)) => {
                fields.insert(key.clone(), value);
            }
            (Some(Value::Array(items)), Step::Index(index)) => {
                if let Some(item) = items.get_mut(*index) {
                    *item = value;
                }
            }
            _ => {}
        }
    }

    /// Takes it away. Whether it was there.
    pub(super) fn remove(&self, root: &mut Value) -> bool {
        let Some((last, above)) = self.steps.split_last() else {
            return false;
        };
        let above = Self {
            steps: above.to_vec(),
        };
        match (above.get_mut(root), last) {
            (Some(Value::Object(fields)), Step::Key(key)) => fields.shift_remove(key).is_some(),
            (Some(Value::Array(items)), Step::Index(index)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            _ => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    let dot = if index == 0 { "" } else { "." };
                    write!(f, "{dot}{key}")?;
                }
                Step::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_read_found_and_taken_away() {
        let mut root = json!({"a": [{"b": 1}, {"b": 2}]});
        let place = Place::parse("a[1].b").unwrap();
        assert_eq!(place.to_string(), "a[1].b");
        assert_eq!(place.get(&root), Some(&json!(2)));
        assert!(Place::parse("a[0]").unwrap().remove(&mut root));
        assert_eq!(root, json!({"a": [{"b": 2}]}));
        assert!(!place.remove(&mut root));
        for text in ["", "a.", "a[x]", "a[1", "[0]"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
