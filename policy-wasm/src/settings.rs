//! The settings: one document with the policy, attestors, evidence sources and options.
//!
//! `Settings` is parsed in one walk that checks every key; parts that not every request needs are parsed when
//! needed. [`validate_settings`](crate::validate_settings) parses everything and returns all problems.

mod break_glass;
mod denied_digests;
mod registries;
mod sources;
mod workloads;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) use break_glass::BreakGlass;
use registries::Registries;
use sources::Sources;
pub(crate) use workloads::WorkloadKind;

use crate::attestation::{Attestor, DockerReference};
use crate::decision::{Code, Reason};
use crate::image::ImageReference;
use crate::json::{MAX_ENTRIES, Path, Raw, Report, SETTINGS, Value, choice, filled, short_line};
use crate::policy::attestor::AttestorDocument;
use crate::policy::image_policy::{self, ImagePolicy};
use crate::policy::key_windows::KeyWindows;
use crate::policy::platform::{self, Check, PlatformPolicy, SigstoreCheck};
use crate::policy::rule::{EnforcementMode, RuleKind};
use crate::policy::singleton::{Document, Policy};
use crate::sigstore::Sigstore;

/// Settings with a valid shape; unparsed parts ([`attestor::load`](crate::policy::attestor::load),
/// [`Self::each_denied_digest`], [`Sources`]) are checked when they are parsed
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    /// Present unless there is another policy
    pub(crate) policy: Option<Policy<'a>>,
    pub(crate) platform_policies: Vec<PlatformPolicy<'a>>,
    pub(crate) platform_enforcement: EnforcementMode,
    pub(crate) image_policy: Option<ImagePolicy<'a>>,
    pub(crate) system_policy: Option<Policy<'a>>,
    pub(crate) attestors: Vec<AttestorDocument<'a>>,
    pub(crate) evidence: Sources<'a>,
    /// Trusted roots and identities
    pub(crate) sigstore: Option<Sigstore<'a>>,
    /// `keys`
    pub(crate) key_windows: KeyWindows<'a>,
    registries: Registries<'a>,
    denied_digests: Option<Raw<'a>>,
    /// `LOCATION.CLUSTER`
    pub(crate) cluster: Option<Cow<'a, str>>,
    /// Trust domain of the mesh, without `spiffe://`
    pub(crate) mesh_trust_domain: Option<Cow<'a, str>>,
    pub(crate) docker_reference: DockerReference,
    /// Whether tags are resolved and verified digests are written into the object
    pub(crate) resolve_tags: bool,
    /// Whether a mutating policy with these settings has already resolved tags and reported those that it left
    pub(crate) tags_pinned_before: bool,
    pub(crate) index_policy: IndexPolicy,
    pub(crate) singleton_pae: SingletonPae,
    pub(crate) unchanged_images: UnchangedImages,
    pub(crate) pod_templates: PodTemplates,
    pub(crate) break_glass: BreakGlass<'a>,
    pub(crate) workloads: Vec<WorkloadKind<'a>>,
    /// Text at the end of a denial: whom to ask
    pub(crate) contact: Option<Cow<'a, str>>,
}

/// `indexPolicy`: what has to be attested if an image's digest is that of an index
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexPolicy {
    /// The index
    Digest,
    /// Every image that the index lists
    Platforms,
}

/// `singletonPae`, for attestations that do not record the encoding of the signed bytes
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SingletonPae {
    /// The payload bytes
    Off,
    /// The payload bytes or their DSSE encoding
    Try,
}

/// `unchangedImages`, on UPDATE
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnchangedImages {
    Skip,
    Check,
}

/// `podTemplates` of the built-in controllers
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PodTemplates {
    Evaluate,
    Ignore,
}

impl<'a> Settings<'a> {
    /// Parses settings from a JSON text; see [`Self::read`].
    pub(crate) fn parse(raw: Raw<'a>, report: &Report) -> Option<Box<Self>> {
        let mut settings = None;
        raw.read(SETTINGS, Path::Root(""), report, |value| {
            settings = Self::read(value, report);
        });
        settings
    }

    /// Reads settings; `None`, with the problems in `report`, if they cannot be used at all.
    pub(crate) fn read(value: Value<'_, 'a>, report: &Report) -> Option<Box<Self>> {
        let mut fields = Fields::default();
        let value = value.under(SETTINGS, Path::Root(""), report);
        let is_object = value.object_inline(|key, value| fields.read(key, value));
        let has_policy = fields.policy.is_some()
            || !fields.platform_policies.is_empty()
            || fields.image_policy.is_some();
        if is_object && !has_policy {
            let message = "`policy`, `platformPolicies` or `imagePolicy` is required";
            report.push(Code::SettingsMissingField, Path::Root("policy"), message);
        }
        if !is_object {
            return None;
        }
        let settings = Box::new(Self {
            policy: fields.policy,
            platform_policies: fields.platform_policies,
            platform_enforcement: fields
                .platform_enforcement
                .unwrap_or(EnforcementMode::Enforced),
            image_policy: fields.image_policy,
            system_policy: fields.system_policy,
            attestors: fields.attestors,
            evidence: fields.evidence,
            sigstore: fields.sigstore,
            key_windows: fields.key_windows,
            registries: fields.registries,
            denied_digests: fields.denied_digests,
            cluster: fields.cluster,
            mesh_trust_domain: fields.mesh_trust_domain,
            docker_reference: fields.docker_reference.unwrap_or(DockerReference::Ignore),
            resolve_tags: fields.resolve_tags,
            tags_pinned_before: fields.tags_pinned_before,
            index_policy: fields.index_policy.unwrap_or(IndexPolicy::Digest),
            singleton_pae: fields.singleton_pae.unwrap_or(SingletonPae::Off),
            unchanged_images: fields.unchanged_images.unwrap_or(UnchangedImages::Skip),
            pod_templates: fields.pod_templates.unwrap_or(PodTemplates::Evaluate),
            break_glass: fields.break_glass,
            workloads: fields.workloads,
            contact: fields.contact,
        });
        settings.require_context(report);
        settings.require_registries(report);
        settings.refuse_both_roles(report);
        settings.require_signers(report);
        Some(settings)
    }

    /// Checks that `cluster` or `meshTrustDomain` is set if rules depend on it. Otherwise the default rule would
    /// silently apply.
    fn require_context(&self, report: &Report) {
        let rules = self.policy.as_ref().and_then(Policy::rules);
        let kind = rules.map(|rules| rules.kind);
        let missing = match kind {
            Some(RuleKind::Cluster) if self.cluster.is_none() => "cluster",
            Some(RuleKind::MeshIdentity) if self.mesh_trust_domain.is_none() => "meshTrustDomain",
            _ => return,
        };
        let map = kind.map_or("", RuleKind::map_name);
        let message = alloc::format!("`policy.{map}` needs the setting `{missing}`");
        report.push(Code::SettingsContextMissing, Path::Root(missing), message);
    }

    /// Rejects `resolveTags` with `tagsPinnedBefore`: only the first of two policies resolves tags.
    fn refuse_both_roles(&self, report: &Report) {
        if self.resolve_tags && self.tags_pinned_before {
            let message = "cannot be combined with `resolveTags`";
            report.push(
                Code::SettingsInvalidValue,
                Path::Root("tagsPinnedBefore"),
                message,
            );
        }
    }

    /// Checks that `registries` is set if the host contacts registries, because workloads choose the registry.
    fn require_registries(&self, report: &Report) {
        let asker = if self.resolve_tags {
            "resolveTags"
        } else if self.index_policy == IndexPolicy::Platforms {
            "indexPolicy"
        } else if self.evidence.registry {
            "evidence.registry"
        } else if self.evidence.referrers {
            "evidence.referrers"
        } else {
            return;
        };
        if self.registries.is_empty() {
            let message = alloc::format!("`{asker}` needs the setting `registries`");
            report.push(
                Code::SettingsMissingField,
                Path::Root("registries"),
                message,
            );
        }
    }

    /// Checks that every authority of a `sigstoreSignatureCheck` has keys or identities.
    fn require_signers(&self, report: &Report) {
        for check in self.signature_checks() {
            check.require_signers(self.sigstore.as_ref(), report);
        }
    }

    /// Returns every `sigstoreSignatureCheck`.
    fn signature_checks(&self) -> impl Iterator<Item = &SigstoreCheck<'a>> {
        let check_sets = self
            .platform_policies
            .iter()
            .flat_map(|one| &one.check_sets);
        let checks = check_sets.flat_map(|check_set| &check_set.checks);
        checks.filter_map(|check| check.kind.sigstore())
    }

    /// Parses the parts of `sigstore` that no signer needs. `rule_checks` are the checks of `imagePolicy`.
    pub(crate) fn check_sigstore(
        &self,
        attestors: &[Attestor<'_>],
        rule_checks: &[&Check<'a>],
        report: &Report,
    ) {
        if let Some(sigstore) = &self.sigstore {
            let attestors = attestors.iter().map(|attestor| attestor.name.as_ref());
            let attestors: Vec<_> = attestors.collect();
            let of_rules = rule_checks.iter().filter_map(|check| check.kind.sigstore());
            let checks = self.signature_checks().chain(of_rules);
            let authorities: Vec<_> = checks.flat_map(SigstoreCheck::display_names).collect();
            sigstore.check(&attestors, &authorities, report);
        }
    }

    /// Checks that the settings allow lookups in an image's registry.
    ///
    /// # Errors
    ///
    /// `registry-not-allowed`
    pub(crate) fn allows_registry(&self, reference: ImageReference<'_>) -> Result<(), Reason> {
        self.registries.allow(reference.normalized_host())
    }

    /// Returns the hosts in `registries`.
    pub(crate) fn registry_hosts(&self) -> impl Iterator<Item = &str> {
        self.registries.hosts()
    }
}

/// The fields read so far
#[derive(Default)]
struct Fields<'a> {
    policy: Option<Policy<'a>>,
    platform_policies: Vec<PlatformPolicy<'a>>,
    platform_enforcement: Option<EnforcementMode>,
    image_policy: Option<ImagePolicy<'a>>,
    system_policy: Option<Policy<'a>>,
    attestors: Vec<AttestorDocument<'a>>,
    evidence: Sources<'a>,
    sigstore: Option<Sigstore<'a>>,
    key_windows: KeyWindows<'a>,
    registries: Registries<'a>,
    denied_digests: Option<Raw<'a>>,
    cluster: Option<Cow<'a, str>>,
    mesh_trust_domain: Option<Cow<'a, str>>,
    docker_reference: Option<DockerReference>,
    resolve_tags: bool,
    tags_pinned_before: bool,
    index_policy: Option<IndexPolicy>,
    singleton_pae: Option<SingletonPae>,
    unchanged_images: Option<UnchangedImages>,
    pod_templates: Option<PodTemplates>,
    break_glass: BreakGlass<'a>,
    workloads: Vec<WorkloadKind<'a>>,
    contact: Option<Cow<'a, str>>,
}

impl<'a> Fields<'a> {
    /// Reads the fields that nearly all settings have.
    fn read(&mut self, key: &str, value: Value<'_, 'a>) {
        match key {
            "policy" => self.policy = Some(Policy::read(value, Document::Policy)),
            "attestors" => {
                value.list_within(MAX_ENTRIES, |index, item| {
                    let attestor = AttestorDocument::read(index, item);
                    crate::push_sole(&mut self.attestors, attestor);
                });
            }
            "evidence" => self.evidence = Sources::read(value),
            _ => self.read_rarer(key, value),
        }
    }

    #[inline(never)] // cold: see docs/performance.md#stack
    fn read_rarer(&mut self, key: &str, value: Value<'_, 'a>) {
        match key {
            platform::LIST => {
                value.list_within(platform::MAX_POLICIES, |index, item| {
                    self.platform_policies
                        .push(PlatformPolicy::read(index, item));
                });
            }
            "platformPolicyEnforcement" => {
                self.platform_enforcement = choice(
                    value,
                    &[
                        ("enforce", EnforcementMode::Enforced),
                        ("dryrun", EnforcementMode::DryRun),
                    ],
                );
            }
            image_policy::DOCUMENT => self.image_policy = Some(ImagePolicy::read(value)),
            "systemPolicy" => {
                self.system_policy = Some(Policy::read(value, Document::SystemPolicy));
            }
            #[cfg(feature = "sigstore")]
            "sigstore" => self.sigstore = Some(Sigstore::read(value)),
            #[cfg(not(feature = "sigstore"))]
            "sigstore" => {
                let message = "this build does not verify Sigstore bundles";
                value.refuse(Code::SigstoreUnsupported, message);
            }
            "keys" => self.key_windows = KeyWindows::read(value),
            "registries" => self.registries = Registries::read(value),
            "resolveTags" => self.resolve_tags = value.flag().unwrap_or_default(),
            "tagsPinnedBefore" => self.tags_pinned_before = value.flag().unwrap_or_default(),
            "indexPolicy" => {
                self.index_policy = choice(
                    value,
                    &[
                        ("digest", IndexPolicy::Digest),
                        ("platforms", IndexPolicy::Platforms),
                    ],
                );
            }
            "singletonPae" => {
                self.singleton_pae = choice(
                    value,
                    &[("off", SingletonPae::Off), ("try", SingletonPae::Try)],
                );
            }
            "deniedDigests" => self.denied_digests = Some(value.raw()),
            "cluster" => self.cluster = filled(value),
            "meshTrustDomain" => self.mesh_trust_domain = filled(value),
            "matchDockerReference" => {
                self.docker_reference = choice(
                    value,
                    &[
                        ("ignore", DockerReference::Ignore),
                        ("repository", DockerReference::Repository),
                    ],
                );
            }
            "unchangedImages" => {
                self.unchanged_images = choice(
                    value,
                    &[
                        ("skip", UnchangedImages::Skip),
                        ("check", UnchangedImages::Check),
                    ],
                );
            }
            "podTemplates" => {
                self.pod_templates = choice(
                    value,
                    &[
                        ("evaluate", PodTemplates::Evaluate),
                        ("ignore", PodTemplates::Ignore),
                    ],
                );
            }
            "breakGlass" => self.break_glass = BreakGlass::read(value),
            "contact" => self.contact = short_line(value),
            "workloads" => {
                let report = value.report();
                value.list_within(MAX_ENTRIES, |_, item| {
                    let path = item.path();
                    let Some(workload) = WorkloadKind::read(item) else {
                        return;
                    };
                    if self
                        .workloads
                        .iter()
                        .any(|other| other.is_same_kind(&workload))
                    {
                        let message = "another entry names the same kind";
                        report.push(Code::SettingsInvalidValue, path, message);
                    }
                    self.workloads.push(workload);
                });
            }
            _ => value.unknown(),
        }
    }
}
