//! Where an attestation goes: what `evaluate` and the cluster read it from.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::attest::document::Attestation;
use crate::attest::store::{annotation, kubernetes, occurrences, registry};
use crate::written::Written;
use crate::{emit, yaml};

/// Where the attestation goes
#[derive(Debug, Args)]
#[command(next_help_heading = "Where to")]
pub struct PlaceArgs {
    /// Print it in this form
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// Add it to this list of occurrences, in JSON or YAML
    #[arg(long, value_name = "FILE")]
    occurrences: Option<PathBuf>,
    /// Add it to the Attestation resource of the image in this folder, for `kubectl apply` and for
    /// `evaluate --kubernetes`
    #[arg(long, value_name = "DIR")]
    kubernetes: Option<PathBuf>,
    /// The namespace of the note, if it is not the one in the settings
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// Add it to the annotation of every Pod and Pod template in this manifest that has the image, of
    /// the kinds that the policy reads
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Add it beside the image in this OCI image layout, for `evaluate --registry` and for a registry
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A list of one occurrence in YAML, to add under `evidence.occurrences`
    Occurrence,
    /// The occurrence in JSON, as the API takes it
    Json,
    /// An `Attestation` resource, for `kubectl apply`
    Kubernetes,
    /// The value of a Pod's annotation
    Annotation,
    /// The DSSE envelope by itself
    Envelope,
}

impl PlaceArgs {
    /// Checks what was asked for before any work is done.
    pub(crate) fn check(&self, is_predicate: bool) -> Result<()> {
        if self.kubernetes.is_none()
            && self.format != Some(Form::Kubernetes)
            && self.namespace.is_some()
        {
            bail!("--namespace is for --kubernetes and --format kubernetes");
        }
        if is_predicate && self.manifest.is_some() {
            // Scans and upload times never count from there: its author could choose an old one.
            emit::note("of statements, only provenance counts from a Pod's annotation");
        }
        Ok(())
    }

    /// Whether one of the places has room for envelopes only.
    pub(crate) fn take_envelopes_only(&self) -> bool {
        self.manifest.is_some() || matches!(self.format, Some(Form::Annotation | Form::Envelope))
    }

    /// Puts an attestation everywhere that was named, and prints it where nothing was.
    pub(crate) fn put(&self, attestation: &Attestation, settings: Option<&Value>) -> Result<()> {
        let entry = attestation.entry();
        // Before anything is written.
        let resource = match &self.kubernetes {
            Some(folder) => Some((folder, self.namespace(attestation, settings)?)),
            None => None,
        };
        if let Some(settings) = settings {
            self.warn(settings);
        }
        if let Some(path) = &self.occurrences {
            let change = occurrences::add(path, &entry)?;
            emit::unless_closed(emit::change::stored(path, change))?;
        }
        if let Some((folder, namespace)) = resource {
            let (path, change) = kubernetes::add(folder, &namespace, &entry)?;
            emit::unless_closed(emit::change::stored(&path, change))?;
        }
        if let (Some(path), Some(envelope)) = (&self.manifest, attestation.envelope_entry()) {
            let workloads = settings.and_then(|settings| settings.get("workloads"));
            let change = annotation::add(path, &envelope, workloads.unwrap_or(&Value::Null))?;
            emit::unless_closed(emit::change::stored(path, change))?;
        }
        if let Some(folder) = &self.registry {
            let change = registry::add(folder, &entry)?;
            emit::unless_closed(emit::change::stored(folder, change))?;
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
            let text = self.text(form, attestation, settings)?;
            emit::unless_closed(std::io::stdout().write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    fn text(
        &self,
        form: Form,
        attestation: &Attestation,
        settings: Option<&Value>,
    ) -> Result<String> {
        let document = &attestation.document;
        let envelope = || attestation.envelope.as_ref().context("it has no envelope");
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

    /// Says where the settings do not look.
    fn warn(&self, settings: &Value) {
        for (place, switch) in [
            (&self.kubernetes, "evidence.kubernetes"),
            (&self.manifest, "evidence.podAnnotation"),
            (&self.registry, "evidence.registry"),
        ] {
            if place.is_some()
                && !Written(settings).is_on(&format!("/{}", switch.replace('.', "/")))
            {
                let problem = "is not set, so the policy does not look there";
                emit::warning(&format!("`{switch}` {problem}"));
            }
        }
    }

    /// The namespace that is named, or the one that the settings give the note.
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
            None if note.is_empty() => bail!(
                "in which namespace? Give --namespace and --note, or --settings and --attestor"
            ),
            None => bail!(
                "in which namespace? Give --namespace, or settings whose `evidence.kubernetes.notes` \
                 have the note `{}`",
                emit::printable(note)
            ),
        }
    }
}
