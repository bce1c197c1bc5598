//! The settings of `verify-image-signatures`: each entry whose `image` matches must be satisfied, by all of its keys or
//! identities.

use serde_json::{Map, Value, json};

use super::Scope;
use crate::import::draft::{Draft, Effect, Requirement};
use crate::import::identity::Subjects;
use crate::import::signer::{Signer, look_up};
use crate::import::source::At;
use crate::import::wildcard::{self, Compared, Covers};
use crate::terminal::printable;

const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

pub(super) fn import(settings: &At<'_>, scope: &Scope, draft: &mut Draft) {
    settings.only(
        &["signatures", "modifyImagesWithDigest"],
        &mut draft.findings,
    );
    let pins = settings.get("modifyImagesWithDigest");
    let pins = pins.is_none_or(|pins| pins.to_json() != json!(false));
    if pins {
        draft.set("resolveTags", true);
    } else if let Some(pins) = settings.get("modifyImagesWithDigest") {
        draft.lost(
            &pins,
            "signatures are of digests: an image by tag is denied unless `resolveTags` pins it",
        );
    }
    for entry in settings.items_of("signatures") {
        signature(&entry, scope, draft);
    }
}

fn signature(entry: &At<'_>, scope: &Scope, draft: &mut Draft) {
    let known = [
        "annotations",
        "certificateChain",
        "certificates",
        "githubActions",
        "image",
        "keyless",
        "keylessPrefix",
        "pubKeys",
        "requireRekorBundle",
    ];
    entry.only(&known, &mut draft.findings);
    let Some(image) = entry.get("image") else {
        return;
    };
    let images = wildcard::written(&image, Compared::AsWritten, Covers::More, draft);
    let signers = signers(entry, draft);
    if images.is_empty() || signers.is_empty() {
        return;
    }
    let signers = constrained(entry, signers, draft);
    let wanted = match scope.policy.as_str() {
        "" => "signer",
        policy => policy,
    };
    let mut names: Vec<String> = Vec::new();
    for signer in signers {
        let name = signer.attestor(wanted, draft);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    look_up(&image, &images, draft);
    let requirement = Requirement::Attestors {
        names,
        threshold: None,
        must_include: Vec::new(),
        predicate_types: Vec::new(),
    };
    let about = image.text().unwrap_or_default();
    draft.rule(scope.rule(entry, about, images, Effect::Require(vec![requirement])));
}

/// All signers of an entry, each of which is required.
fn signers(entry: &At<'_>, draft: &mut Draft) -> Vec<Signer> {
    let mut signers = Vec::new();
    for key in entry.items_of("pubKeys") {
        signers.push(Signer::with_key(
            &key,
            key.text().unwrap_or_default(),
            draft,
        ));
    }
    for identity in entry.items_of("keyless") {
        let subject = Subjects::exact(identity.text_of("subject"));
        let issuer = identity.text_of("issuer");
        signers.push(Signer::keyless(
            &identity,
            issuer,
            &subject,
            &Map::new(),
            draft,
        ));
    }
    for identity in entry.items_of("keylessPrefix") {
        // The policy ends the prefix with a slash, so that it is no prefix of another owner.
        let prefix = identity.text_of("urlPrefix").trim_end_matches('/');
        let issuer = identity.text_of("issuer");
        let wildcard = format!("{prefix}/*");
        signers.push(Signer::like(
            &identity,
            issuer,
            &wildcard,
            &Map::new(),
            draft,
        ));
    }
    if let Some(actions) = entry.get("githubActions") {
        signers.push(github_actions(&actions, draft));
    }
    for certificate in entry.items_of("certificates") {
        let untrusted = Signer::lost(
            &certificate,
            "certificates as keys are not supported",
            draft,
        );
        draft.help("give the attestor the public key of the certificate, as `openssl x509 -pubkey -noout` prints it");
        signers.push(untrusted);
    }
    signers
}

/// Workflows of a repository, or of all repositories of an owner.
fn github_actions(actions: &At<'_>, draft: &mut Draft) -> Signer {
    actions.only(&["owner", "repo"], &mut draft.findings);
    let (owner, repository) = (actions.text_of("owner"), actions.text_of("repo"));
    let (path, claims) = match repository {
        "" => (format!("{owner}/*"), Map::new()),
        repository => {
            let address = format!("https://github.com/{owner}/{repository}");
            let claim = ("sourceRepositoryURI".to_owned(), Value::from(address));
            (format!("{owner}/{repository}/*"), Map::from_iter([claim]))
        }
    };
    let wildcard = format!("https://github.com/{path}");
    Signer::like(actions, GITHUB_ISSUER, &wildcard, &claims, draft)
}

/// The signers, of whom none counts if their signatures must have annotations.
fn constrained(entry: &At<'_>, signers: Vec<Signer>, draft: &mut Draft) -> Vec<Signer> {
    let Some(annotations) = entry.get("annotations") else {
        return signers;
    };
    let names = annotations.entries();
    if names.is_empty() {
        return signers;
    }
    let names: Vec<_> = names
        .iter()
        .map(|(name, _)| format!("`{}`", printable(name)))
        .collect();
    let message = format!(
        "annotations of signatures are not compared ({}): no signature counts",
        names.join(", ")
    );
    draft.lost(&annotations, message);
    draft.help("give the attestor its key or identity if its signatures count without annotations");
    let untrusted = signers.into_iter().map(Signer::without_trust);
    untrusted.collect()
}
