//! Builder and source of a build, from provenance and the certificate under which it was signed.
//!
//! The job that is built writes its provenance, but Fulcio copies the claims of a certificate from the token that the
//! platform signed. So the certificate counts, and provenance that contradicts it does not.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::attestation::statement::Provenance;
use crate::decision::Code;
use crate::pattern::BuilderId;
use crate::sigstore::Signatory;

/// What the rules of a check compare
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
        let builder = if covers(own, id) {
            Builder::Id(id)
        } else if signatory.claim("buildSignerURI") == Some(id) {
            Builder::Authenticator(own)
        } else {
            return Err(other_builder(id, "identity", own));
        };
        // A workflow on a runner of its owner has the same subject and the same `buildSignerURI`.
        let environment = signatory.claim("runnerEnvironment");
        if covers(own, GITHUB_HOSTED) && environment != Some("github-hosted") {
            return Err(other_runner(environment));
        }
        let own_repository = provenance.config_repository.as_deref();
        let repository = signatory.claim("sourceRepositoryURI");
        agree(
            "repository",
            own_repository,
            repository,
            |own, certified| own == certified || address(own) == certified,
        )?;
        let path = signatory
            .claim("buildConfigURI")
            .zip(repository)
            .and_then(|(config, repository)| path_in(config, repository));
        let own_path = provenance.config_path.as_deref();
        let equal = |own: &str, certified: &str| own == certified;
        if provenance.is_of_workflow() {
            agree("configuration", own_path, path, equal)?;
        }
        let own_ref = provenance.workflow_ref();
        let certified_ref = signatory.claim("sourceRepositoryRef");
        agree("ref", own_ref.as_deref(), certified_ref, equal)?;
        for (uri, commit) in provenance.commits() {
            if repository.is_some_and(|repository| address(&uri) == repository) {
                let certified = signatory.claim("sourceRepositoryDigest");
                agree("commit", Some(&commit), certified, equal)?;
            }
        }
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

/// Returns the path of a workflow in its repository, from `REPOSITORY/PATH@REF`.
fn path_in<'u>(uri: &'u str, repository: &str) -> Option<&'u str> {
    let path = uri.strip_prefix(repository)?.strip_prefix('/')?;
    let (path, _) = path.split_once('@').unwrap_or((path, ""));
    Some(path)
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
