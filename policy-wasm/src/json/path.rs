//! Where in a document a value stands, without allocating until somebody asks.

use core::fmt;

/// A chain of keys and indices from a document's root, on the stack of the walk
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The document itself, by the name its reader knows it under; may be empty
    Root(&'p str),
    Field(&'p Self, &'p str),
    Index(&'p Self, usize),
}

impl fmt::Display for Path<'_> {
    /// `policy.clusterAdmissionRules[us-east1.prod].evaluationMode`: keys that are not plain field
    /// names stand in brackets, as Google's command line prints them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Field(Self::Root(""), key) if is_plain(key) => f.write_str(key),
            Self::Field(parent, key) if is_plain(key) => write!(f, "{parent}.{key}"),
            Self::Field(parent, key) => write!(f, "{parent}[{}]", crate::Escaped(key)),
        }
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
