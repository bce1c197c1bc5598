//! Codes of reasons.

use core::fmt;

use policy_wasm::decision::Role;

use super::part::Part;

/// The code of a reason or warning
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A code of this version
    Known(policy_wasm::Code),
    /// A code of another version or module; empty if there is none
    Other(String),
}

impl Code {
    /// Returns the code as the answer spells it.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match self {
            Self::Known(code) => code.as_str(),
            Self::Other(code) => code.as_str(),
        }
    }

    /// Returns the role of a known code.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::Known(code) => Some(code.role()),
            Self::Other(_) => None,
        }
    }
}

impl Default for Code {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl PartialEq<policy_wasm::Code> for Code {
    fn eq(&self, other: &policy_wasm::Code) -> bool {
        matches!(self, Self::Known(code) if code == other)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Part for Code {
    fn text(text: &str) -> Self {
        let mut all = policy_wasm::Code::ALL.iter();
        let known = all.find(|known| known.as_str() == text);
        known.map_or_else(|| Self::Other(text.to_owned()), |code| Self::Known(*code))
    }

    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        if let Self::Other(code) = self {
            change(code);
        }
    }
}
