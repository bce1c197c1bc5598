//! Sigstore's policy-controller: `ClusterImagePolicy`, and the settings of the controller.
//!
//! Read in the sources of policy-controller (048185e) and its documentation (docs.sigstore.dev):
//!
//! - All policies whose globs match an image have to pass, each with any one of its authorities.
//! - `no-match-policy` of the `ConfigMap` `config-policy-controller` is for all other images. Its default is `deny`.
//! - Tags are resolved before anything is compared.
//!
//! A policy with the authority `static: pass` admits only images of no other policy. It becomes an exemption of exactly
//! these.

mod authority;
mod glob;

use super::System;
use super::draft::{Draft, Effect, Requirement, Rule, Unmatched, may_overlap};
use super::source::{At, Document};
use super::system::is_object;
use crate::terminal::printable;
use authority::Authority;
use glob::Glob;

pub(super) const SYSTEM: System = System {
    name: "policy-controller",
    title: "policy-controller",
    reads: |document| is_object(document, GROUP, &[]) || is_settings(document),
    import,
    has_google_documents: false,
};

const GROUP: &str = "policy.sigstore.dev";
/// The `ConfigMap` with the settings of the controller
const SETTINGS: &str = "config-policy-controller";

/// A policy, as far as it carries over
struct Policy<'d> {
    at: At<'d>,
    name: String,
    globs: Vec<(At<'d>, Glob)>,
    is_warning: bool,
    effect: PolicyEffect,
}

enum PolicyEffect {
    /// It passes
    Pass,
    /// It fails, for this reason
    Fail(String),
    Signed(Signed),
}

/// One of these attestors has to have signed statements of all these types, or an approval if there are none
struct Signed {
    attestors: Vec<String>,
    predicate_types: Vec<String>,
}

fn is_settings(document: &serde_json::Value) -> bool {
    let text = |pointer| {
        document
            .pointer(pointer)
            .and_then(serde_json::Value::as_str)
    };
    text("/kind") == Some("ConfigMap") && text("/metadata/name") == Some(SETTINGS)
}

fn import(documents: &[Document], draft: &mut Draft) {
    let mut policies = Vec::new();
    let mut unmatched = None;
    for document in documents {
        let root = document.root();
        match root.text_of("kind") {
            "ClusterImagePolicy" => policies.push(Policy::read(&root, draft)),
            "ConfigMap" => unmatched = Some(no_match_policy(&root, draft)),
            "TrustRoot" => {
                draft.note(&root, "a TrustRoot is read from a file of its own");
                draft.help("give its trusted_root.json with --trusted-root FILE");
            }
            kind => draft.lost(
                &root,
                format!("the importer does not know the kind {}", printable(kind)),
            ),
        }
    }
    let Some(first) = policies.first() else {
        return;
    };
    let first = first.at.clone();
    let unmatched = unmatched.unwrap_or_else(|| {
        draft.warn(&first, format!("the files have no ConfigMap `{SETTINGS}`, so images without a policy are denied, as by default"));
        Unmatched::Deny
    });
    draft.unmatched = Some(unmatched);
    for (index, policy) in policies.iter().enumerate() {
        let others = policies
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        let others: Vec<_> = others.map(|(_, other)| other).collect();
        policy.add(&others, unmatched, draft);
    }
    add_registries(&policies, draft);
    draft.note(&first, "policy-controller is asked only about namespaces with the label policy.sigstore.dev/include");
    draft.help("deploy the policy with the same namespaceSelector");
}

/// Returns the effect on images without a policy.
fn no_match_policy(settings: &At<'_>, draft: &mut Draft) -> Unmatched {
    let Some(data) = settings.get("data") else {
        return Unmatched::Deny;
    };
    data.only(
        &["_example", "no-match-policy", "fail-on-empty-authorities"],
        &mut draft.findings,
    );
    match (data.text_of("no-match-policy"), data.get("no-match-policy")) {
        ("allow", _) => Unmatched::Admit,
        ("warn", Some(mode)) => {
            draft.lost(
                &mode,
                "images without a policy are admitted without a warning",
            );
            Unmatched::Admit
        }
        _ => Unmatched::Deny,
    }
}

impl<'d> Policy<'d> {
    fn read(policy: &At<'d>, draft: &mut Draft) -> Self {
        let name = policy.at(&["metadata", "name"]);
        let name = name.and_then(|name| name.text()).unwrap_or_default();
        let mut read = Self {
            at: policy.clone(),
            name: name.to_owned(),
            globs: Vec::new(),
            is_warning: false,
            effect: PolicyEffect::Fail(String::new()),
        };
        let Some(spec) = policy.get("spec") else {
            draft.lost(policy, "the policy has no `spec`");
            return read;
        };
        spec.only(
            &["images", "authorities", "policy", "mode", "match"],
            &mut draft.findings,
        );
        read.is_warning = spec.text_of("mode") == "warn";
        for image in spec.items_of("images") {
            image.only(&["glob"], &mut draft.findings);
            let Some(text) = image.get("glob") else {
                continue;
            };
            let glob = Glob::of(text.text().unwrap_or_default());
            if let Glob::Never(why) = glob {
                let glob = printable(text.text().unwrap_or_default());
                draft.warn(
                    &text,
                    format!("`{glob}` matches no image, and was left out: {why}"),
                );
            }
            read.globs.push((text, glob));
        }
        if let Some(selectors) = spec.get("match") {
            draft.lost(
                &selectors,
                "a rule is for objects of every kind and label, and the policy only for some",
            );
            // The patterns then cover more images than the policy.
            for (_, glob) in &mut read.globs {
                if let Glob::Exact(wider) | Glob::Pinned { wider, .. } = glob {
                    *glob = Glob::Unsayable {
                        wider: core::mem::take(wider),
                    };
                }
            }
        }
        read.effect = effect(&spec, name, draft);
        read
    }

    /// Adds the rules of the policy.
    fn add(&self, others: &[&Self], unmatched: Unmatched, draft: &mut Draft) {
        let (mut exact, mut wider) = (Vec::new(), Vec::new());
        for (_, glob) in &self.globs {
            match (glob, &self.effect) {
                (Glob::Exact(patterns), _)
                | (
                    Glob::Pinned {
                        exact: patterns, ..
                    },
                    PolicyEffect::Pass,
                ) => {
                    exact.extend(patterns.iter().cloned());
                }
                (
                    Glob::Pinned {
                        wider: patterns, ..
                    }
                    | Glob::Unsayable { wider: patterns },
                    _,
                ) => {
                    wider.extend(patterns.iter().cloned());
                }
                (Glob::Never(_), _) => {}
            }
        }
        match &self.effect {
            // Images of this policy alone are admitted as well as those of none.
            PolicyEffect::Pass if unmatched == Unmatched::Admit => {
                draft.note(
                    &self.at,
                    "images without a policy are admitted, so a policy that passes has no effect",
                );
            }
            PolicyEffect::Pass => {
                self.report_unsayable(
                    "its images are denied, unless another rule is for them",
                    draft,
                );
                self.exempt(exact, others, draft);
            }
            PolicyEffect::Fail(text) => {
                self.report_unsayable(&covers(&wider, "denied"), draft);
                exact.extend(wider);
                self.rule(exact, Vec::new(), Effect::Deny(text.clone()), draft);
            }
            PolicyEffect::Signed(signed) => {
                let effect = Effect::Require(signed.requirements());
                self.add_signed(exact, wider, effect, others, unmatched, draft);
            }
        }
        if self.is_warning
            && unmatched == Unmatched::Deny
            && !matches!(self.effect, PolicyEffect::Pass)
        {
            let mode = self.at.at(&["spec", "mode"]);
            draft.lost(mode.as_ref().unwrap_or(&self.at), "policy-controller admits the images of a policy in `warn`; here a rule in dry run is for no image, and images of no other rule are denied");
            draft.help("to admit them, add a rule with `exempt`, or set `unmatchedImages: admit`");
        }
    }

    /// Adds the rules of a policy that demands a signature. Images that only the wider patterns cover must not be
    /// admitted where the policy does not admit them, nor escape from it where another rule admits them.
    fn add_signed(
        &self,
        mut exact: Vec<String>,
        wider: Vec<String>,
        effect: Effect,
        others: &[&Self],
        unmatched: Unmatched,
        draft: &mut Draft,
    ) {
        if unmatched == Unmatched::Admit {
            self.report_unsayable(&covers(&wider, "need the signature"), draft);
            exact.extend(wider);
            return self.rule(exact, Vec::new(), effect, draft);
        }
        let is_shared = |pattern: &String| {
            let theirs = others.iter().flat_map(|other| other.patterns());
            theirs.into_iter().any(|other| may_overlap(pattern, other))
        };
        let shared: Vec<_> = wider.into_iter().filter(is_shared).collect();
        if self.is_warning {
            self.report_unsayable("violations by its images are not reported", draft);
        } else if shared.is_empty() {
            self.report_unsayable("its images are denied", draft);
        } else {
            let what = "denied, because another rule is for some of them";
            self.report_unsayable(&covers(&shared, what), draft);
            let name = &self.name;
            let text = format!("A glob of policy-controller's policy {name} did not carry over.");
            self.rule(shared, Vec::new(), Effect::Deny(text), draft);
        }
        self.rule(exact, Vec::new(), effect, draft);
    }

    /// Exempts the images of a policy that passes, without those of other policies: they have to pass as well.
    fn exempt(&self, images: Vec<String>, others: &[&Self], draft: &mut Draft) {
        let decides =
            |other: &&&Self| !other.is_warning && matches!(other.effect, PolicyEffect::Signed(_));
        let theirs = others
            .iter()
            .filter(decides)
            .flat_map(|other| other.patterns());
        let mut except: Vec<_> = theirs
            .filter(|pattern| images.iter().any(|own| may_overlap(own, pattern)))
            .cloned()
            .collect();
        except.sort();
        except.dedup();
        let is_left =
            |image: &String| !except.contains(image) && !except.iter().any(|one| one == "**");
        let images: Vec<_> = images.into_iter().filter(is_left).collect();
        let reason = format!("admitted by policy-controller's policy {}", self.name);
        self.rule(images, except, Effect::Exempt { reason }, draft);
    }

    fn rule(
        &self,
        mut images: Vec<String>,
        except_images: Vec<String>,
        effect: Effect,
        draft: &mut Draft,
    ) {
        images.dedup();
        if images.is_empty() {
            return;
        }
        let is_exempt = matches!(effect, Effect::Exempt { .. });
        draft.rule(Rule {
            place: self.at.place(),
            name: self.name.clone(),
            images,
            except_images,
            namespaces: Vec::new(),
            effect,
            is_dry_run: self.is_warning && !is_exempt,
        });
    }

    /// All patterns of the policy, the widest where there are several.
    fn patterns(&self) -> impl Iterator<Item = &String> {
        self.globs.iter().flat_map(|(_, glob)| match glob {
            Glob::Exact(patterns)
            | Glob::Pinned {
                wider: patterns, ..
            }
            | Glob::Unsayable { wider: patterns } => patterns.as_slice(),
            Glob::Never(_) => &[],
        })
    }

    /// Reports the globs without patterns for exactly their images.
    fn report_unsayable(&self, what: &str, draft: &mut Draft) {
        for (at, glob) in &self.globs {
            let is_reported = match glob {
                Glob::Unsayable { .. } => true,
                Glob::Pinned { .. } => !matches!(self.effect, PolicyEffect::Pass),
                Glob::Exact(_) | Glob::Never(_) => false,
            };
            if is_reported {
                let glob = printable(at.text().unwrap_or_default());
                draft.lost(
                    at,
                    format!("no pattern stands for exactly the images of `{glob}`: {what}"),
                );
            }
        }
    }
}

impl Signed {
    /// The authorities of which any one is enough: those that sign the image, or else those that sign what the first one
    /// does. The others are left out, since a requirement has one list of types for all of its attestors.
    fn of(authorities: Vec<(At<'_>, String, Vec<String>)>, draft: &mut Draft) -> Option<Self> {
        let (_, _, first) = authorities
            .iter()
            .min_by_key(|(_, _, types)| !types.is_empty())?;
        let predicate_types = first.clone();
        let mut attestors: Vec<String> = Vec::new();
        for (at, attestor, types) in authorities {
            if attestors.contains(&attestor) && types == predicate_types {
                continue;
            }
            if types == predicate_types && (attestors.is_empty() || types.len() < 2) {
                attestors.push(attestor);
                continue;
            }
            draft.lost(&at, "this authority was left out, so images that only it signs are denied: in settings, any one of several authorities is enough only if all of them sign the image, or all sign one statement of the same type");
        }
        Some(Self {
            attestors,
            predicate_types,
        })
    }

    fn requirements(&self) -> Vec<Requirement> {
        let requirement = |predicate_types| Requirement::Attestors {
            names: self.attestors.clone(),
            threshold: Some(1),
            must_include: Vec::new(),
            predicate_types,
        };
        match self.predicate_types.as_slice() {
            [] => vec![requirement(Vec::new())],
            types => {
                let each = types.iter().map(|uri| requirement(vec![uri.clone()]));
                each.collect()
            }
        }
    }
}

/// `the images of `ghcr.io/**` are denied`
fn covers(patterns: &[String], what: &str) -> String {
    let patterns: Vec<_> = patterns
        .iter()
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    let verb = if what.starts_with("denied") {
        "are "
    } else {
        ""
    };
    format!("all images of {} {verb}{what}", patterns.join(", "))
}

/// Returns the effect of all authorities of a policy.
fn effect(spec: &At<'_>, name: &str, draft: &mut Draft) -> PolicyEffect {
    let mut signing = Vec::new();
    let (mut passes, mut message) = (false, None);
    let authorities = spec.items_of("authorities");
    for (index, authority) in authorities.into_iter().enumerate() {
        match authority::read(&authority, name, index, draft) {
            Authority::Pass => passes = true,
            Authority::Fail(text) => message = message.or(Some(text)),
            Authority::Attestor(attestor, types) => signing.push((authority, attestor, types)),
        }
    }
    if let Some(policy) = spec.get("policy") {
        let kind = printable(policy.text_of("type"));
        draft.lost(
            &policy,
            format!("a policy in {kind} has no counterpart: the images of this policy are denied"),
        );
        draft.help("say it with `require` and a check of `docs/checks.md`, and replace the rule that denies");
        return PolicyEffect::Fail(format!("The {kind} policy of {name} did not carry over."));
    }
    if passes {
        return PolicyEffect::Pass;
    }
    Signed::of(signing, draft).map_or_else(
        || {
            let message = message.filter(|text| !text.is_empty());
            PolicyEffect::Fail(message.unwrap_or_else(|| format!("Denied by policy {name}.")))
        },
        PolicyEffect::Signed,
    )
}

/// Lets the module read signatures beside the images, and resolve tags as the controller does.
fn add_registries(policies: &[Policy<'_>], draft: &mut Draft) {
    let signed = policies
        .iter()
        .filter(|policy| matches!(policy.effect, PolicyEffect::Signed(_)));
    let patterns =
        signed.flat_map(|policy| policy.patterns().map(move |pattern| (policy, pattern)));
    let mut hosts = Vec::new();
    let mut open = None;
    for (policy, pattern) in patterns {
        match pattern.split_once('/') {
            Some((host, _)) if !host.contains('*') => hosts.push(host.to_owned()),
            _ => open = open.or(Some(policy)),
        }
    }
    if hosts.is_empty() && open.is_none() {
        return;
    }
    draft.ask_registries(hosts);
    draft.set("resolveTags", true);
    if let Some(policy) = open {
        draft.lost(&policy.at, "its images are from any registry, and the settings list the registries that may be asked");
        draft.help("add the hosts of your images to `registries`");
    }
}
