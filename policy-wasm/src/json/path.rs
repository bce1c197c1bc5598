//! Paths of values in a document, without allocation until they are formatted.

use alloc::string::{String, ToString as _};

/// A chain of keys and indices from a document's root, on the stack of the walk
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The document itself, by name; may be empty
    Root(&'p str),
    Field(&'p Self, &'p str),
    Index(&'p Self, usize),
}

impl Path<'_> {
    /// Formats the path, such as `policy.clusterAdmissionRules[us-east1.prod].evaluationMode`: keys that are not
    /// plain field names are in brackets, as in Google's command line.
    pub(crate) fn text(self) -> String {
        let mut text = String::with_capacity(64);
        self.write(&mut text);
        text
    }

    fn write(self, text: &mut String) {
        match self {
            Self::Root(name) => text.push_str(name),
            Self::Field(parent, key) if is_plain(key) => {
                parent.write(text);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Self::Field(parent, key) => {
                parent.write(text);
                text.push_str(&in_brackets(key));
            }
            Self::Index(parent, index) => {
                parent.write(text);
                text.push('[');
                write_decimal(text, index);
                text.push(']');
            }
        }
    }
}

/// Writes a number; fast for one digit, which nearly all indices have.
fn write_decimal(text: &mut String, number: usize) {
    let digit = u32::try_from(number)
        .ok()
        .and_then(|number| char::from_digit(number, 10));
    match digit {
        Some(digit) => text.push(digit),
        None => text.push_str(&number.to_string()),
    }
}

#[cold]
fn in_brackets(key: &str) -> String {
    alloc::format!("[{}]", crate::Escaped(key))
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
