//! Destinations of a new attestation: the places from which the policy reads attestations.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::attest::document::Attestation;
use crate::attest::image::Image;
use crate::attest::index::Listed;
use crate::attest::store::{Entry, annotation, kubernetes, occurrences, registry};
use crate::settings_view::SettingsView;
use crate::terminal;
use crate::{emit, yaml};

/// Destinations of the attestation
#[derive(Debug, Args)]
#[command(next_help_heading = "Destination")]
pub struct PlaceArgs {
    /// Print the attestation in this format [default without a destination: occurrence]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Form>,
    /// Add it to this list of occurrences (JSON or YAML)
    #[arg(long, value_name = "FILE")]
    occurrences: Option<PathBuf>,
    /// Add it to the image's Attestation manifest in this directory
    ///
    /// For `kubectl apply` and for `evaluate --kubernetes`.
    #[arg(long, value_name = "DIR")]
    kubernetes: Option<PathBuf>,
    /// Namespace of the Attestation resource [default: the note's namespace in the settings]
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// Annotate the Pods and Pod templates with this image in this manifest
    ///
    /// Only kinds that the policy reads are annotated.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Add it next to the image in this OCI image layout
    ///
    /// For `evaluate --registry`, and to copy to a registry.
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// YAML list of one occurrence, for `evidence.occurrences` in the settings
    Occurrence,
    /// The occurrence in JSON, for Google's API
    Json,
    /// `Attestation` manifest, for `kubectl apply`
    Kubernetes,
    /// Value of the Pod annotation
    Annotation,
    /// The DSSE envelope alone
    Envelope,
}

impl Form {
    /// One text of several.
    fn joined(self, texts: &[String]) -> String {
        match self {
            Self::Occurrence | Self::Json | Self::Envelope => texts.concat(),
            Self::Kubernetes => texts.join("---\n"),
            Self::Annotation => {
                let items: Vec<_> = texts.iter().map(|text| text.trim_end()).collect();
                format!("{}\n", items.join(","))
            }
        }
    }
}

impl PlaceArgs {
    /// Checks the combination of options before any work.
    pub(crate) fn check(&self, is_predicate: bool) -> Result<()> {
        if self.kubernetes.is_none()
            && self.format != Some(Form::Kubernetes)
            && self.namespace.is_some()
        {
            bail!("--namespace needs --kubernetes or --format kubernetes");
        }
        if is_predicate && self.manifest.is_some() {
            // The Pod's author could choose an old scan or upload time.
            terminal::note(
                "checks read only provenance in Pod annotations, and no scans or upload times",
            );
        }
        Ok(())
    }

    /// Whether a destination stores only envelopes.
    pub(crate) fn take_envelopes_only(&self) -> bool {
        self.manifest.is_some() || matches!(self.format, Some(Form::Annotation | Form::Envelope))
    }

    /// The OCI image layout, if it is a destination.
    pub(crate) fn layout(&self) -> Option<&Path> {
        self.registry.as_deref()
    }

    /// Writes attestations to every given destination, or prints them if none is given. `image` is the one in Pods: the
    /// attested image, or the index whose `listed` images are attested.
    pub(crate) fn put(
        &self,
        attestations: &[Attestation],
        image: &Image,
        listed: &[Listed],
        settings: Option<&Value>,
    ) -> Result<()> {
        // An error must come before any write.
        if self.kubernetes.is_some() {
            for attestation in attestations {
                self.namespace(attestation, settings)?;
            }
        }
        if let Some(settings) = settings {
            self.warn(settings);
        }
        for attestation in attestations {
            let listed = listed.iter().find(|one| one.image == attestation.image);
            self.store(attestation, image, listed, settings)?;
        }
        let has_place = [
            &self.occurrences,
            &self.kubernetes,
            &self.manifest,
            &self.registry,
        ]
        .iter()
        .any(|place| place.is_some());
        if let Some(form) = self
            .format
            .or_else(|| (!has_place).then_some(Form::Occurrence))
        {
            let texts = attestations.iter();
            let texts = texts.map(|one| self.text(form, one, settings));
            let text = form.joined(&texts.collect::<Result<Vec<_>>>()?);
            terminal::unless_closed(std::io::stdout().write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    /// Writes an attestation to every given destination.
    fn store(
        &self,
        attestation: &Attestation,
        image: &Image,
        listed: Option<&Listed>,
        settings: Option<&Value>,
    ) -> Result<()> {
        let entry = attestation.entry();
        if let Some(path) = &self.occurrences {
            let change = occurrences::add(path, &entry)?;
            terminal::unless_closed(emit::change::stored(path, change, listed))?;
        }
        if let Some(folder) = &self.kubernetes {
            let namespace = self.namespace(attestation, settings)?;
            put_resource(folder, &namespace, &entry, listed)?;
        }
        if let (Some(path), Some(envelope)) = (&self.manifest, attestation.envelope_entry()) {
            let workloads = settings.and_then(|settings| settings.get("workloads"));
            let workloads = workloads.unwrap_or(&Value::Null);
            let change = annotation::add(path, &envelope, &image.digest, workloads)?;
            terminal::unless_closed(emit::change::stored(path, change, listed))?;
        }
        if let Some(folder) = &self.registry {
            let change = registry::add(folder, &entry)?;
            terminal::unless_closed(emit::change::stored(folder, change, listed))?;
        }
        Ok(())
    }

    /// Writes an attestation that is stored already to the namespace of another note as well.
    pub(crate) fn put_in_cluster(
        &self,
        attestation: &Attestation,
        settings: Option<&Value>,
    ) -> Result<()> {
        match &self.kubernetes {
            Some(folder) if self.namespace.is_none() => {
                let namespace = self.namespace(attestation, settings)?;
                put_resource(folder, &namespace, &attestation.entry(), None)
            }
            _ => Ok(()),
        }
    }

    fn text(
        &self,
        form: Form,
        attestation: &Attestation,
        settings: Option<&Value>,
    ) -> Result<String> {
        let document = &attestation.document;
        let envelope = || {
            attestation
                .envelope
                .as_ref()
                .context("the attestation has no envelope")
        };
        Ok(match form {
            Form::Occurrence => yaml::document(&json!([document])),
            Form::Json => format!("{document:#}\n"),
            Form::Kubernetes => {
                let namespace = self.namespace(attestation, settings)?;
                let items = core::slice::from_ref(document);
                yaml::document(&kubernetes::resource(
                    &namespace,
                    &attestation.image.digest,
                    items,
                ))
            }
            Form::Annotation => format!("{}\n", STANDARD.encode(envelope()?.to_string())),
            Form::Envelope => format!("{:#}\n", envelope()?),
        })
    }

    /// Warns of destinations from which the settings do not read.
    fn warn(&self, settings: &Value) {
        for (place, switch) in [
            (&self.kubernetes, "evidence.kubernetes"),
            (&self.manifest, "evidence.podAnnotation"),
            (&self.registry, "evidence.registry"),
        ] {
            if place.is_some()
                && !SettingsView(settings).is_on(&format!("/{}", switch.replace('.', "/")))
            {
                let problem = "is not set, so the policy does not read attestations from there";
                terminal::warning(&format!("`{switch}` {problem}"));
            }
        }
    }

    /// The namespace from `--namespace`, or else from the settings of the note.
    fn namespace(&self, attestation: &Attestation, settings: Option<&Value>) -> Result<String> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let notes = settings.and_then(|settings| settings.pointer("/evidence/kubernetes/notes"));
        let note = attestation.note.as_deref().unwrap_or_default();
        match notes
            .and_then(|notes| notes.get(note))
            .and_then(Value::as_str)
        {
            Some(namespace) => Ok(namespace.to_owned()),
            None if note.is_empty() && settings.is_some() => bail!(
                "the namespace is missing: no attestor accepts the attestation, so give --namespace, or --attestor NAME"
            ),
            None if note.is_empty() => bail!(
                "the namespace is missing: give --namespace and --note, or --settings and --attestor"
            ),
            None => bail!(
                "the namespace is missing: give --namespace, or add the note `{}` to \
                 `evidence.kubernetes.notes` of the settings",
                terminal::printable(note)
            ),
        }
    }
}

fn put_resource(
    folder: &Path,
    namespace: &str,
    entry: &Entry,
    listed: Option<&Listed>,
) -> Result<()> {
    let (path, change) = kubernetes::add(folder, namespace, entry)?;
    Ok(terminal::unless_closed(emit::change::stored(
        &path, change, listed,
    ))?)
}
