//! From a suite to calls: reads the settings, puts test keys and trusted roots into a copy of them, and makes
//! everything that exists in each case.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::mem;
use std::path::{Path, PathBuf};

use admission_requests::evidence;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_lint::suite::{Credential, Expectation, Format, Request, Signer, Source, Suite};
use policy_lint::{Diagnostic, Label, Severity, SourceFile, Span};
use policy_wasm::image::ImageReference;
use policy_wasm::time::Time;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::attestation::{self, Made};
use super::host::SuiteHost;
use super::identity::{self, Instances, Keyless};
use super::request;
use super::signer::TestKey;
use super::stand_in::{KeyStandIn, StandIn};
use crate::inputs::{self, InputError};
use crate::offline_host::Cluster;
use crate::terminal;

/// A suite that is ready to run
#[derive(Debug)]
pub struct Loaded {
    /// Name in messages
    pub name: String,
    /// Its text, for places
    pub source: SourceFile,
    /// The file with the settings
    pub settings_path: PathBuf,
    /// The files with requests of cases
    pub request_paths: Vec<PathBuf>,
    /// The settings as they are in the file
    pub original_settings: Value,
    /// The settings, with test keys and trusted roots in place of all that they stand for
    pub settings: Value,
    /// In the suite's order
    pub cases: Vec<Case>,
}

/// A case that is ready to run
#[derive(Debug)]
pub struct Case {
    /// As in the suite
    pub name: String,
    /// Line in the suite, from 1
    pub line: usize,
    /// The expected result
    pub expectation: Expectation,
    pub(super) request: Value,
    /// Additional evidence in the settings
    pub(super) occurrences: Vec<Value>,
    pub(super) time: Time,
    pub(super) host: Arc<SuiteHost>,
}

impl Case {
    /// The settings with what exists in them; `None` where they have no place for it. No image of a suite is an index.
    pub(super) fn settings(&self, settings: &Value) -> Option<Value> {
        let mut settings = settings.clone();
        if let Some(fields) = settings.as_object_mut() {
            fields.shift_remove("indexPolicy");
        }
        evidence::attach(settings, &self.occurrences)
    }
}

/// Why a suite cannot run
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file that cannot be read
    #[error(transparent)]
    Input(#[from] InputError),
    /// Something is wrong with the suite; each problem has its place in this text
    #[error("`{}` cannot be used", .0.name())]
    Suite(SourceFile, Vec<Diagnostic>),
}

impl Loaded {
    /// Reads a suite with the requests that it names in its own folder.
    ///
    /// # Errors
    ///
    /// As for [`Self::open_in`].
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        Self::open_in(path, folder_of(path))
    }

    /// Reads a suite with its request files below `root`: a proposed suite must not read other files as manifests,
    /// because reports quote them.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the suite is wrong; then everything that is wrong with it.
    pub fn open_in(path: &Path, root: &Path) -> Result<Self, LoadError> {
        let inputs::Source { name, text } = inputs::read(path)?;
        let source = SourceFile::new(name, text);
        let suite = match parse(&source) {
            Ok(suite) => suite,
            Err(problems) => return Err(LoadError::Suite(source, problems)),
        };
        let folder = folder_of(path);
        let settings_path = folder.join(&suite.settings);
        let settings = inputs::settings(&settings_path)?;
        Self::prepare(source, suite, (settings_path, settings), (folder, root))
    }

    /// Reads a suite that is in no file, for these settings.
    ///
    /// # Errors
    ///
    /// The suite is wrong.
    pub(crate) fn of(source: SourceFile, path: &Path, settings: &Value) -> Result<Self, LoadError> {
        let folder = folder_of(path);
        match parse(&source) {
            Ok(suite) => {
                let settings = (path.to_owned(), settings.clone());
                Self::prepare(source, suite, settings, (folder, folder))
            }
            Err(problems) => Err(LoadError::Suite(source, problems)),
        }
    }

    /// Makes everything that exists in the cases; the folders are the suite's own, and that of its files.
    fn prepare(
        source: SourceFile,
        suite: Suite,
        (settings_path, mut settings): (PathBuf, Value),
        (folder, root): (&Path, &Path),
    ) -> Result<Self, LoadError> {
        let mut problems = Vec::new();
        let original_settings = settings.clone();
        let stand_ins = replace_signers(&mut settings, &suite.signers, &mut problems);
        let world = World {
            settings: &settings,
            stand_ins: &stand_ins,
            folder,
            root,
            source: &source,
        };
        let request_paths = suite.cases.iter().filter_map(|case| match &case.request {
            Request::File { path, .. } => Some(folder.join(path)),
            Request::Inline(_) => None,
        });
        let request_paths: Vec<_> = request_paths.collect();
        let cases = suite.cases.into_iter();
        let cases: Vec<_> = cases
            .filter_map(|case| world.prepare(case, &mut problems))
            .collect();
        if problems.is_empty() {
            Ok(Self {
                name: source.name().to_owned(),
                source,
                settings_path,
                request_paths,
                original_settings,
                settings,
                cases,
            })
        } else {
            Err(LoadError::Suite(source, problems))
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

/// Refuses a file that is there, and lies elsewhere.
fn refuse_outside(path: &Path, root: &Path) -> Result<(), String> {
    if !path.exists() || inputs::is_below(path, root) {
        return Ok(());
    }
    let (path, root) = (terminal::shown(path), terminal::shown(root));
    Err(format!(
        "`{path}` is outside `{root}`, the directory of the tested suites"
    ))
}

fn parse(source: &SourceFile) -> Result<Suite, Vec<Diagnostic>> {
    let whole = |message: String, span: Span| vec![problem("suite-malformed", span, message)];
    let start = Span {
        file: 0,
        start: 0,
        end: 0,
    };
    let documents = source
        .parse(0)
        .map_err(|error| whole(error.to_string(), error.span))?;
    match documents.as_slice() {
        [document] => Suite::read(document),
        [] => Err(whole("the file is empty".into(), start)),
        [_, second, ..] => Err(whole(
            "expected one suite, but another document begins here".into(),
            second.span,
        )),
    }
}

fn problem(code: &str, span: Span, message: String) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Error,
        message,
        labels: vec![Label {
            span,
            text: String::new(),
        }],
        help: None,
        fix: None,
    }
}

/// Puts the signers in the place of those of the settings.
fn replace_signers(
    settings: &mut Value,
    signers: &BTreeMap<String, Signer>,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, StandIn> {
    let (mut stand_ins, mut taken) = (BTreeMap::new(), Vec::new());
    let mut instances = Instances::default();
    for (name, signer) in signers {
        let mut help = None;
        let replaced = match &signer.credential {
            Credential::Key(key) => {
                let test_key = TestKey::new(name, key.algorithm);
                let test_key =
                    test_key.ok_or_else(|| format!("cannot derive a key from the name `{name}`"));
                test_key
                    .and_then(|one| KeyStandIn::new(settings, &key.stands_for, one, &mut taken))
                    .map(StandIn::Key)
            }
            Credential::Identity(identity) => {
                help = identity::meant_root(settings, identity);
                Keyless::new(settings, identity, &mut instances).map(StandIn::Identity)
            }
        };
        match replaced {
            Ok(stand_in) => {
                stand_ins.insert(name.clone(), stand_in);
            }
            Err(message) => problems.push(Diagnostic {
                help,
                ..problem("suite-unknown-name", signer.span, message)
            }),
        }
    }
    stand_ins
}

/// Common input of all cases of a suite
struct World<'s> {
    settings: &'s Value,
    stand_ins: &'s BTreeMap<String, StandIn>,
    folder: &'s Path,
    /// Directory of its files
    root: &'s Path,
    source: &'s SourceFile,
}

/// Sources of a case's attestations
#[derive(Default)]
struct Stored {
    occurrences: Vec<Value>,
    envelopes: Vec<String>,
    /// By namespace and name
    resources: BTreeMap<(String, String), Vec<Value>>,
    /// Annotations of our own manifests, layers of cosign's, by reference
    artifacts: BTreeMap<String, Vec<Value>>,
    signatures: BTreeMap<String, Vec<Value>>,
    /// By reference with a digest
    bundles: BTreeMap<String, Vec<String>>,
}

impl World<'_> {
    /// Whether the file of a request is one that the suite may name.
    fn check_file(&self, request: &Request) -> Result<(), String> {
        match request {
            Request::File { path, .. } => refuse_outside(&self.folder.join(path), self.root),
            Request::Inline(_) => Ok(()),
        }
    }

    fn prepare(
        &self,
        case: policy_lint::suite::Case,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Case> {
        let before = problems.len();
        let mut stored = Stored::default();
        for attestation in &case.attestations {
            // A signer that could not be placed is a problem already.
            let Some(signer) = self.stand_ins.get(&attestation.by) else {
                continue;
            };
            let added = attestation::make(attestation, signer, case.time).and_then(|all| {
                all.into_iter().try_for_each(|made| {
                    stored.add(made, attestation.source, attestation.format, self.settings)
                })
            });
            if let Err(message) = added {
                problems.push(problem("suite-invalid-value", attestation.span, message));
            }
        }
        let span = match &case.request {
            Request::File { span, .. } => *span,
            Request::Inline(_) => case.span,
        };
        let request = self
            .check_file(&case.request)
            .and_then(|()| request::make(&case.request, self.folder, &stored.envelopes))
            .map_err(|message| problems.push(problem("suite-invalid-value", span, message)))
            .ok()?;
        let bundles = mem::take(&mut stored.bundles);
        let (occurrences, cluster, manifests) = stored.place();
        let host = SuiteHost {
            manifests,
            bundles,
            cluster,
            tags: case.tags.into_iter().map(asked_as).collect(),
            failures: case.host,
        };
        (problems.len() == before).then(|| Case {
            name: case.name,
            line: self.source.position(case.span.start).line,
            expectation: case.expectation,
            request,
            occurrences,
            time: case.time,
            host: Arc::new(host),
        })
    }
}

impl Stored {
    fn add(
        &mut self,
        made: Made,
        source: Source,
        format: Format,
        settings: &Value,
    ) -> Result<(), String> {
        let name = made.digest.replace(':', "-");
        match source {
            Source::Settings => self.occurrences.push(made.document),
            Source::PodAnnotation => self
                .envelopes
                .push(STANDARD.encode(made.document.to_string())),
            Source::Kubernetes => {
                let namespace = namespace(settings, made.note.as_deref())?;
                let list = self.resources.entry((namespace, name)).or_default();
                list.push(made.document);
            }
            Source::Registry => {
                let (artifacts, suffix) = if format == Format::Cosign {
                    (&mut self.signatures, "sig")
                } else {
                    (&mut self.artifacts, "countersign")
                };
                let reference = format!("{}:{name}.{suffix}", made.repository);
                artifacts.entry(reference).or_default().push(made.document);
            }
            Source::Referrers => {
                let reference = format!("{}@{}", made.repository, made.digest);
                let bundles = self.bundles.entry(reference).or_default();
                bundles.push(made.document.to_string());
            }
        }
        Ok(())
    }

    /// Returns the evidence for the settings, the cluster and the registry.
    fn place(self) -> (Vec<Value>, Cluster, BTreeMap<String, Value>) {
        let resources = self.resources.into_iter();
        let resources = resources.map(|((namespace, name), attestations)| {
            json!({
                "apiVersion": "countersign.dev/v1", "kind": "Attestation",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {"attestations": attestations},
            })
        });
        let cluster = resources.filter_map(|resource| match resource {
            Value::Object(fields) => Some(fields),
            _ => None,
        });
        let cluster = Cluster::of(cluster);
        let artifacts = self.artifacts.into_iter().map(|(reference, documents)| {
            let annotations = (0_usize..).zip(documents).map(|(index, document)| {
                let key = format!("attestation.countersign.dev/{index}");
                (key, Value::from(document.to_string()))
            });
            let annotations: Map<_, _> = annotations.collect();
            let manifest = json!({"schemaVersion": 2, "layers": [], "annotations": annotations});
            (reference, manifest)
        });
        let signatures = self
            .signatures
            .into_iter()
            .map(|(reference, layers)| (reference, json!({"schemaVersion": 2, "layers": layers})));
        (
            self.occurrences,
            cluster,
            artifacts.chain(signatures).collect(),
        )
    }
}

/// A tag by the reference for which the host is asked, whose short name is completed.
fn asked_as((reference, digest): (String, String)) -> (String, String) {
    let parsed = ImageReference::parse(&reference).ok();
    let asked = parsed.and_then(|image| {
        let tag = image.tag?;
        Some(format!("{}:{tag}", image.normalized_repository()))
    });
    (asked.unwrap_or(reference), digest)
}

/// The namespace in which attestations of a note are looked up.
fn namespace(settings: &Value, note: Option<&str>) -> Result<String, String> {
    let note =
        note.ok_or("its signer stands for no attestor, so set `note`, whose namespace stores it")?;
    let notes = settings.pointer("/evidence/kubernetes/notes");
    let namespace = notes.and_then(|notes| notes.get(note)?.as_str());
    namespace.map(str::to_owned).ok_or_else(|| {
        format!("`evidence.kubernetes.notes` of the settings has no namespace for `{note}`")
    })
}
