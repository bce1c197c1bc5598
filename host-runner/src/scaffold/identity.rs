//! Attestors that sign keyless, from what was typed: a name, and the subject of certificates.

use anyhow::{Result, bail};
use serde_json::Value;

use super::attestor::{Attestor, Key, attestor_name};
use crate::attest::attestor::AttestorName;
use crate::suite::covered;
use crate::yaml;

/// `NAME=SUBJECT`
#[derive(Debug, Clone)]
pub(crate) struct IdentityArg {
    name: AttestorName,
    subject: String,
}

/// The trusted root of an identity
#[derive(Debug, Clone)]
pub(crate) struct TrustedRoot {
    pub(crate) name: String,
    /// The document with its thresholds, as `sigstore.trustedRoots` has it
    pub(crate) settings: Value,
}

/// An identity that signs
#[derive(Debug)]
pub(crate) struct Identity {
    /// A pattern if it has a `*`
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) root: TrustedRoot,
}

/// The issuer of the tokens of GitHub's workflows
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// The path of workflows in a repository at GitHub
const WORKFLOWS: &str = "/.github/workflows/";

impl IdentityArg {
    /// Reads `NAME=SUBJECT`, where the name is `projects/P/attestors/A` or `A`.
    ///
    /// # Errors
    ///
    /// Not of that form.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, subject) = text
            .split_once('=')
            .filter(|(_, subject)| !subject.is_empty())
            .ok_or(
                "expected NAME=SUBJECT, as in \
                 release=https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*",
            )?;
        Ok(Self {
            name: attestor_name(name)?,
            subject: subject.to_owned(),
        })
    }

    /// Returns the attestor for which the identity signs.
    ///
    /// # Errors
    ///
    /// No issuer is given, and the subject shows none.
    pub(crate) fn under(&self, issuer: Option<&str>, root: &TrustedRoot) -> Result<Attestor> {
        let Some(issuer) = issuer.map(str::to_owned).or_else(|| self.issuer()) else {
            bail!(
                "`{}` is no subject of GitHub or GitLab; give the issuer of its tokens with --issuer",
                self.subject
            );
        };
        let identity = Identity {
            subject: self.subject.clone(),
            issuer,
            root: root.clone(),
        };
        Ok(Attestor::new(&self.name, Key::Identity(identity)))
    }

    /// The issuer of the host that the subject names.
    fn issuer(&self) -> Option<String> {
        let (host, _) = self.subject.strip_prefix("https://")?.split_once('/')?;
        match host {
            "github.com" => Some(GITHUB.to_owned()),
            "gitlab.com" => Some("https://gitlab.com".to_owned()),
            host if host.ends_with(".ghe.com") => Some(format!("https://token.actions.{host}")),
            _ => None,
        }
    }
}

impl Identity {
    /// The field of its subject.
    pub(super) fn field(&self) -> &'static str {
        if self.subject.contains('*') {
            "subjectPattern"
        } else {
            "subject"
        }
    }

    /// The claims that it requires, with their values.
    pub(super) fn claims(&self) -> Vec<(&'static str, &str)> {
        let Some((repository, _)) = self.subject.split_once(WORKFLOWS) else {
            return Vec::new();
        };
        let repository = (!repository.contains('*')).then_some(("sourceRepositoryURI", repository));
        // A GitHub Enterprise Server has no runners of GitHub.
        let is_server = self.issuer.ends_with("/_services/token");
        let runner = (!is_server).then_some(("runnerEnvironment", "github-hosted"));
        repository.into_iter().chain(runner).collect()
    }

    /// The owner of its repository, if it is a workflow.
    pub(super) fn owner(&self) -> Option<&str> {
        let (repository, _) = self.subject.split_once(WORKFLOWS)?;
        repository.split('/').nth(3)
    }

    /// Its entry under `sigstore.identities`.
    pub(super) fn entry(&self) -> String {
        let (field, subject) = (self.field(), yaml::scalar(&self.subject));
        let (root, issuer) = (yaml::scalar(&self.root.name), yaml::scalar(&self.issuer));
        let mut text = format!(
            "      - trustedRoot: {root}\n        issuer: {issuer}\n        {field}: {subject}\n"
        );
        let claims = self.claims();
        if !claims.is_empty() {
            text.push_str("        claims:\n");
        }
        for (claim, value) in claims {
            text.push_str(&format!("          {claim}: {}\n", yaml::scalar(value)));
        }
        if let Some(owner) = self.owner() {
            text.push_str(&format!(
                "          # Add the owner's number, because a name can be taken again: `gh api users/{owner} --jq .id`\n          \
                 # sourceRepositoryOwnerIdentifier: \"NUMBER\"\n"
            ));
        }
        text
    }

    /// Its fields as a signer of suites.
    pub(super) fn signer(&self) -> String {
        let subject = yaml::scalar(&covered(&self.subject));
        let (root, issuer) = (yaml::scalar(&self.root.name), yaml::scalar(&self.issuer));
        let claims = self.claims().into_iter();
        let claims = claims.map(|(claim, value)| format!("{claim}: {}", yaml::scalar(value)));
        let claims: Vec<_> = claims.collect();
        let claims = match claims.as_slice() {
            [] => String::new(),
            claims => format!("    claims: {{{}}}\n", claims.join(", ")),
        };
        format!("    subject: {subject}\n    issuer: {issuer}\n{claims}    trustedRoot: {root}\n")
    }

    /// Whether its trusted root requires logs or timestamps of this kind.
    pub(super) fn requires(&self, threshold: &str) -> bool {
        let number = self.root.settings.get(threshold).and_then(Value::as_u64);
        number.is_some_and(|number| number > 0)
    }
}
