//! Builder and source of a build, from provenance and the certificate under which it was signed.
//!
//! The job that is built writes its provenance, but Fulcio copies the claims of a certificate from the token that the
//! platform signed. So the certificate counts, and provenance that contradicts it does not.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::attestation::statement::Provenance;
use crate::decision::Code;
use crate::pattern::BuilderId;
use crate::sigstore::Signatory;

/// Builder and source of an image, which the rules of a check compare
#[derive(Debug)]
pub(super) struct Source<'s> {
    /// The builder, by its own id or by the `builderId` of its authenticator
    pub(super) builder: Builder<'s>,
    pub(super) repository: Option<Cow<'s, str>>,
    /// Path of the configuration in the repository
    pub(super) path: Option<Cow<'s, str>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Builder<'s> {
    /// `builder.id` of the provenance
    Id(&'s str),
    /// `builderId` of the authenticator, whose identity the certificate shows
    Authenticator(&'s str),
}

type Problem = (Code, String);

/// The builder that stands for all runners of GitHub. Older clients write it as the builder of any workflow.
const GITHUB_HOSTED: &str = "https://github.com/actions/runner/github-hosted";

impl<'s> Source<'s> {
    /// Reads provenance in the settings, or that a key has signed; a key is trusted for one builder only.
    ///
    /// # Errors
    ///
    /// The provenance names another builder.
    pub(super) fn of_key(
        provenance: &'s Provenance<'_>,
        own: Option<&str>,
    ) -> Result<Self, Problem> {
        let id = &*provenance.builder_id;
        if let Some(own) = own.filter(|own| !covers(own, id)) {
            return Err(other_builder(id, "key", own));
        }
        Ok(Self {
            builder: Builder::Id(id),
            repository: provenance.config_repository.as_deref().map(Cow::Borrowed),
            path: provenance.config_path.as_deref().map(Cow::Borrowed),
        })
    }

    /// Reads provenance that an identity has signed, which is trusted for one builder only.
    ///
    /// # Errors
    ///
    /// The provenance names another builder, or contradicts the certificate.
    pub(super) fn of_identity(
        provenance: &'s Provenance<'_>,
        own: &'s str,
        signatory: &'s Signatory,
    ) -> Result<Self, Problem> {
        let id = &*provenance.builder_id;
        let workflow = signatory.claim("buildSignerURI");
        let builder = if covers(own, id) {
            Builder::Id(id)
        } else if workflow == Some(id) {
            Builder::Authenticator(own)
        } else {
            return Err(other_builder(id, "identity", own));
        };
        let equal = |own: &str, certified: &str| own == certified;
        if is_workflow(id) {
            agree("builder", Some(id), workflow, equal)?;
        }
        // A workflow on a runner of its owner has the same subject and the same `buildSignerURI`.
        let environment = signatory.claim("runnerEnvironment");
        if covers(own, GITHUB_HOSTED) && environment != Some("github-hosted") {
            return Err(other_runner(environment));
        }
        let repository = signatory.claim("sourceRepositoryURI");
        let named = provenance.workflow_repository();
        agree(
            "repository",
            named.as_deref(),
            repository,
            |own, certified| own == certified || address(own) == certified,
        )?;
        let path = match signatory.claim("buildConfigURI") {
            Some(config) => Some(path_in(config, repository)?),
            None => None,
        };
        agree(
            "configuration",
            provenance.workflow_path().as_deref(),
            path,
            equal,
        )?;
        let certified = signatory.claim("sourceRepositoryRef");
        let own_refs = [
            provenance.workflow_ref(),
            named.as_deref().and_then(ref_in).map(Cow::Borrowed),
        ];
        for own_ref in own_refs.into_iter().flatten() {
            agree("ref", Some(&own_ref), certified, equal)?;
        }
        let certified = signatory.claim("sourceRepositoryDigest");
        for commit in source_commits(provenance, repository.or(named.as_deref())) {
            agree("commit", Some(&commit), certified, equal)?;
        }
        let own_repository = provenance.config_repository.as_deref();
        let own_path = provenance.config_path.as_deref();
        Ok(Self {
            builder,
            repository: repository.or(own_repository).map(Cow::Borrowed),
            path: path.or(own_path).map(Cow::Borrowed),
        })
    }
}

fn covers(own: &str, id: &str) -> bool {
    BuilderId::parse(own).is_ok_and(|own| own.matches(id))
}

/// Checks that both say the same, if both say it.
fn agree(
    what: &str,
    own: Option<&str>,
    certified: Option<&str>,
    is_equal: impl Fn(&str, &str) -> bool,
) -> Result<(), Problem> {
    match own.zip(certified) {
        Some((own, certified)) if !is_equal(own, certified) => {
            Err(contradiction(what, own, certified))
        }
        _ => Ok(()),
    }
}

/// Returns the address of a repository without the name of the protocol and the ref.
fn address(uri: &str) -> &str {
    let uri = uri.strip_prefix("git+").unwrap_or(uri);
    let (address, _) = uri.split_once("@refs/").unwrap_or((uri, ""));
    address
}

/// Returns the ref in the address of a repository.
fn ref_in(uri: &str) -> Option<&str> {
    let (address, _) = uri.split_once("@refs/")?;
    uri.strip_prefix(address)?.strip_prefix('@')
}

/// Whether the id of a builder is the address of a workflow of GitHub, as the certificate has it.
fn is_workflow(id: &str) -> bool {
    id.contains("/.github/workflows/")
}

/// Returns the path of a workflow in its repository, from `REPOSITORY/PATH@REF`.
///
/// # Errors
///
/// The workflow is not in the repository, so its path is unknown.
fn path_in<'u>(uri: &'u str, repository: Option<&str>) -> Result<&'u str, Problem> {
    let path = repository.and_then(|repository| uri.strip_prefix(repository)?.strip_prefix('/'));
    let path = path.and_then(|path| path.split('@').next());
    path.filter(|path| !path.is_empty()).ok_or_else(|| {
        let message = alloc::format!(
            "The certificate's `buildConfigURI` {} is not in its `sourceRepositoryURI` {}",
            crate::quote(uri),
            repository.map_or_else(|| "(none)".into(), crate::quote)
        );
        (Code::ProvenanceContradictsCertificate, message)
    })
}

/// Returns the Git commits that provenance names for its source. If the source is unknown, any input may be it; and
/// if no input of a workflow is the source, one has an unknown address of it.
fn source_commits<'p>(provenance: &Provenance<'p>, source: Option<&str>) -> Vec<Cow<'p, str>> {
    let all = provenance.commits();
    let is_source = |uri: &str| source.is_none_or(|source| is_same_place(uri, source));
    let is_named = all.iter().any(|(uri, _)| is_source(uri));
    let is_any = !is_named && provenance.is_of_workflow();
    let inputs = all.into_iter().filter(|(uri, _)| is_any || is_source(uri));
    let mut commits = provenance.config_commits();
    commits.extend(inputs.map(|(_, commit)| commit));
    commits
}

/// Whether two addresses name one repository, in whatever notation.
fn is_same_place(one: &str, other: &str) -> bool {
    place(one).eq_ignore_ascii_case(place(other))
}

/// Returns host and path of a repository, without protocol, user, revision, `.git` and slashes at the end.
fn place(uri: &str) -> &str {
    let (_, uri) = uri.split_once("://").unwrap_or(("", uri));
    let user = uri.split_once('@').filter(|(user, _)| !user.contains('/'));
    let (_, uri) = user.unwrap_or(("", uri));
    let uri = uri.split(['@', '#', '?']).next().unwrap_or(uri);
    let uri = uri.trim_end_matches('/');
    let uri = uri.strip_suffix(".git").unwrap_or(uri);
    uri.trim_end_matches('/')
}

fn other_builder(id: &str, signer: &str, own: &str) -> Problem {
    let message = alloc::format!(
        "Provenance names builder {}, but is signed by {} {signer} of builder {}",
        crate::quote(id),
        if signer == "key" { "a" } else { "an" },
        crate::quote(own)
    );
    (Code::ProvenanceBuilderNotTrusted, message)
}

fn other_runner(environment: Option<&str>) -> Problem {
    let found = environment.map_or_else(|| "none".into(), crate::quote);
    let message = alloc::format!(
        "Builder {} is a runner of GitHub, and the certificate's `runnerEnvironment` is {found}",
        crate::quote(GITHUB_HOSTED)
    );
    (Code::ProvenanceContradictsCertificate, message)
}

fn contradiction(what: &str, own: &str, certified: &str) -> Problem {
    let message = alloc::format!(
        "Provenance names {what} {}, and the certificate {}",
        crate::quote(own),
        crate::quote(certified)
    );
    (Code::ProvenanceContradictsCertificate, message)
}
