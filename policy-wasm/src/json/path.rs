//! Where in a document a value stands, without allocating until somebody asks.

use alloc::string::String;
use core::fmt::Write as _;

/// A chain of keys and indices from a document's root, on the stack of the walk
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The document itself, by the name its reader knows it under; may be empty
    Root(&'p str),
    Field(&'p Self, &'p str),
    Index(&'p Self, usize),
}

impl Path<'_> {
    /// `policy.clusterAdmissionRules[us-east1.prod].evaluationMode`: keys that are not plain field
    /// names stand in brackets, as Google's command line prints them.
    pub(crate) fn text(self) -> String {
        let mut text = String::with_capacity(64);
        self.write(&mut text);
        text
    }

    fn write(self, text: &mut String) {
        let written = match self {
            Self::Root(name) => {
                text.push_str(name);
                return;
            }
            Self::Field(parent, key) if is_plain(key) => {
                parent.write(text);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
                return;
            }
            Self::Field(parent, key) => {
                parent.write(text);
                write!(text, "[{}]", crate::Escaped(key))
            }
            Self::Index(parent, index) => {
                parent.write(text);
                write!(text, "[{index}]")
            }
        };
        debug_assert!(written.is_ok(), "a text takes whatever is written");
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
