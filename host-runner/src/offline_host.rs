//! Plays Kubewarden's host offline: answers what a policy asks of its cluster and its registries from
//! folders, or from a recording.
//!
//! Requests, answers and the texts of errors are those of Kubewarden, so that a policy meets here
//! what it will meet in production. Sigstore bundles among referrers are found as well, which Kubewarden cannot do.

mod error;
mod exchange;
mod field_mask;
mod kubernetes;
mod manifest;
mod reference;
mod registry;
mod request;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::engine::{Host, HostCall};

pub use error::{Failure, OfflineHostError};
pub use exchange::Replay;
pub use kubernetes::Cluster;
pub(crate) use reference::Reference;
pub(crate) use registry::REFERENCE as LAYOUT_REFERENCE;
pub use registry::Registry;
pub use request::Request;
pub(crate) use request::Subject;

use exchange::Exchange;

/// The host of a policy that runs offline
#[derive(Debug)]
pub struct OfflineHost {
    source: Source,
    recording: Option<Recording>,
}

#[derive(Debug)]
enum Source {
    Folders {
        cluster: Option<Cluster>,
        registry: Option<Registry>,
    },
    Recorded(Replay),
    /// The manifest of every image, as the host writes it anew
    Manifest(String),
}

/// The recorded calls and answers, and the file to write them to
#[derive(Debug)]
struct Recording {
    path: PathBuf,
    exchanges: Mutex<Vec<Exchange>>,
}

impl OfflineHost {
    /// Answers from a cluster's objects and a registry's images, as far as there are some.
    #[must_use]
    pub const fn from_folders(cluster: Option<Cluster>, registry: Option<Registry>) -> Self {
        Self {
            source: Source::Folders { cluster, registry },
            recording: None,
        }
    }

    /// Answers what was answered before.
    #[must_use]
    pub const fn from_recording(replay: Replay) -> Self {
        Self {
            source: Source::Recorded(replay),
            recording: None,
        }
    }

    /// Answers every question about a manifest with this one.
    ///
    /// # Errors
    ///
    /// Says why it is no manifest.
    pub(crate) fn from_manifest(manifest: &[u8]) -> Result<Self, String> {
        let manifest = manifest::Manifest::parse(manifest)?;
        let manifest = serde_json::to_string(&manifest).map_err(|error| error.to_string())?;
        Ok(Self {
            source: Source::Manifest(manifest),
            recording: None,
        })
    }

    /// Keeps every request and its answer, for [`Self::save`].
    #[must_use]
    pub fn recording_to(self, path: PathBuf) -> Self {
        let exchanges = Mutex::default();
        Self {
            recording: Some(Recording { path, exchanges }),
            ..self
        }
    }

    /// Writes what was recorded; nothing where nothing had to be.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self) -> Result<(), OfflineHostError> {
        let Some(Recording { path, exchanges }) = &self.recording else {
            return Ok(());
        };
        let exchanges = exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchange::write(path, &exchanges)
    }

    fn answer(&self, request: &Request) -> Result<String, Failure> {
        let (cluster, registry) = match &self.source {
            Source::Recorded(replay) => return replay.answer(request),
            Source::Manifest(manifest) if request.kind() == request::MANIFEST => {
                return Ok(manifest.clone());
            }
            Source::Manifest(_) => (None, None),
            Source::Folders { cluster, registry } => (cluster.as_ref(), registry.as_ref()),
        };
        let cluster = || cluster.ok_or_else(|| Failure::missing("cluster", "--kubernetes DIR"));
        let registry = || registry.ok_or_else(|| Failure::missing("registry", "--registry DIR"));
        match request.kind() {
            request::GET_RESOURCE => cluster()?.resource(request),
            request::MANIFEST_DIGEST => registry()?.digest(request.image()?),
            request::MANIFEST => registry()?.manifest(request.image()?),
            request::BUNDLES => registry()?.bundles(request.image()?),
            request::VERIFY_PUBLIC_KEYS => registry()?.verify(request.fields()),
            kind if request.is_verification() => Err(Failure::new(format!(
                "{kind} cannot be answered from directories, only {}; give a recording with --replay FILE",
                request::VERIFY_PUBLIC_KEYS
            ))),
            _ => Err(Failure::missing("answer from folders", "--replay FILE")),
        }
    }
}

impl Host for OfflineHost {
    fn call(&self, call: &HostCall) -> Result<Vec<u8>, String> {
        if call.binding == "kubewarden" && call.namespace == "tracing" {
            return Ok(Vec::new());
        }
        let request = Request::decode(call)?;
        let answer = self.answer(&request);
        if let Some(Recording { exchanges, .. }) = &self.recording {
            let exchange = Exchange::new(request, &answer);
            let mut exchanges = exchanges.lock().unwrap_or_else(PoisonError::into_inner);
            exchanges.push(exchange);
        }
        answer
            .map(String::into_bytes)
            .map_err(|failure| failure.as_a_guest_sees_it())
    }
}

#[cfg(test)]
mod tests;
