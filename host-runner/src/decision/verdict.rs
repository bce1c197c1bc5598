//! Verdicts and enforcement.

use core::fmt;

use serde::{Serialize, Serializer};

use super::part::Part;

/// Enums of words, which may be unknown
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word of another version or module; empty if there is none
            Other(String),
        }

        impl $name {
            /// Returns the word as the answer spells it.
            #[must_use]
            pub const fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word.as_str(),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl Part for $name {
            fn text(text: &str) -> Self {
                match text {
                    $($word => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
                if let Self::Other(word) = self {
                    change(word);
                }
            }
        }
    )+};
}

words! {
    /// Result of an evaluation; an unknown verdict does not admit
    pub enum Verdict {
        /// The policy is satisfied
        Conformant = "CONFORMANT",
        /// The policy could not be evaluated
        Error = "ERROR",
        /// The policy is not satisfied
        NonConformant = "NON_CONFORMANT",
    }

    /// Enforcement of the verdict
    pub enum Enforcement {
        /// The verdict is enforced
        Enforced = "enforced",
        /// A rule in dry run admitted the request despite the verdict
        DryRun = "dry-run",
        /// A break-glass label admitted the request despite the verdict
        BreakGlass = "break-glass",
    }
}
