//! A policy to begin with: settings, a suite that tests all of them, and the checks for every change.
//!
//! | to read about | go to |
//! | --- | --- |
//! | what may be listed as a registry | `scaffold/registry.rs` |
//! | attestors, and their keys | `scaffold/attestor.rs` |
//! | attestors that sign keyless | `scaffold/identity.rs` |
//! | the settings | `scaffold/policy.rs` |
//! | the suite | `scaffold/suite.rs` |

mod attestor;
mod identity;
mod policy;
mod registry;
mod suite;

use anyhow::{Result, bail};
use policy_lint::{Config, Diagnostic, SourceFile};
use policy_wasm::Budget;
use serde_json::Value;

use crate::{inputs, repository};

pub(crate) use attestor::{Attestor, AttestorArg};
pub(crate) use identity::{IdentityArg, TrustedRoot};
pub(crate) use registry::Registry;

/// Parameters of the scaffold policy
#[derive(Debug)]
pub(crate) struct Scaffold {
    pub(crate) shape: Shape,
    /// Namespaces in which it is enforced; all if empty
    pub(crate) namespaces: Vec<String>,
}

/// The requirement on admitted images
#[derive(Debug)]
pub(crate) enum Shape {
    /// The image comes from one of these registries
    Allowlist(Vec<Registry>),
    /// All of these have signed it
    Attested(Vec<Attestor>),
    /// It comes from one of these registries, and all of these have signed it
    Both(Vec<Registry>, Vec<Attestor>),
}

/// A file of the scaffold
#[derive(Debug)]
pub(crate) struct ScaffoldFile {
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

/// The checks for every change, as GitHub runs them
pub(crate) const WORKFLOW: &str = ".github/workflows/countersign.yaml";
/// The settings
pub(crate) const POLICY: &str = "policy.yaml";
/// The suite
pub(crate) const SUITE: &str = "tests.yaml";

/// The action of this version, as a workflow names it. Only a released program knows the commit that it was made from.
fn action() -> String {
    let (url, version) = (env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    let name = repository::name();
    match option_env!("COUNTERSIGN_COMMIT") {
        Some(commit) => format!("{name}@{commit} # v{version}"),
        None => format!(
            "{name}@v{version} # pin the commit that `git ls-remote {url} v{version}` prints"
        ),
    }
}

impl Scaffold {
    /// All files.
    ///
    /// # Errors
    ///
    /// Together, what was asked for makes no valid policy.
    pub(crate) fn files(&self) -> Result<Vec<ScaffoldFile>> {
        self.check_names()?;
        let policy = chosen(&self.policy())?;
        check(&policy)?;
        let workflow = include_str!("../scaffold/countersign.yaml").replace("ACTION", &action());
        let files = [
            (
                POLICY,
                repository::schema_line("policy-lint/schemas/settings.json") + &policy,
            ),
            (
                SUITE,
                repository::schema_line("host-runner/schemas/suite.json") + &self.suite(),
            ),
            (WORKFLOW, workflow),
        ];
        let files = files.map(|(path, text)| ScaffoldFile { path, text });
        Ok(files.into())
    }

    /// Attestors are told apart by the last part of their names, in the cluster and in the suite.
    fn check_names(&self) -> Result<()> {
        let attestors = self.shape.attestors().iter();
        let mut ids: Vec<_> = attestors.map(|one| one.id.as_str()).collect();
        ids.sort_unstable();
        if let Some([id, _]) = ids.array_windows().find(|[a, b]| a == b) {
            bail!("two attestors are called `{id}`; give each its own name");
        }
        Ok(())
    }

    /// The rules of the policy, by where they apply; the last one applies everywhere else.
    fn places(&self) -> Vec<Place> {
        if self.namespaces.is_empty() {
            return vec![Place {
                namespace: "default".to_owned(),
                is_enforced: true,
            }];
        }
        let enforced = self.namespaces.iter().map(|namespace| Place {
            namespace: namespace.clone(),
            is_enforced: true,
        });
        let mut elsewhere = "elsewhere".to_owned();
        while self.namespaces.contains(&elsewhere) {
            elsewhere.push_str("-else");
        }
        let rest = Place {
            namespace: elsewhere,
            is_enforced: false,
        };
        enforced.chain([rest]).collect()
    }
}

impl Shape {
    /// The attestors that must have signed an image.
    fn attestors(&self) -> &[Attestor] {
        match self {
            Self::Allowlist(_) => &[],
            Self::Attested(attestors) | Self::Both(_, attestors) => attestors,
        }
    }

    /// The registries of which one must have the image, signed or not. An allowlist is no such demand: it exempts.
    fn demanded(&self) -> &[Registry] {
        match self {
            Self::Allowlist(_) | Self::Attested(_) => &[],
            Self::Both(registries, _) => registries,
        }
    }

    /// The places whose images are exempt, Kubernetes' among them.
    fn exempt(&self) -> Vec<Registry> {
        let registries = match self {
            Self::Allowlist(registries) => registries.as_slice(),
            Self::Attested(_) | Self::Both(..) => &[],
        };
        let spelled = registries.iter().flat_map(Registry::spellings);
        let mut exempt: Vec<Registry> = Vec::new();
        for registry in spelled.chain([Registry::of_kubernetes()]) {
            if exempt.iter().all(|one| one.pattern != registry.pattern) {
                exempt.push(registry);
            }
        }
        exempt
    }
}

/// A namespace, as an example of where a rule applies
#[derive(Debug)]
struct Place {
    namespace: String,
    is_enforced: bool,
}

/// Adds comments to the patterns that are as wide or as narrow as they were chosen, so that `lint` accepts them.
///
/// # Errors
///
/// A pattern exempts images that anyone can push, or no certificate has the subject of an identity.
fn chosen(policy: &str) -> Result<String> {
    let source = SourceFile::new(POLICY, policy);
    let report = policy_lint::lint(core::slice::from_ref(&source), &Config::default());
    let mut lines: Vec<_> = policy.lines().map(str::to_owned).collect();
    // From the end, so that the numbers of the lines before stay.
    for diagnostic in report.diagnostics.iter().rev() {
        let reason = match diagnostic.code.as_str() {
            "lint-identity-never-matches" => {
                let help = diagnostic.help.as_deref().unwrap_or_default();
                bail!("{}; {help}", diagnostic.message);
            }
            "lint-docker-hub-short-name" => SPELLED_IN_FULL,
            "lint-pattern-too-broad" if is_public(diagnostic) => {
                let help = diagnostic.help.as_deref().unwrap_or_default();
                bail!("{}, to which anyone can push; {help}", diagnostic.message);
            }
            "lint-pattern-too-broad" => "everything in this registry is exempt",
            _ => continue,
        };
        let line = source
            .position(diagnostic.span().start)
            .line
            .saturating_sub(1);
        let Some(pattern) = lines.get(line) else {
            continue;
        };
        let indentation = " ".repeat(pattern.len().saturating_sub(pattern.trim_start().len()));
        let code = &diagnostic.code;
        lines.insert(
            line,
            format!("{indentation}# countersign-ignore {code}: {reason}"),
        );
    }
    Ok(lines.join("\n") + "\n")
}

const SPELLED_IN_FULL: &str = "Pods spell the images in full, with registry and `library`";

fn is_public(diagnostic: &Diagnostic) -> bool {
    let mut labels = diagnostic.labels.iter();
    labels.any(|label| label.text == "anyone can push there")
}

fn check(policy: &str) -> Result<()> {
    let documents = inputs::parse(policy)?;
    let settings = documents.first().map(Value::to_string).unwrap_or_default();
    let problems = policy_wasm::validate_settings(settings.as_bytes(), &Budget::DEFAULT);
    if problems.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    bail!("the policy would be invalid: {}", texts.join("; "))
}

#[cfg(test)]
mod tests;
