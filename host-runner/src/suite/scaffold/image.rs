//! Images that patterns cover, and images that only wider patterns would.

use alloc::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::image::{ImageReference, NormalizedReference};
use policy_wasm::pattern::{
    AllowPattern, ImagePattern, NamePattern, SourceRepository, TrustedDirectory,
};
use serde_json::Value;

use super::signer::each_check;
use crate::fields::{items, list, text};
use crate::settings_view::{SettingsView, rule_covers};

/// The images of a suite, by name
#[derive(Debug, Default)]
pub(super) struct Images(pub(super) Vec<(String, String)>);

impl Images {
    /// The name of a reference, which is added if it is new.
    pub(super) fn name(&mut self, stem: &str, reference: &str) -> String {
        match self.0.iter().find(|(_, one)| one == reference) {
            Some((name, _)) => name.clone(),
            None => self.add(stem, reference),
        }
    }

    /// A new name of a reference. `@digest` is another digest under each name.
    pub(super) fn add(&mut self, stem: &str, reference: &str) -> String {
        let is_taken = |name: &str| self.0.iter().any(|(one, _)| one == name);
        let mut name = stem.to_owned();
        let mut number = 2_usize;
        while is_taken(&name) {
            name = format!("{stem}-{number}");
            number = number.saturating_add(1);
        }
        self.0.push((name.clone(), reference.to_owned()));
        name
    }

    /// Returns the images that are used, with their names numbered anew, and the new name of each.
    pub(super) fn renamed(&self, used: &BTreeSet<&str>) -> (Self, BTreeMap<String, String>) {
        let (mut renamed, mut names) = (Self::default(), BTreeMap::new());
        for (name, reference) in self
            .0
            .iter()
            .filter(|(name, _)| used.contains(name.as_str()))
        {
            let stem = name.trim_end_matches(|one: char| one.is_ascii_digit());
            let new = renamed.add(stem.trim_end_matches('-'), reference);
            names.insert(name.clone(), new);
        }
        (renamed, names)
    }

    pub(super) fn reference(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(one, _)| one == name);
        found.map_or("", |(_, reference)| reference)
    }
}

/// A language of patterns of images
#[derive(Debug, Clone, Copy)]
pub(super) enum Language {
    Name,
    Allow,
    Directory,
    /// Of `imagePolicy`
    Image,
}

impl Language {
    /// Whether a pattern covers an image.
    pub(super) fn covers(self, pattern: &str, image: &str) -> bool {
        let reference = || ImageReference::parse(image).ok();
        match self {
            Self::Name => NamePattern::parse(pattern).is_ok_and(|one| one.matches(image)),
            Self::Allow => AllowPattern::parse(pattern)
                .is_ok_and(|one| reference().is_some_and(|image| one.matches(image))),
            Self::Directory => TrustedDirectory::parse(pattern)
                .is_ok_and(|one| reference().is_some_and(|image| one.matches(image))),
            Self::Image => {
                let image = reference().map(NormalizedReference::from);
                ImagePattern::parse(pattern)
                    .is_ok_and(|one| image.is_some_and(|image| one.matches(&image)))
            }
        }
    }

    /// Images that the pattern covers, as suites write them: `@digest` is some digest.
    pub(super) fn images(self, pattern: &str) -> Vec<String> {
        let names = match self {
            Self::Image => return rule_images(pattern),
            Self::Name | Self::Allow => instances(pattern, &["web", "below/web"]),
            Self::Directory => {
                let host = pattern
                    .strip_prefix('*')
                    .map(|rest| match rest.chars().next() {
                        Some('.') => format!("eu{rest}"),
                        _ => format!("eu-1{rest}"),
                    });
                let directories = instances(host.as_deref().unwrap_or(pattern), &["a", "a/b"]);
                let images = directories.iter();
                images.map(|directory| format!("{directory}/web")).collect()
            }
        };
        let tails = ["@digest", ":1.4", ""];
        let images = names
            .iter()
            .flat_map(|name| tails.map(|tail| format!("{name}{tail}")));
        images
            .filter(|image| self.covers(pattern, &whole(image)))
            .collect()
    }
}

/// Images that a pattern of `imagePolicy` covers. Those with a digest come first.
fn rule_images(pattern: &str) -> Vec<String> {
    let (name_and_tag, digest) = match pattern.split_once('@') {
        Some((name, digest)) => (name, digest),
        None => (pattern, ""),
    };
    let (name, tag) = match name_and_tag.rsplit_once(':') {
        // Else it is the port of a registry.
        Some((name, tag)) if !tag.contains('/') => (name, tag.replace('*', "1")),
        _ => (name_and_tag, String::new()),
    };
    let names = match name.rsplit_once('/') {
        Some((stem, "**")) => vec![
            format!("{}/web", filled(stem)),
            format!("{}/below/web", filled(stem)),
        ],
        Some(_) => vec![filled(name)],
        None => vec![
            "registry.other.example/team/app".to_owned(),
            "registry.example/web".to_owned(),
        ],
    };
    let tails = [
        "@digest".to_owned(),
        format!(":{tag}@digest"),
        format!(":{tag}@{digest}"),
        format!("@{digest}"),
        format!(":{tag}"),
        ":1.4".to_owned(),
        ":1.4@digest".to_owned(),
        String::new(),
    ];
    let images = names
        .iter()
        .flat_map(|name| tails.iter().map(move |tail| format!("{name}{tail}")));
    let images = images.filter(|image| Language::Image.covers(pattern, &whole(image)));
    images.collect()
}

/// A name with texts in place of its wildcards.
fn filled(name: &str) -> String {
    let parts = name.split('/').enumerate().map(|(index, part)| match part {
        "*" => "web".to_owned(),
        part if index == 0 => part.replace('*', "eu"),
        part => part.replace('*', "0"),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The patterns of the rules of `imagePolicy`, and of their exceptions.
pub(super) fn rule_patterns(settings: &Value) -> Vec<String> {
    let rules = SettingsView(settings).image_rules();
    let patterns = rules.flat_map(|rule| {
        let lists = [list(rule, "images"), list(rule, "exceptImages")];
        lists.into_iter().flatten().filter_map(Value::as_str)
    });
    let mut found: Vec<String> = Vec::new();
    for pattern in patterns {
        if !found.iter().any(|one| one == pattern) {
            found.push(pattern.to_owned());
        }
    }
    found
}

/// Whether a rule of `imagePolicy` covers an image, whatever its Pod is.
pub(super) fn is_covered(rule: &Value, image: &str) -> bool {
    let image = whole(image);
    let image = ImageReference::parse(&image).map(NormalizedReference::from);
    image.is_ok_and(|image| rule_covers(rule, &image))
}

/// Repositories that a pattern covers, as provenance names them.
pub(super) fn repositories(pattern: &str) -> Vec<String> {
    let found = instances(pattern, &["app", "another", "below/app"]);
    let covers = |url: &String| SourceRepository::parse(pattern).is_ok_and(|one| one.matches(url));
    let urls = found.iter().map(|name| format!("https://{name}"));
    urls.filter(|url| covers(url)).collect()
}

/// The literal part of a pattern with texts for its wildcard.
fn instances(pattern: &str, below: &[&str]) -> Vec<String> {
    let literal = pattern.trim_end_matches('*');
    let is_open = literal.len() < pattern.len();
    let digest = format!("sha256:{}", "5".repeat(64));
    let rests: Vec<&str> = match literal.chars().next_back() {
        _ if !is_open => vec![""],
        Some('/') => below.to_vec(),
        Some('@') => vec![&digest],
        Some(':') => vec!["1.4", "5555"],
        _ => vec![
            "-look-alike/web",
            "-look-alike",
            ".look-alike.example/web",
            "0/web",
            "0",
        ],
    };
    rests
        .iter()
        .map(|rest| format!("{literal}{rest}"))
        .collect()
}

/// A reference with some digest in place of `@digest`.
pub(super) fn whole(image: &str) -> String {
    match image.strip_suffix("@digest") {
        Some(name) => format!("{name}@sha256:{}", "5".repeat(64)),
        None => image.to_owned(),
    }
}

/// All patterns that exempt images, with the language of each.
pub(super) fn exempt_patterns(settings: &Value) -> Vec<(Language, String)> {
    let mut found = Vec::new();
    for document in ["policy", "systemPolicy"] {
        let patterns = settings.get(document);
        let patterns = patterns.map_or(&[][..], |one| list(one, "admissionWhitelistPatterns"));
        let names = patterns.iter().map(|one| text(one, "namePattern"));
        found.extend(names.map(|name| (Language::Name, name.to_owned())));
    }
    let mut allow = |owner: &Value| {
        let patterns = items(owner.pointer("/imageAllowlist/allowPattern")).iter();
        let patterns = patterns.filter_map(Value::as_str);
        found.extend(patterns.map(|one| (Language::Allow, one.to_owned())));
    };
    for (_, gke) in SettingsView(settings).gke_policies() {
        allow(gke);
        for set in list(gke, "checkSets") {
            allow(set);
        }
    }
    each_check(settings, |check, _| allow(check));
    found
}

/// The images about which the settings themselves have evidence.
pub(super) fn known(settings: &Value) -> Vec<String> {
    let evidence = settings.get("evidence").unwrap_or(&Value::Null);
    let mut found = Vec::new();
    for statement in list(evidence, "statements") {
        subjects(statement, &mut found);
    }
    for occurrence in list(evidence, "occurrences") {
        let resource = text(occurrence, "resourceUri");
        found.extend(resource.strip_prefix("https://").map(str::to_owned));
        let payload = STANDARD.decode(text(occurrence, "payload"));
        let statement = payload
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        subjects(&statement.unwrap_or_default(), &mut found);
    }
    let is_image =
        |image: &String| ImageReference::parse(image).is_ok_and(|one| one.digest.is_some());
    found.retain(is_image);
    found.sort();
    found.dedup();
    found
}

/// The subjects of an in-toto statement.
fn subjects(statement: &Value, found: &mut Vec<String>) {
    for subject in list(statement, "subject") {
        let digest = subject
            .get("digest")
            .map_or("", |digest| text(digest, "sha256"));
        let name = match text(subject, "name") {
            // A statement is about a digest, whatever the name says.
            name if ImageReference::parse(name).is_ok_and(|one| one.digest.is_none()) => name,
            _ => "registry.example/shop/web",
        };
        found.push(format!("{name}@sha256:{digest}"));
    }
}
