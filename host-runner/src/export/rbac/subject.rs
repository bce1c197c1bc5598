//! Subjects of roles.

use core::fmt;

use crate::yaml;

/// A service account, a person or a group of them
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    ServiceAccount { namespace: String, name: String },
    User(String),
    Group(String),
}

impl Subject {
    /// Reads `NAMESPACE/NAME`, `user:NAME` or `group:NAME`.
    ///
    /// # Errors
    ///
    /// Not of these forms.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // No namespace has a colon in it.
        let other = text.split_once(':').and_then(|(kind, name)| match kind {
            _ if name.is_empty() => None,
            "user" => Some(Self::User(name.to_owned())),
            "group" => Some(Self::Group(name.to_owned())),
            _ => None,
        });
        match other {
            None => Self::parse_service_account(text),
            Some(Self::User(name)) => match name.strip_prefix(SERVICE_ACCOUNT) {
                // Kubernetes knows service accounts by such names too.
                Some(account) => Self::parse_service_account(&account.replacen(':', "/", 1)),
                None if name.starts_with("system:") => Err(system(text)),
                None => Ok(Self::User(name)),
            },
            Some(Self::Group(name)) if name.starts_with("system:") => Err(system(text)),
            Some(subject) => Ok(subject),
        }
    }

    /// Reads `NAMESPACE/NAME`.
    ///
    /// # Errors
    ///
    /// Not of that form, or no names that Kubernetes gives.
    pub(crate) fn parse_service_account(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').filter(|(namespace, name)| {
            policy_lint::is_dns_label(namespace) && policy_lint::is_dns_subdomain(name)
        });
        let (namespace, name) = parts
            .ok_or_else(|| format!("`{text}` is not a service account; use NAMESPACE/NAME"))?;
        Ok(Self::ServiceAccount {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Whether it is a service account of this namespace, as which every Pod there can run.
    pub(crate) fn is_in(&self, other: &str) -> bool {
        matches!(self, Self::ServiceAccount { namespace, .. } if namespace == other)
    }

    /// Returns the item for `subjects` in a binding.
    pub(super) fn item(&self) -> String {
        match self {
            Self::ServiceAccount { namespace, name } => format!(
                "  - kind: ServiceAccount\n    name: {}\n    namespace: {}\n",
                yaml::scalar(name),
                yaml::scalar(namespace)
            ),
            Self::User(name) => named("User", name),
            Self::Group(name) => named("Group", name),
        }
    }
}

/// Prefix of the user name that Kubernetes gives a service account.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// Rejects built-in groups: they contain accounts whose roles cannot be compared.
fn system(text: &str) -> String {
    format!(
        "`{text}` is a built-in group or user of Kubernetes; use a service account, NAMESPACE/NAME"
    )
}

fn named(kind: &str, name: &str) -> String {
    format!(
        "  - kind: {kind}\n    apiGroup: rbac.authorization.k8s.io\n    name: {}\n",
        yaml::scalar(name)
    )
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServiceAccount { namespace, name } => write!(f, "`{namespace}/{name}`"),
            Self::User(name) => write!(f, "`user:{name}`"),
            Self::Group(name) => write!(f, "`group:{name}`"),
        }
    }
}
