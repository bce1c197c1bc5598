//! The options that stand for a cluster and its registries, the same for every command that runs a
//! policy.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{ArgGroup, Args};

use crate::engine::Abi;
use crate::evidence::{Cluster, Evidence, Registry, Replay};
use crate::files;

/// What answers a policy that asks its host
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Evidence")]
#[command(group = ArgGroup::new("folders").args(["kubernetes", "registry"]).multiple(true))]
pub struct EvidenceArgs {
    /// Let the manifests in this folder be the cluster that the policy asks
    ///
    /// All YAML and JSON files below it, lists too, as `kubectl get attestations -A -o yaml` prints
    /// them. An object without a namespace belongs to the whole cluster.
    #[arg(long, value_name = "DIR")]
    kubernetes: Option<PathBuf>,
    /// Let this OCI image layout be the registries that the policy asks
    ///
    /// `index.json` gives each manifest its full reference, such as registry.example/app:1, in the
    /// annotation `org.opencontainers.image.ref.name`. Signatures of cosign under the tag
    /// `sha256-<hex>.sig` are verified with the ECDSA P-256 keys that the policy asks for.
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
    /// Write what the policy asked and was answered to this file
    ///
    /// `--replay` reads it, and so does `kwctl run --replay-host-capabilities-interactions`.
    #[arg(long, value_name = "FILE", requires = "folders")]
    record: Option<PathBuf>,
    /// Answer the policy from this recording, and nothing that is not in it
    ///
    /// From `--record`, or from `kwctl run --record-host-capabilities-interactions` in a cluster.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folders", "record"])]
    replay: Option<PathBuf>,
}

impl EvidenceArgs {
    /// Opens the folders, or the recording.
    ///
    /// # Errors
    ///
    /// One of them cannot be used, or a module of this ABI cannot ask for anything.
    pub(crate) fn open(&self, abi: Abi) -> Result<Evidence> {
        let Self {
            kubernetes,
            registry,
            record,
            replay,
        } = self;
        if self.is_given() && abi == Abi::Wasi {
            bail!(
                "a WASI module cannot ask its host: --kubernetes, --registry, --record and \
                 --replay need a waPC module (--abi wapc, the default)"
            );
        }
        if let Some(path) = replay {
            return Ok(Evidence::from_recording(Replay::open(path)?));
        }
        let cluster = kubernetes.as_deref().map(Cluster::open).transpose()?;
        let registry = registry.as_deref().map(Registry::open).transpose()?;
        let evidence = Evidence::from_folders(cluster, registry);
        Ok(match record {
            Some(path) => evidence.recording_to(path.clone()),
            None => evidence,
        })
    }

    /// Whether something answers for the cluster.
    pub(crate) const fn has_cluster(&self) -> bool {
        self.kubernetes.is_some() || self.replay.is_some()
    }

    /// Whether something answers for the registries.
    pub(crate) const fn has_registry(&self) -> bool {
        self.registry.is_some() || self.replay.is_some()
    }

    /// Whether the order of questions matters: it is recorded, or was.
    pub(crate) const fn keeps_order(&self) -> bool {
        self.record.is_some() || self.replay.is_some()
    }

    /// Whether what is asked is written to a file.
    pub(crate) const fn is_recorded(&self) -> bool {
        self.record.is_some()
    }

    /// Whether anything answers.
    pub(crate) const fn is_given(&self) -> bool {
        self.kubernetes.is_some() || self.registry.is_some() || self.replay.is_some()
    }

    /// What is read.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &Path> {
        let all = [&self.kubernetes, &self.registry, &self.replay];
        all.into_iter().flatten().map(PathBuf::as_path)
    }

    /// Checks before any work is done that the recording replaces nothing that is read; `inputs` is what
    /// else is.
    ///
    /// # Errors
    ///
    /// It would.
    pub(crate) fn check<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<()> {
        let inputs = inputs.into_iter().chain(self.inputs());
        Ok(files::refuse_inputs(self.record.as_deref(), inputs)?)
    }

    /// The recording to read, if there is one.
    pub(crate) const fn replay(&self) -> Option<&PathBuf> {
        self.replay.as_ref()
    }
}
