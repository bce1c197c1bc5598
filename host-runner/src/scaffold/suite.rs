//! The suite of a scaffold: every part of the settings is exercised, and none could be weakened unnoticed.

use super::attestor::Attestor;
use super::identity::Identity;
use super::registry::Registry;
use super::{Place, Scaffold};
use crate::suite::{covered, wider_subjects};
use crate::yaml;

const HEAD: &str = "\
# Expected verdicts of the policy. Add a case for each addition to the policy: `countersign test --coverage`
# lists parts without a case, and `countersign test --mutate` lists changes that no case detects.
apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
# Time at which the cases are evaluated.
time: 2026-06-15T12:00:00Z
";

/// An image of any registry, where the policy demands none
const ANY: &str = "registry.example/shop/web";

/// An image of an unlisted registry
const SOMEBODY: &str = "registry.other.example/shop/web";

/// A suite as it is written
struct Suite<'s> {
    /// By the names that the cases use
    images: Vec<(String, String)>,
    cases: String,
    places: &'s [Place],
    exempt: &'s [Registry],
    /// Registries of which one must have the image
    demanded: &'s [Registry],
    attestors: &'s [Attestor],
}

impl Scaffold {
    /// `tests.yaml`
    pub(super) fn suite(&self) -> String {
        let mut suite = Suite {
            images: Vec::new(),
            cases: String::new(),
            places: &self.places(),
            exempt: &self.shape.exempt(),
            demanded: self.shape.demanded(),
            attestors: self.shape.attestors(),
        };
        suite.add_rules();
        suite.add_registries();
        suite.add_exemptions();
        suite.add_attempts();
        suite.add_identities();
        suite.text()
    }
}

impl Suite<'_> {
    fn text(&self) -> String {
        let mut text = format!(
            "{HEAD}# `@digest` stands for a digest, a different one for each image.\nimages:\n"
        );
        for (name, image) in &self.images {
            text.push_str(&format!("  {name}: {}\n", yaml::scalar(image)));
        }
        if !self.attestors.is_empty() {
            text.push_str(
                "# Attestations are read from the cluster. Test keys, and a test instance for identities, sign in place of\n\
                 # the attestors; their signatures are valid only in tests.\nsource: kubernetes\nsigners:\n",
            );
        }
        for attestor in self.attestors {
            if let Some(identity) = attestor.identity() {
                let id = yaml::scalar(&attestor.id);
                text.push_str(&format!("  {id}:\n{}", identity.signer()));
                continue;
            }
            let algorithm = if attestor.is_for_envelopes_only() {
                ", algorithm: ED25519"
            } else {
                ""
            };
            let (id, name) = (yaml::scalar(&attestor.id), yaml::scalar(&attestor.name()));
            text.push_str(&format!("  {id}: {{standsFor: {name}{algorithm}}}\n"));
        }
        format!("{text}cases:\n{}", self.cases)
    }

    /// Adds cases of each rule for images that are not exempt.
    fn add_rules(&mut self) {
        if self.attestors.is_empty() {
            let mut other = SOMEBODY.to_owned();
            while self.exempt.iter().any(|one| one.covers(&other)) {
                other.insert_str(0, "not-");
            }
            self.images
                .push(("other".to_owned(), format!("{other}@digest")));
            for place in self.places {
                let name = format!("{}: an image from elsewhere", place.namespace);
                let request = "kind: Deployment, images: [other]";
                self.case(&name, place, request, "", &place.refuses("always-deny"));
            }
            return;
        }
        let web = format!("{}@digest", self.web());
        self.images.push(("web".to_owned(), web));
        for place in self.places {
            let name = format!("{}: signed", place.namespace);
            let all = self.signed_by("web", |_| true);
            let request = "kind: Deployment, images: [web]";
            self.case(&name, place, request, &all, &accepts("attested"));
            for missing in self.attestors {
                let others = self.signed_by("web", |one| one.id != missing.id);
                let name = format!("{}: not signed by {}", place.namespace, missing.id);
                let expected = place.refuses("no-valid-attestation");
                self.case(&name, place, request, &others, &expected);
            }
        }
    }

    /// Adds cases of images that are signed, in the demanded registries and outside of them.
    fn add_registries(&mut self) {
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        for (number, registry) in (1_usize..).zip(self.demanded) {
            let (image, deep) = (registry.image(), registry.deep_image());
            if image != self.web() {
                ours.push((format!("ours-{number}"), image));
            }
            if registry.is_deep() {
                ours.push((format!("below-ours-{number}"), deep));
            }
            let is_other = |image: &String| self.demanded.iter().all(|one| !one.covers(image));
            let look_alikes = registry.look_alikes().into_iter().filter(is_other);
            others.extend(
                (1_usize..)
                    .zip(look_alikes)
                    .map(|(index, image)| (format!("not-ours-{number}-{index}"), image)),
            );
        }
        if self.demanded.is_empty() {
            return;
        }
        let mut other = SOMEBODY.to_owned();
        while self.demanded.iter().any(|one| one.covers(&other)) {
            other.insert_str(0, "not-");
        }
        others.push(("other".to_owned(), other));
        for (name, image) in ours.iter().chain(&others) {
            let image = format!("{image}@digest");
            self.images.push((name.clone(), image));
        }
        for place in self.places {
            for (name, image) in &ours {
                let title = format!("{}: signed, {image}", place.namespace);
                let (request, signed) = signed_image(self, name);
                self.case(&title, place, &request, &signed, &accepts("attested"));
            }
            // Where nothing is checked, one image shows it.
            let some = if place.is_enforced { others.len() } else { 1 };
            for (name, image) in others.iter().rev().take(some).rev() {
                let title = format!("{}: signed, {image}", place.namespace);
                let (request, signed) = signed_image(self, name);
                let expected = if place.is_enforced {
                    place.refuses("image-not-in-trusted-directory")
                } else {
                    accepts("attested")
                };
                self.case(&title, place, &request, &signed, &expected);
            }
        }
    }

    /// Adds cases of exempt images and of images with similar names.
    fn add_exemptions(&mut self) {
        let Some(place) = self.places.first() else {
            return;
        };
        let (exempt, refusal) = (self.exempt, place.refuses(self.refusal()));
        for (index, registry) in exempt.iter().enumerate() {
            let name = if *registry == Registry::of_kubernetes() {
                "kubernetes".to_owned()
            } else {
                format!("ours-{}", index.saturating_add(1))
            };
            let (stem, look_alike) = (&registry.stem, registry.look_alike());
            let title = format!("an image of {stem}");
            let request = format!("images: [{name}]");
            let image = format!("{}@digest", registry.image());
            self.images.push((name.clone(), image));
            self.case(&title, place, &request, "", &accepts("exempt-allowlist"));
            if exempt.iter().any(|other| other.covers(&look_alike)) {
                continue;
            }
            let title = format!("an image with a name similar to {stem}");
            let request = format!("images: [not-{name}]");
            self.images
                .push((format!("not-{name}"), format!("{look_alike}@digest")));
            self.case(&title, place, &request, "", &refusal);
        }
    }

    /// Adds cases of attempts to bypass the policy.
    fn add_attempts(&mut self) {
        let Some(place) = self.places.first() else {
            return;
        };
        let refusal = self.refusal();
        let image = if self.attestors.is_empty() {
            "other"
        } else {
            "web"
        };
        if let Some(attestor) = self.attestors.first() {
            let tagged = format!("{}:1.4", self.web());
            self.images.push(("by-tag".to_owned(), tagged));
            let expected = place.refuses("digest-required");
            let title = "a tag instead of a digest";
            self.case(title, place, "images: [by-tag]", "", &expected);
            let forged = format!("[{}]", signed_by(attestor, "web", ", tamper: wrong-key"));
            let expected = place.refuses("attestation-bad-signature");
            self.case(
                "signed with another key",
                place,
                "images: [web]",
                &forged,
                &expected,
            );
        }
        let request = format!("images: [kubernetes], ephemeralImages: [{image}]");
        let title = "a debugging container with another image";
        self.case(title, place, &request, "", &place.refuses(refusal));
        let label = "labels: {image-policy.k8s.io/break-glass: \"true\"}";
        let request = format!("kind: Deployment, images: [{image}], {label}");
        let expected =
            format!("{{outcome: denied, reasons: [{refusal}], warnings: [break-glass-refused]}}");
        let title = "a break-glass label, which is not allowed";
        self.case(title, place, &request, "", &expected);
    }

    /// Adds cases of certificates and log entries that the identities or their trusted roots do not allow.
    fn add_identities(&mut self) {
        let Some(place) = self.places.first() else {
            return;
        };
        for attestor in self.attestors {
            let Some(identity) = attestor.identity() else {
                continue;
            };
            for (what, fields, reason) in faults(identity) {
                let name = format!("{}: {what}", attestor.id);
                let others = self.attestors.iter().filter(|one| one.id != attestor.id);
                let others = others.map(|one| signed_by(one, "web", ""));
                let signed = others.chain([signed_by(attestor, "web", &fields)]);
                let signed = format!("[{}]", signed.collect::<Vec<_>>().join(", "));
                let expected = place.refuses(reason);
                self.case(&name, place, "images: [web]", &signed, &expected);
            }
        }
    }

    fn case(&mut self, name: &str, place: &Place, request: &str, signed: &str, expected: &str) {
        let (name, namespace) = (yaml::scalar(name), yaml::scalar(&place.namespace));
        let signed = match signed {
            "" => String::new(),
            signed => format!("    attestations: {signed}\n"),
        };
        self.cases.push_str(&format!(
            "  - name: {name}\n    request: {{namespace: {namespace}, {request}}}\n{signed}    expect: {expected}\n"
        ));
    }

    /// The image that attestors sign, without tag and digest.
    fn web(&self) -> String {
        self.demanded
            .first()
            .map_or_else(|| ANY.to_owned(), Registry::image)
    }

    /// Attestations about an image, by some of the attestors.
    fn signed_by(&self, image: &str, is_meant: impl Fn(&Attestor) -> bool) -> String {
        let signers = self.attestors.iter().filter(|one| is_meant(one));
        let signed: Vec<_> = signers.map(|one| signed_by(one, image, "")).collect();
        match signed.as_slice() {
            [] => String::new(),
            signed => format!("[{}]", signed.join(", ")),
        }
    }

    const fn refusal(&self) -> &'static str {
        if self.attestors.is_empty() {
            "always-deny"
        } else {
            "no-valid-attestation"
        }
    }
}

/// An attestation by an attestor, with further fields.
fn signed_by(attestor: &Attestor, image: &str, fields: &str) -> String {
    // Nothing of an identity names the attestor in whose namespace its attestations are.
    let note = match attestor.identity() {
        Some(_) => format!(", note: {}", yaml::scalar(&attestor.note())),
        None => String::new(),
    };
    let by = yaml::scalar(&attestor.id);
    format!("{{by: {by}, image: {image}{note}{fields}}}")
}

/// Returns the faults that a bundle can have: in words, as fields of an attestation, and as the reason of the denial.
fn faults(identity: &Identity) -> Vec<(String, String, &'static str)> {
    const MISMATCH: &str = "sigstore-identity-mismatch";
    let mut faults = vec![(
        "another subject".to_owned(),
        ", tamper: wrong-subject".to_owned(),
        MISMATCH,
    )];
    for subject in wider_subjects(&identity.subject) {
        let subject = covered(&subject);
        let fields = format!(", subject: {}", yaml::scalar(&subject));
        let short = subject.rsplit("/.github/workflows/").next();
        let what = format!("signed by {}", short.unwrap_or_default());
        faults.push((what, fields, MISMATCH));
    }
    for (claim, _) in identity.claims() {
        let fields = format!(", claims: {{{claim}: another}}");
        faults.push((format!("another {claim}"), fields, MISMATCH));
    }
    for (threshold, what, tamper, reason) in [
        (
            "transparencyLogs",
            "in no transparency log",
            "missing-log-entry",
            "sigstore-log-entry-missing",
        ),
        (
            "transparencyLogs",
            "without a proof of the log",
            "missing-proof",
            "sigstore-inclusion-proof-missing",
        ),
        (
            "ctLogs",
            "with a certificate in no CT log",
            "missing-sct",
            "sigstore-sct-missing",
        ),
        (
            "signedTimestamps",
            "without a signed time",
            "missing-time",
            "sigstore-time-missing",
        ),
    ] {
        if identity.requires(threshold) {
            faults.push((what.to_owned(), format!(", tamper: {tamper}"), reason));
        }
    }
    faults
}

/// A request with one image, and its attestations by all attestors.
fn signed_image(suite: &Suite<'_>, name: &str) -> (String, String) {
    let signed = suite.signed_by(name, |_| true);
    (format!("images: [{name}]"), signed)
}

fn accepts(reason: &str) -> String {
    format!("{{outcome: admitted, enforcement: enforced, reasons: [{reason}]}}")
}

impl Place {
    fn refuses(&self, reason: &str) -> String {
        if self.is_enforced {
            format!("{{outcome: denied, reasons: [{reason}]}}")
        } else {
            format!(
                "{{outcome: admitted, enforcement: dry-run, reasons: [{reason}], warnings: [dry-run]}}"
            )
        }
    }
}
