//! Cases that may go into a suite, and how they are written.

use alloc::collections::BTreeSet;

use super::context::Context;
use crate::yaml::scalar;

/// A case without its expected result
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) context: Context,
    /// `Pod` where it is empty
    pub(super) kind: &'static str,
    /// Names of images
    pub(super) images: Vec<String>,
    /// Names of the images that were there before an update
    pub(super) before: Vec<String>,
    /// More fields of the request, as they are written
    pub(super) more: &'static str,
    pub(super) attestations: Vec<Attested>,
    /// A reference with a tag, and the name of the image with its digest
    pub(super) tag: Option<(String, String)>,
    /// The time of the case, if it is another than that of the suite
    pub(super) time: Option<String>,
    /// Whether the suite has it even if other cases cover the same
    pub(super) is_kept: bool,
}

/// An attestation of a case
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attested {
    /// Name of the signer
    pub(super) by: String,
    /// Name of the image
    pub(super) image: String,
    /// Where it is stored
    pub(super) source: &'static str,
    /// More fields, as they are written
    pub(super) more: String,
}

/// A case with its expected result
#[derive(Debug, Clone)]
pub(super) struct Written<'c> {
    pub(super) candidate: &'c Candidate,
    pub(super) expected: &'c str,
}

impl Candidate {
    /// A case of one image.
    pub(super) fn new(name: String, context: &Context, image: &str) -> Self {
        Self {
            name,
            context: context.clone(),
            kind: "",
            images: vec![image.to_owned()],
            before: Vec::new(),
            more: "",
            attestations: Vec::new(),
            tag: None,
            time: None,
            is_kept: false,
        }
    }

    pub(super) fn with(self, attestations: Vec<Attested>) -> Self {
        Self {
            attestations,
            ..self
        }
    }

    /// Returns the case with other names of its images.
    pub(super) fn renamed(&self, name: impl Fn(&str) -> String) -> Self {
        let attestations = self.attestations.iter().map(|one| Attested {
            image: name(&one.image),
            ..one.clone()
        });
        let tag = self.tag.as_ref();
        Self {
            images: self.images.iter().map(|image| name(image)).collect(),
            before: self.before.iter().map(|image| name(image)).collect(),
            attestations: attestations.collect(),
            tag: tag.map(|(tagged, image)| (tagged.clone(), name(image))),
            ..self.clone()
        }
    }

    /// The names of its images.
    pub(super) fn image_names(&self) -> impl Iterator<Item = &str> {
        let attested = self.attestations.iter().map(|one| one.image.as_str());
        let tagged = self.tag.iter().map(|(_, name)| name.as_str());
        let own = self.images.iter().chain(&self.before).map(String::as_str);
        own.chain(attested).chain(tagged)
    }

    fn text(&self, expected: &str, default_source: &str) -> String {
        let Self {
            name,
            context,
            kind,
            images,
            before,
            more,
            ..
        } = self;
        let images = list(images);
        let mut request = format!("namespace: {}", scalar(&context.namespace));
        if let Some(account) = &context.account {
            request.push_str(&format!(", serviceAccount: {}", scalar(account)));
        }
        if !kind.is_empty() {
            request.push_str(&format!(", kind: {kind}"));
        }
        request.push_str(&format!(", images: {images}"));
        if !before.is_empty() {
            request.push_str(&format!(", updateFrom: {}", list(before)));
        }
        if !more.is_empty() {
            request.push_str(&format!(", {more}"));
        }
        let name = scalar(name);
        let mut text = format!("  - name: {name}\n    request: {{{request}}}\n");
        if let Some(time) = &self.time {
            text.push_str(&format!("    time: {time}\n"));
        }
        if let Some((tagged, image)) = &self.tag {
            let (tagged, image) = (scalar(tagged), scalar(image));
            text.push_str(&format!("    tags: {{{tagged}: {image}}}\n"));
        }
        if !self.attestations.is_empty() {
            text.push_str("    attestations:\n");
        }
        for Attested {
            by,
            image,
            source,
            more,
        } in &self.attestations
        {
            let (by, image) = (scalar(by), scalar(image));
            let source = match *source {
                source if source == default_source => String::new(),
                source => format!(", source: {source}"),
            };
            text.push_str(&format!(
                "      - {{by: {by}, image: {image}{more}{source}}}\n"
            ));
        }
        text.push_str(&format!("    expect: {expected}\n"));
        text
    }
}

/// Names between brackets.
fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| scalar(name)).collect();
    format!("[{}]", names.join(", "))
}

/// Everything in a suite above its cases
#[derive(Debug)]
pub(super) struct Head<'h> {
    /// Path of the settings, relative to the suite
    pub(super) settings: &'h str,
    pub(super) time: String,
    /// References by name
    pub(super) images: &'h [(String, String)],
    /// Fields of each signer, by name
    pub(super) signers: &'h [(String, String)],
    pub(super) source: &'static str,
    pub(super) comment: String,
}

impl Head<'_> {
    /// A suite of these cases, with the images and signers that they name.
    pub(super) fn suite(&self, cases: &[Written<'_>]) -> String {
        let candidates = || cases.iter().map(|case| case.candidate);
        let images: BTreeSet<_> = candidates().flat_map(Candidate::image_names).collect();
        let attested = candidates().flat_map(|case| &case.attestations);
        let signers: BTreeSet<_> = attested.map(|one| one.by.as_str()).collect();
        let Self {
            settings,
            time,
            source,
            comment,
            ..
        } = self;
        let settings = scalar(settings);
        let mut text = format!(
            "{comment}apiVersion: countersign.dev/v1\nkind: PolicySuite\nsettings: {settings}\n# Time at which the \
             cases are evaluated.\ntime: {time}\n# `@digest` stands for a digest, a different one for each \
             image.\nimages:\n"
        );
        let used = self.images.iter();
        for (name, image) in used.filter(|(name, _)| images.contains(name.as_str())) {
            text.push_str(&format!("  {}: {}\n", scalar(name), scalar(image)));
        }
        if !signers.is_empty() {
            text.push_str(&format!(
                "# Attestations are in this source where a case names no other. Test keys replace the keys of the \
                 settings.\nsource: {source}\nsigners:\n"
            ));
        }
        let used = self.signers.iter();
        for (name, fields) in used.filter(|(name, _)| signers.contains(name.as_str())) {
            text.push_str(&format!("  {}: {{{fields}}}\n", scalar(name)));
        }
        text.push_str("cases:\n");
        for Written {
            candidate,
            expected,
        } in cases
        {
            text.push_str(&candidate.text(expected, source));
        }
        text
    }
}
