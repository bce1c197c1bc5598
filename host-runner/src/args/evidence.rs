//! The options for the offline host, which answers host calls from folders or a recording. Every command
//! that runs a policy has them.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{ArgGroup, Args};

use crate::engine::Abi;
use crate::files;
use crate::offline_host::{Cluster, OfflineHost, Registry, Replay};

/// Sources from which the offline host answers the policy's host calls
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Evidence")]
#[command(group = ArgGroup::new("folders").args(["kubernetes", "registry"]).multiple(true))]
pub struct EvidenceArgs {
    /// Answer Kubernetes lookups from the manifests in this directory
    ///
    /// Reads all YAML and JSON files below it, including lists such as `kubectl get attestations -A -o yaml`
    /// prints. Objects without a namespace are cluster-scoped.
    #[arg(long, value_name = "DIR")]
    kubernetes: Option<PathBuf>,
    /// Answer registry lookups from this OCI image layout
    ///
    /// Each manifest in `index.json` needs its full reference, such as registry.example/app:1, in the
    /// annotation `org.opencontainers.image.ref.name`, as `skopeo copy docker://registry.example/app:1
    /// oci:DIR:registry.example/app:1` writes it. Cosign signatures under the tag `sha256-<hex>.sig` are
    /// verified with the ECDSA P-256 keys that the policy passes.
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
    /// Record the policy's host calls and their answers in this file
    ///
    /// Replay it with `--replay`, or with `kwctl run --replay-host-capabilities-interactions`.
    #[arg(long, value_name = "FILE", requires = "folders")]
    record: Option<PathBuf>,
    /// Answer host calls from this recording only
    ///
    /// Record one with `--record`, or with `kwctl run --record-host-capabilities-interactions` in a cluster.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folders", "record"])]
    replay: Option<PathBuf>,
}

impl EvidenceArgs {
    /// Opens the folders or the recording.
    ///
    /// # Errors
    ///
    /// A folder or the recording cannot be read, or modules of this ABI make no host calls.
    pub(crate) fn open(&self, abi: Abi) -> Result<OfflineHost> {
        let Self {
            kubernetes,
            registry,
            record,
            replay,
        } = self;
        if self.is_given() && abi == Abi::Wasi {
            bail!(
                "a WASI module makes no host calls: --kubernetes, --registry, --record and \
                 --replay need a waPC module (--abi wapc, the default)"
            );
        }
        if let Some(path) = replay {
            return Ok(OfflineHost::from_recording(Replay::open(path)?));
        }
        let cluster = kubernetes.as_deref().map(Cluster::open).transpose()?;
        let registry = registry.as_deref().map(Registry::open).transpose()?;
        let evidence = OfflineHost::from_folders(cluster, registry);
        Ok(match record {
            Some(path) => evidence.recording_to(path.clone()),
            None => evidence,
        })
    }

    /// Whether Kubernetes lookups have an answer.
    pub(crate) const fn has_cluster(&self) -> bool {
        self.kubernetes.is_some() || self.replay.is_some()
    }

    /// Whether registry lookups have an answer.
    pub(crate) const fn has_registry(&self) -> bool {
        self.registry.is_some() || self.replay.is_some()
    }

    /// The folder of `--kubernetes`.
    pub(crate) fn kubernetes(&self) -> Option<&Path> {
        self.kubernetes.as_deref()
    }

    /// The OCI image layout of `--registry`.
    pub(crate) fn registry(&self) -> Option<&Path> {
        self.registry.as_deref()
    }

    /// Whether host calls must keep their order, because they are recorded or replayed.
    pub(crate) const fn keeps_order(&self) -> bool {
        self.record.is_some() || self.replay.is_some()
    }

    /// Whether host calls are recorded.
    pub(crate) const fn is_recorded(&self) -> bool {
        self.record.is_some()
    }

    /// Whether any host call has an answer.
    pub(crate) const fn is_given(&self) -> bool {
        self.kubernetes.is_some() || self.registry.is_some() || self.replay.is_some()
    }

    /// The folders and the recording that are read.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &Path> {
        let all = [&self.kubernetes, &self.registry, &self.replay];
        all.into_iter().flatten().map(PathBuf::as_path)
    }

    /// The OCI image layout, if lookups are answered from one.
    pub(crate) fn layout(&self) -> Option<&Path> {
        self.registry.as_deref()
    }

    /// All folders and files, those that are written as well.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.inputs().chain(self.record.as_deref())
    }

    /// Checks before any work that `--record` does not overwrite an input. `inputs` are the command's other
    /// inputs.
    ///
    /// # Errors
    ///
    /// The recording would overwrite an input.
    pub(crate) fn check<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<()> {
        let inputs = inputs.into_iter().chain(self.inputs());
        Ok(files::refuse_inputs(self.record.as_deref(), inputs)?)
    }

    /// The recording given by `--replay`.
    pub(crate) const fn replay(&self) -> Option<&PathBuf> {
        self.replay.as_ref()
    }
}
