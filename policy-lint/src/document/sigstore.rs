//! `sigstore` of the settings: trusted roots, identities, and the signers that they stand for.

mod mistake;

use policy_wasm::sigstore::{SubjectPattern, TrustedRoot};

use super::Settings;
use super::workflow_name::{GITHUB_HOST, filled};
use crate::source::{Entry, Node, Span};

/// One entry of `sigstore.trustedRoots`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root<'n>(&'n Entry);

/// One entry of `sigstore.identities`
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdentitySet<'n>(&'n Entry);

/// One item of a set
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'n>(&'n Node);

/// `subject` or `subjectPattern`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'n> {
    /// The text
    pub(crate) text: &'n str,
    /// Place of the text
    pub(crate) span: Span,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Exact,
    Pattern,
}

/// The parts of a subject that names a workflow, as GitHub's and GitLab's do. Each may have wildcards
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workflow<'n> {
    /// The first segment of the path
    pub(crate) owner: &'n str,
    /// The second segment of the path
    pub(crate) repository: &'n str,
    /// The last segment of the path
    pub(crate) file: &'n str,
    /// Scheme, host and owner
    base: &'n str,
}

/// The name of a set where a signer uses it
#[derive(Debug, Clone, Copy)]
pub(crate) struct SetUse<'n> {
    /// The attestor for which the set may sign; none for authorities and authenticators
    pub(crate) attestor: Option<&'n str>,
    /// Name of the set
    pub(crate) name: &'n str,
    /// Place of the name
    pub(crate) span: Span,
}

/// The issuer of the workflows at github.com; an enterprise may have an issuer of its own below it
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// Domain of enterprises that GitHub hosts apart, each at a host of its own
///
/// Source: [GitHub Enterprise Cloud with data residency](https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/feature-overview-for-github-enterprise-cloud-with-data-residency).
const ENTERPRISES: &str = ".ghe.com";

/// Path of the issuer of a GitHub Enterprise Server
///
/// Source: the claim `iss` of [its tokens](https://docs.github.com/en/enterprise-server@latest/actions/reference/security/oidc).
const SERVER: &str = "/_services/token";

impl<'n> Settings<'n> {
    /// The trusted roots.
    #[must_use]
    pub(crate) fn roots(&self) -> Vec<Root<'n>> {
        self.named("trustedRoots").iter().map(Root).collect()
    }

    /// The sets of identities.
    #[must_use]
    pub(crate) fn identity_sets(&self) -> Vec<IdentitySet<'n>> {
        self.named("identities").iter().map(IdentitySet).collect()
    }

    /// The identities of all sets.
    #[must_use]
    pub(crate) fn identities(&self) -> Vec<Identity<'n>> {
        let sets = self.identity_sets();
        sets.iter().flat_map(IdentitySet::identities).collect()
    }

    /// The names of sets in the lists of attestors, authorities and authenticators.
    #[must_use]
    pub(crate) fn set_uses(&self) -> Vec<SetUse<'n>> {
        let mut uses = Vec::new();
        for entry in self.named("attestors") {
            push_uses(Some(&entry.key), &entry.value, &mut uses);
        }
        for entry in self.named("authorities") {
            push_uses(None, &entry.value, &mut uses);
        }
        let authenticators = self.setting(&["evidence", "authenticators"]);
        for purpose in authenticators.map(Node::entries).unwrap_or_default() {
            for authenticator in purpose.value.items() {
                if let Some(list) = authenticator.get("identities") {
                    push_uses(None, list, &mut uses);
                }
            }
        }
        uses
    }

    /// Whether identities may sign for an attestor.
    #[must_use]
    pub(crate) fn has_identities(&self, attestor: &str) -> bool {
        self.named("attestors")
            .iter()
            .any(|one| one.key == attestor)
    }

    /// Whether identities may sign for an authority of a `sigstoreSignatureCheck`.
    #[must_use]
    pub(crate) fn has_authority(&self, display_name: &str) -> bool {
        let mut authorities = self.named("authorities").iter();
        authorities.any(|one| one.key == display_name)
    }

    /// The entries of one map of `sigstore`.
    fn named(&self, key: &str) -> &'n [Entry] {
        let map = self.setting(&["sigstore", key]);
        map.map(Node::entries).unwrap_or_default()
    }
}

fn push_uses<'n>(attestor: Option<&'n str>, list: &'n Node, uses: &mut Vec<SetUse<'n>>) {
    let named = list.items().iter().filter_map(|item| {
        Some(SetUse {
            attestor,
            name: item.text()?,
            span: item.span,
        })
    });
    uses.extend(named);
}

/// A requirement of a trusted root on logs
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogRequirement {
    /// Its field
    pub(crate) key: &'static str,
    /// The logs, for messages
    pub(crate) logs: &'static str,
    /// The evidence of one such log, for messages
    pub(crate) evidence: &'static str,
    /// Returns the number of operators of such logs in a document
    pub(crate) operators: fn(&TrustedRoot) -> usize,
}

/// Every requirement of a trusted root on logs
const LOG_REQUIREMENTS: [LogRequirement; 2] = [
    LogRequirement {
        key: "transparencyLogs",
        logs: "transparency logs",
        evidence: "entry of a transparency log",
        operators: TrustedRoot::transparency_logs,
    },
    LogRequirement {
        key: "ctLogs",
        logs: "CT logs",
        evidence: "promise of a CT log",
        operators: TrustedRoot::ct_logs,
    },
];

impl<'n> Root<'n> {
    /// Its name.
    #[must_use]
    pub(crate) fn name(&self) -> &'n str {
        &self.0.key
    }

    /// Place of the name.
    #[must_use]
    pub(crate) const fn span(&self) -> Span {
        self.0.key_span
    }

    /// A requirement, such as `ctLogs`.
    #[must_use]
    pub(crate) fn requirement(&self, key: &str) -> Option<&'n Node> {
        self.0.value.get(key)
    }

    /// A requirement that is a number, with its place.
    #[must_use]
    pub(crate) fn threshold(&self, key: &str) -> Option<(u64, Span)> {
        let value = self.requirement(key)?;
        Some((value.number()?, value.span))
    }

    /// `trusted_root.json`.
    #[must_use]
    pub(crate) fn document(&self) -> Option<&'n Node> {
        self.0.value.get("document")
    }

    /// Requirements on logs whose threshold `is_notable`, each with the threshold, its place, and the number of
    /// operators in the document; empty if the document is not valid, which is parsed only if there are any.
    pub(crate) fn log_requirements(
        &self,
        is_notable: impl Fn(u64) -> bool,
    ) -> Vec<(LogRequirement, u64, Span, usize)> {
        let notable = LOG_REQUIREMENTS.into_iter().filter_map(|requirement| {
            let (threshold, span) = self.threshold(requirement.key)?;
            is_notable(threshold).then_some((requirement, threshold, span))
        });
        let notable: Vec<_> = notable.collect();
        let document = (!notable.is_empty()).then(|| self.parse()).flatten();
        let Some(document) = document else {
            return Vec::new();
        };
        notable
            .into_iter()
            .map(|(requirement, threshold, span)| {
                let available = (requirement.operators)(&document);
                (requirement, threshold, span, available)
            })
            .collect()
    }

    /// The parsed document; `None` if it is not valid.
    #[must_use]
    pub(crate) fn parse(&self) -> Option<TrustedRoot> {
        let text = self.document()?.to_json().to_string();
        TrustedRoot::parse(&text).ok()
    }
}

impl<'n> IdentitySet<'n> {
    /// Its name.
    #[must_use]
    pub(crate) fn name(&self) -> &'n str {
        &self.0.key
    }

    /// Place of the name.
    #[must_use]
    pub(crate) const fn span(&self) -> Span {
        self.0.key_span
    }

    /// Its identities.
    pub(crate) fn identities(&self) -> impl Iterator<Item = Identity<'n>> + use<'n> {
        self.0.value.items().iter().map(Identity)
    }
}

impl<'n> Identity<'n> {
    /// The name of its trusted root; empty where it has none.
    #[must_use]
    pub(crate) fn root(&self) -> &'n str {
        self.0.text_of("trustedRoot")
    }

    /// The issuer, with its place.
    #[must_use]
    pub(crate) fn issuer(&self) -> Option<(&'n str, Span)> {
        let issuer = self.0.get("issuer")?;
        Some((issuer.text()?, issuer.span))
    }

    /// The host of the workflows that its certificates are for, if its issuer is one of GitHub's.
    #[must_use]
    pub(crate) fn github(&self) -> Option<&'n str> {
        let issuer = self.0.text_of("issuer");
        let below = issuer.strip_prefix(GITHUB);
        if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Some(GITHUB_HOST);
        }
        let issuer = issuer.strip_prefix("https://")?;
        if let Some(host) = issuer.strip_suffix(SERVER) {
            return (!host.contains('/')).then_some(host);
        }
        let host = issuer.strip_prefix("token.actions.")?.split('/').next()?;
        host.ends_with(ENTERPRISES).then_some(host)
    }

    /// Whether its certificates are for workflows at github.com, where anyone can have an account.
    #[must_use]
    pub(crate) fn is_public_github(&self) -> bool {
        self.github() == Some(GITHUB_HOST)
    }

    /// Whether its certificates are for workflows that may run on machines of GitHub. A GitHub Enterprise Server has
    /// none.
    #[must_use]
    pub(crate) fn has_github_runners(&self) -> bool {
        let host = self.github();
        host.is_some_and(|host| host == GITHUB_HOST || host.ends_with(ENTERPRISES))
    }

    /// The subject; `None` if it is missing or not valid, or if no certificate has it.
    #[must_use]
    pub(crate) fn subject(&self) -> Option<Subject<'n>> {
        let subject = self.written_subject()?;
        self.mistake(&subject).is_none().then_some(subject)
    }

    /// The subject; `None` if it is missing or not valid.
    fn written_subject(&self) -> Option<Subject<'n>> {
        let (node, form) = match self.0.get("subjectPattern") {
            Some(node) => (node, Form::Pattern),
            None => (self.0.get("subject")?, Form::Exact),
        };
        let text = node.text()?;
        if form == Form::Pattern && SubjectPattern::parse(text.into()).is_err() {
            return None;
        }
        Some(Subject {
            text,
            span: node.span,
            form,
        })
    }

    /// The subject and its parts, if it is a workflow.
    #[must_use]
    pub(crate) fn workflow(&self) -> Option<(Subject<'n>, Workflow<'n>)> {
        let subject = self.subject()?;
        Some((subject, subject.workflow()?))
    }

    /// The allowed values of a claim.
    #[must_use]
    pub(crate) fn claim(&self, name: &str) -> Option<&'n Node> {
        self.0.at(&["claims", name])
    }

    /// Whether it requires one of these claims.
    #[must_use]
    pub(crate) fn requires_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.claim(name).is_some())
    }

    /// Whether it accepts a certificate with this claim. It accepts any if it does not require the claim.
    #[must_use]
    pub(crate) fn accepts(&self, claim: &str, value: &str) -> bool {
        let Some(allowed) = self.claim(claim) else {
            return true;
        };
        if let Some(pattern) = allowed.get("pattern").and_then(Node::text) {
            let pattern = if claim.ends_with("Ref") {
                SubjectPattern::parse_ref(pattern.into())
            } else {
                SubjectPattern::parse(pattern.into())
            };
            return pattern.is_ok_and(|pattern| pattern.matches(value));
        }
        let is_same = |node: &Node| node.text() == Some(value);
        is_same(allowed) || allowed.items().iter().any(is_same)
    }

    /// Whether one signer may be both identities. Two trusted roots may have an authority in common.
    #[must_use]
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let (Some(own), Some(others)) = (self.subject(), other.subject()) else {
            return false;
        };
        self.0.text_of("issuer") == other.0.text_of("issuer")
            && (own.covers(&others.sample()) || others.covers(&own.sample()))
            && !self.contradicts(other)
            && !other.contradicts(self)
    }

    /// Whether the other one accepts none of the values that this one lists for a claim.
    fn contradicts(&self, other: &Self) -> bool {
        let claims = self.0.get("claims").map(Node::entries).unwrap_or_default();
        claims.iter().any(|claim| {
            let mut values = texts(&claim.value).peekable();
            values.peek().is_some() && !values.any(|value| other.accepts(&claim.key, value))
        })
    }
}

/// The texts of a claim that lists its values.
fn texts(allowed: &Node) -> impl Iterator<Item = &str> {
    let listed = allowed.items().iter().filter_map(Node::text);
    allowed.text().into_iter().chain(listed)
}

impl<'n> Subject<'n> {
    /// Whether a certificate with this subject is meant.
    #[must_use]
    pub(crate) fn covers(&self, subject: &str) -> bool {
        match self.form {
            Form::Exact => self.text == subject,
            Form::Pattern => {
                let pattern = SubjectPattern::parse(self.text.into());
                pattern.is_ok_and(|pattern| pattern.matches(subject))
            }
        }
    }

    /// Whether a workflow of this Git ref is meant.
    #[must_use]
    pub(crate) fn covers_ref(&self, reference: &str) -> bool {
        let workflow = self.text.split_once('@').map_or("", |(path, _)| path);
        self.covers(&format!("{}@{reference}", filled(workflow)))
    }

    /// The parts of the subject, if it is a workflow.
    fn workflow(&self) -> Option<Workflow<'n>> {
        let (path, _) = self.text.split_once('@')?;
        let (_, rest) = path.split_once("://")?;
        let mut segments = rest.split('/').skip(1);
        let (owner, repository) = (segments.next()?, segments.next()?);
        let host = rest.split('/').next()?;
        let length = path.len().checked_sub(rest.len())?;
        let length = length.checked_add(host.len())?.checked_add(1)?;
        Some(Workflow {
            owner,
            repository,
            file: segments.last()?,
            base: path.get(..length.checked_add(owner.len())?)?,
        })
    }

    /// A subject that is meant.
    fn sample(&self) -> String {
        match self.form {
            Form::Exact => self.text.to_owned(),
            Form::Pattern => filled(self.text),
        }
    }
}

impl Workflow<'_> {
    /// The address of a repository of this owner.
    #[must_use]
    pub(crate) fn repository_of_owner(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }
}
