//! The registries in which the host may look up evidence.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::{Code, Reason};
use crate::image::ImageReference;
use crate::json::{MAX_ENTRIES, Value, filled};

/// `registries`
#[derive(Debug, Default)]
pub(crate) struct Registries<'a> {
    hosts: Vec<Cow<'a, str>>,
}

impl<'a> Registries<'a> {
    #[inline(never)] // see docs/performance.md#stack
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut registries = Self::default();
        value.list_within(MAX_ENTRIES, |_, item| {
            let (path, report) = (item.path(), item.report());
            let Some(host) = filled(item) else { return };
            if !is_normalized_host(&host) {
                let message = alloc::format!(
                    "{} is not the host of a registry, for example `docker.io` or `registry.example:5000`",
                    crate::quote(&host)
                );
                report.push(Code::SettingsInvalidValue, path, message);
            }
            registries.hosts.push(host);
        });
        registries
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(AsRef::as_ref)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Checks that lookups in a registry are allowed.
    ///
    /// # Errors
    ///
    /// `registry-not-allowed`
    pub(super) fn allow(&self, host: &str) -> Result<(), Reason> {
        if self.hosts.iter().any(|allowed| allowed == host) {
            return Ok(());
        }
        let message = alloc::format!(
            "Registry {} is not in the settings' registries",
            crate::quote(host)
        );
        Err(Reason::new(Code::RegistryNotAllowed, message))
    }
}

/// Whether a text is a registry host in normalized form.
fn is_normalized_host(host: &str) -> bool {
    let reference = alloc::format!("{host}/path");
    ImageReference::parse(&reference)
        .is_ok_and(|reference| reference.normalized_host() == host && reference.path == "path")
}
