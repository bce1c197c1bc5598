//! The suite of a scaffold: every part of the settings is exercised, and none could be weakened unnoticed.

use super::attestor::Attestor;
use super::registry::Registry;
use super::{Place, Scaffold, Shape};
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

/// An image of an unlisted registry
const SOMEBODY: &str = "registry.other.example/shop/web";

/// A suite as it is written
struct Suite<'s> {
    /// By the names that the cases use
    images: Vec<(String, String)>,
    cases: String,
    places: &'s [Place],
    exempt: &'s [Registry],
    attestors: &'s [Attestor],
}

impl Scaffold {
    /// `tests.yaml`
    pub(super) fn suite(&self) -> String {
        let (registries, attestors) = match &self.shape {
            Shape::Allowlist(registries) => (registries.as_slice(), &[][..]),
            Shape::Attested(attestors) => (&[][..], attestors.as_slice()),
        };
        let mut suite = Suite {
            images: Vec::new(),
            cases: String::new(),
            places: &self.places(),
            exempt: &self.exempt(registries),
            attestors,
        };
        suite.add_rules();
        suite.add_exemptions();
        suite.add_attempts();
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
                "# Attestations are read from the cluster. Test keys replace the attestors' keys; their signatures are\n\
                 # valid only in tests.\nsource: kubernetes\nsigners:\n",
            );
        }
        for attestor in self.attestors {
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
        self.images.push((
            "web".to_owned(),
            "registry.example/shop/web@digest".to_owned(),
        ));
        for place in self.places {
            let name = format!("{}: signed", place.namespace);
            let all = self.signed_by(|_| true);
            let request = "kind: Deployment, images: [web]";
            self.case(&name, place, request, &all, &accepts("attested"));
            for missing in self.attestors {
                let others = self.signed_by(|one| one.id != missing.id);
                let name = format!("{}: not signed by {}", place.namespace, missing.id);
                let expected = place.refuses("no-valid-attestation");
                self.case(&name, place, request, &others, &expected);
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
            self.images.push((
                "by-tag".to_owned(),
                "registry.example/shop/web:1.4".to_owned(),
            ));
            let expected = place.refuses("digest-required");
            let title = "a tag instead of a digest";
            self.case(title, place, "images: [by-tag]", "", &expected);
            let by = yaml::scalar(&attestor.id);
            let forged = format!("[{{by: {by}, image: web, tamper: wrong-key}}]");
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

    /// Attestations about the one image, by some of the attestors.
    fn signed_by(&self, is_meant: impl Fn(&Attestor) -> bool) -> String {
        let signers = self.attestors.iter().filter(|one| is_meant(one));
        let signed: Vec<_> = signers
            .map(|one| format!("{{by: {}, image: web}}", yaml::scalar(&one.id)))
            .collect();
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
