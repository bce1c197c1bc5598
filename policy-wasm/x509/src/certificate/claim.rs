//! Claims of a signing certificate about the build that it was issued to.

/// Claims of a certificate, by their names in settings (Fulcio, docs/oid-info.md)
///
/// Each is an extension `1.3.6.1.4.1.57264.1.N` with a `UTF8String`, N from 9 to 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Claim {
    BuildSignerUri,
    BuildSignerDigest,
    RunnerEnvironment,
    SourceRepositoryUri,
    SourceRepositoryDigest,
    SourceRepositoryRef,
    SourceRepositoryIdentifier,
    SourceRepositoryOwnerUri,
    SourceRepositoryOwnerIdentifier,
    BuildConfigUri,
    BuildConfigDigest,
    BuildTrigger,
    RunInvocationUri,
    SourceRepositoryVisibilityAtSigning,
    DeploymentEnvironment,
    TokenSubject,
}

impl Claim {
    /// Every claim with the last arc of its identifier and its name.
    pub const ALL: &[(u8, &str, Self)] = &[
        (9, "buildSignerURI", Self::BuildSignerUri),
        (10, "buildSignerDigest", Self::BuildSignerDigest),
        (11, "runnerEnvironment", Self::RunnerEnvironment),
        (12, "sourceRepositoryURI", Self::SourceRepositoryUri),
        (13, "sourceRepositoryDigest", Self::SourceRepositoryDigest),
        (14, "sourceRepositoryRef", Self::SourceRepositoryRef),
        (
            15,
            "sourceRepositoryIdentifier",
            Self::SourceRepositoryIdentifier,
        ),
        (
            16,
            "sourceRepositoryOwnerURI",
            Self::SourceRepositoryOwnerUri,
        ),
        (
            17,
            "sourceRepositoryOwnerIdentifier",
            Self::SourceRepositoryOwnerIdentifier,
        ),
        (18, "buildConfigURI", Self::BuildConfigUri),
        (19, "buildConfigDigest", Self::BuildConfigDigest),
        (20, "buildTrigger", Self::BuildTrigger),
        (21, "runInvocationURI", Self::RunInvocationUri),
        (
            22,
            "sourceRepositoryVisibilityAtSigning",
            Self::SourceRepositoryVisibilityAtSigning,
        ),
        (23, "deploymentEnvironment", Self::DeploymentEnvironment),
        (24, "tokenSubject", Self::TokenSubject),
    ];

    /// The claim of a name.
    #[must_use]
    #[inline(never)]
    pub fn by_name(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == name);
        found.map(|(_, _, claim)| *claim)
    }

    /// The name in settings.
    #[must_use]
    #[inline(never)]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, _, known)| *known == self);
        found.map_or("", |(_, name, _)| name)
    }
}
