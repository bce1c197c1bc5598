//! Proposes cases: for each place, images that satisfy everything, and images that lack one thing.

use alloc::collections::BTreeSet;

use policy_wasm::date_or_time::DateOrTime;
use policy_wasm::time::Time;
use serde_json::Value;

use super::candidate::{Attested, Candidate};
use super::context::{Context, contexts};
use super::image::{
    Images, Language, exempt_patterns, is_covered, known, repositories, rule_patterns, whole,
};
use super::signer::{Build, Says, Signers, each_check, statement};
use crate::fields::{list, text_or_field};
use crate::settings_view::SettingsView;
use crate::suite::mutation::change;

/// Everything that cases are made of
#[derive(Debug)]
pub(super) struct Material<'s> {
    settings: &'s Value,
    pub(super) images: Images,
    pub(super) signers: Signers,
    pub(super) contexts: Vec<Context>,
    exempt: Vec<(Language, String)>,
    /// `trustedDirPatterns` of all checks
    directories: Vec<String>,
    /// Patterns of the rules of `imagePolicy`
    rule_patterns: Vec<String>,
}

/// A namespace with the image that satisfies the most there
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) context: Context,
    /// Name of the image
    pub(super) image: String,
}

impl<'s> Material<'s> {
    pub(super) fn of(settings: &'s Value) -> Self {
        let mut directories: Vec<String> = Vec::new();
        each_check(settings, |check, _| {
            let check = check.get("trustedDirectoryCheck");
            let patterns = check.map_or(&[][..], |one| list(one, "trustedDirPatterns"));
            let patterns = patterns.iter().filter_map(Value::as_str);
            directories.extend(patterns.map(str::to_owned));
        });
        directories.sort();
        directories.dedup();
        Self {
            settings,
            images: Images::default(),
            signers: Signers::of(settings),
            contexts: contexts(settings),
            exempt: exempt_patterns(settings),
            rule_patterns: rule_patterns(settings),
            directories,
        }
    }

    /// For each place, images for which everything is attested. The first that is admitted is its base.
    pub(super) fn satisfied(&mut self) -> Vec<Candidate> {
        let hosts = list(self.settings, "registries").iter();
        let hosts = hosts.filter_map(Value::as_str);
        let mut names: Vec<_> = hosts
            .map(|host| format!("{host}/shop/web@digest"))
            .collect();
        for pattern in &self.directories {
            names.extend(Language::Directory.images(pattern).into_iter().take(2));
        }
        // Of requirements first: what a rule denies or exempts satisfies nothing.
        let rules = SettingsView(self.settings).image_rules();
        for rule in rules.filter(|rule| rule.get("require").is_some()) {
            names.extend(rule_images(rule).into_iter().take(2));
        }
        names.extend(known(self.settings).into_iter().take(MOST_KNOWN));
        names.push("registry.example/shop/web@digest".to_owned());
        names.push("registry.example/team/app@digest".to_owned());
        names.push("registry.other.example/team/app@digest".to_owned());
        let is_exempt = |image: &String| {
            let mut patterns = self.exempt.iter();
            patterns.any(|(language, pattern)| language.covers(pattern, &whole(image)))
        };
        let mut names: Vec<_> = names.into_iter().filter(|one| one.contains('@')).collect();
        let all = names.clone();
        names.retain(|image| !is_exempt(image));
        if names.is_empty() {
            names = all;
        }
        let images: Vec<_> = names
            .iter()
            .map(|image| self.images.name("web", image))
            .collect();
        let cases = self.contexts.iter().flat_map(|context| {
            images.iter().map(|image| {
                let reference = self.images.reference(image);
                let name = format!("{}: {reference}, everything attested", context.title());
                Candidate::new(name, context, image).with(self.signers.all_attest(image))
            })
        });
        cases.collect()
    }

    /// All other cases, for the base of each place.
    pub(super) fn variants(&mut self, bases: &[Base]) -> Vec<Candidate> {
        let mut cases = Vec::new();
        for (index, base) in bases.iter().enumerate() {
            self.add_evidence(base, &mut cases);
            self.add_statements(base, &mut cases);
            self.add_claims(base, &mut cases);
            self.add_requests(base, index == 0, &mut cases);
        }
        self.add_quorums(&mut cases);
        self.add_ends(&mut cases);
        self.add_periods(bases, &mut cases);
        self.add_patterns(bases, &mut cases);
        self.add_denied_digests(bases, &mut cases);
        cases
    }

    /// Evidence that lacks one signer, and evidence in each source.
    fn add_evidence(&self, base: &Base, cases: &mut Vec<Candidate>) {
        let Base { context, image } = base;
        let title = context.title();
        for signer in &self.signers.all {
            let name = format!("{title}: nothing by {}", signer.name);
            let attested = self.signers.attest_without(image, signer);
            cases.push(Candidate::new(name, context, image).with(attested));
            let only = self.signers.attest(signer, image, None);
            let name = format!("{title}: only by {}", signer.name);
            cases.push(Candidate::new(name, context, image).with(only));
        }
        let name = format!("{title}: nothing attested");
        cases.push(Candidate {
            kind: "Deployment",
            ..Candidate::new(name, context, image)
        });
        for source in &self.signers.places() {
            for signer in &self.signers.all {
                let mut attested = self.signers.attest_without(image, signer);
                let moved = self.signers.attest(signer, image, Some(source));
                if moved.is_empty() {
                    continue;
                }
                attested.extend(moved);
                let name = format!("{title}: by {} in {}", signer.name, source.title());
                cases.push(Candidate::new(name, context, image).with(attested));
            }
        }
        for (what, more) in [
            ("signed with another key", ", tamper: wrong-key"),
            ("as an envelope", ", format: dsse"),
            (
                "as an occurrence of an envelope",
                ", format: dsse-occurrence",
            ),
            (
                "for another repository",
                ", repository: registry.example/another",
            ),
        ] {
            let attested = self.approvals_with(image, more);
            if attested.is_empty() {
                continue;
            }
            let name = format!("{title}: {what}");
            cases.push(Candidate::new(name, context, image).with(attested));
        }
        self.add_certificates(base, cases);
    }

    /// Bundles of identities that lack one proof, and certificates of look-alikes.
    fn add_certificates(&self, Base { context, image }: &Base, cases: &mut Vec<Candidate>) {
        let title = context.title();
        let signers = self.signers.all.iter();
        let signers = signers.filter_map(|one| Some((one, one.look_alikes.as_ref()?)));
        for (signer, look_alikes) in signers {
            let tampered = [
                ("in no CT log", ", tamper: missing-sct"),
                ("in no transparency log", ", tamper: missing-log-entry"),
                ("without a signed time", ", tamper: missing-time"),
                ("without a proof", ", tamper: missing-proof"),
                ("signed a year ago", ", signed: {age: 365d}"),
                ("signed twenty years ago", ", signed: {age: 7300d}"),
            ];
            let tampered = tampered.map(|(what, more)| (what.to_owned(), more.to_owned()));
            let others = look_alikes.iter().map(|more| {
                let what = more.trim_start_matches([',', ' ']);
                (what.to_owned(), more.clone())
            });
            for (what, more) in tampered.into_iter().chain(others) {
                let mut attested = self.signers.attest_without(image, signer);
                let said = format!("{}{more}", signer.says.usual());
                let statements = signer.statements().into_iter();
                let said = [said]
                    .into_iter()
                    .chain(statements.map(|one| format!("{one}{more}")));
                attested.extend(
                    said.filter_map(|said| self.signers.attested(signer, image, None, &said)),
                );
                let name = format!("{title}: by {}, {what}", signer.name);
                cases.push(Candidate::new(name, context, image).with(attested));
            }
        }
    }

    /// All evidence, with more fields of each approval.
    fn approvals_with(&self, image: &str, more: &str) -> Vec<Attested> {
        let is_approval = |says: &Says| matches!(says, Says::Approval(_) | Says::Signed);
        if !self.signers.all.iter().any(|one| is_approval(&one.says)) {
            return Vec::new();
        }
        self.signers.attest_with(image, |signer| {
            is_approval(&signer.says).then(|| {
                let mut said = vec![more.to_owned()];
                said.extend(signer.statements());
                said
            })
        })
    }

    /// Approvals in place of statements, statements of each type that counts, and of another.
    fn add_statements(&self, Base { context, image }: &Base, cases: &mut Vec<Candidate>) {
        let title = context.title();
        for signer in self.signers.all.iter().filter(|one| !one.types.is_empty()) {
            let by = &signer.name;
            let approval = signer.says.usual().to_owned();
            let statements = signer.statements();
            let with_all = |more: &str| {
                let statements = statements.iter().map(|one| format!("{one}{more}"));
                [approval.clone()].into_iter().chain(statements).collect()
            };
            let mut said: Vec<(String, Vec<String>)> = vec![
                (format!("no statement by {by}"), vec![approval.clone()]),
                (format!("only statements by {by}"), statements.clone()),
                (
                    format!("statements by {by} of another type"),
                    with_all(", tamper: wrong-type"),
                ),
            ];
            for (index, types) in signer.types.iter().enumerate() {
                for uri in types.iter().skip(1) {
                    let mut all: Vec<_> = with_all("");
                    if let Some(one) = all.get_mut(index.saturating_add(1)) {
                        *one = statement(uri);
                    }
                    said.push((format!("a statement by {by} of the type {uri}"), all));
                }
            }
            for (what, said) in said {
                let attested = self.signers.attest_with(image, |other| {
                    (other.name == signer.name).then(|| said.clone())
                });
                let name = format!("{title}: {what}");
                cases.push(Candidate::new(name, context, image).with(attested));
            }
        }
    }

    /// Scans, provenance and upload times that say something else.
    fn add_claims(&self, base: &Base, cases: &mut Vec<Candidate>) {
        let Base { context, image } = base;
        let title = context.title();
        let mut add = |name: String, says: fn(&Says) -> bool, said: Vec<String>| {
            if self.signers.all.iter().any(|one| says(&one.says)) {
                let attested = self
                    .signers
                    .attest_with(image, |signer| says(&signer.says).then(|| said.clone()));
                let name = format!("{title}: {name}");
                cases.push(Candidate::new(name, context, image).with(attested));
            }
        };
        let is_scan = |says: &Says| matches!(says, Says::Scan(_));
        let is_upload = |says: &Says| matches!(says, Says::Upload);
        let mut listed: Vec<(&str, String)> = Vec::new();
        let mut ages: Vec<u64> = Vec::new();
        each_check(self.settings, |check, _| {
            let vulnerability = check.get("vulnerabilityCheck");
            for field in ["allowedCves", "blockedCves"] {
                let ids = vulnerability.map_or(&[][..], |one| list(one, field));
                let ids = ids.iter().filter_map(Value::as_str);
                listed.extend(ids.map(|id| (field, id.to_owned())));
            }
            let days = check.pointer("/imageFreshnessCheck/maxUploadAgeDays");
            ages.extend(days.and_then(Value::as_u64));
        });
        listed.dedup();
        for severity in ["MINIMAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"] {
            for (fixable, word) in [(true, "fixable"), (false, "not fixable")] {
                add(
                    format!("a vulnerability, {severity}, {word}"),
                    is_scan,
                    vec![scan("CVE-2026-99999", severity, fixable)],
                );
            }
        }
        for (field, id) in &listed {
            let severity = match *field {
                "allowedCves" => "CRITICAL",
                _ => "MINIMAL",
            };
            add(
                format!("{id} of `{field}`"),
                is_scan,
                vec![scan(id, severity, true)],
            );
        }
        for days in ages {
            let days = days.saturating_add(1);
            add(
                format!("uploaded {days} days ago"),
                is_upload,
                vec![format!(", upload: {{age: {days}d}}")],
            );
        }
        self.add_old_scans(base, cases);
        self.add_builds(base, cases);
    }

    /// Scans that are a day too old: of one scanner, and of all.
    fn add_old_scans(&self, base: &Base, cases: &mut Vec<Candidate>) {
        let Base { context, image } = base;
        let scanners = self.signers.all.iter();
        let scanners = scanners.filter(|one| matches!(one.says, Says::Scan(Some(_))));
        let scanners: Vec<_> = scanners.map(|one| one.name.as_str()).collect();
        let each = scanners.iter().map(|name| (*name, vec![*name]));
        for (title, old) in each.chain([("all scanners", scanners.clone())]) {
            let attested = self.signers.attest_with(image, |signer| match signer.says {
                Says::Scan(Some(days)) if old.contains(&signer.name.as_str()) => {
                    let days = days.saturating_add(1);
                    Some(vec![format!(", scan: {{age: {days}d}}")])
                }
                _ => None,
            });
            let name = format!("{}: an old scan by {title}", context.title());
            cases.push(Candidate::new(name, context, image).with(attested));
        }
    }

    /// Provenance for each rule by itself, from other repositories, and from none.
    fn add_builds(&self, base: &Base, cases: &mut Vec<Candidate>) {
        let Base { context, image } = base;
        let mut builds: Vec<Build> = Vec::new();
        let mut sources = vec![
            None,
            Some("https://github.com/example-look-alike/app".to_owned()),
        ];
        each_check(self.settings, |check, _| {
            let rules = check
                .get("slsaCheck")
                .map_or(&[][..], |one| list(one, "rules"));
            let patterns = rules
                .iter()
                .flat_map(|rule| list(rule, "trustedSourceRepoPatterns"));
            for pattern in patterns.filter_map(Value::as_str) {
                sources.extend(repositories(pattern).into_iter().map(Some));
                for wider in change::wider_repository(pattern) {
                    sources.extend(repositories(&wider).into_iter().map(Some));
                }
            }
        });
        sources.dedup();
        for build in &self.signers.builds {
            builds.push(build.clone());
            builds.extend(sources.iter().map(|source| build.from(source.clone())));
        }
        for build in builds {
            let attested = self
                .signers
                .attest_with(image, |signer| match &signer.says {
                    Says::Provenance(own) => Some(build.by(own).into_iter().collect()),
                    _ => None,
                });
            let from = build.source.as_deref().unwrap_or("no repository");
            let name = format!(
                "{}: built by {} from {from}",
                context.title(),
                build.builder
            );
            cases.push(Candidate::new(name, context, image).with(attested));
        }
    }

    /// Requests in other words: labels, updates, tags.
    fn add_requests(&mut self, base: &Base, is_first: bool, cases: &mut Vec<Candidate>) {
        let Base { context, image } = base;
        let title = context.title();
        cases.push(Candidate {
            kind: "Deployment",
            more: "labels: {image-policy.k8s.io/break-glass: \"true\"}",
            is_kept: is_first,
            ..Candidate::new(format!("{title}: a break-glass label"), context, image)
        });
        cases.push(Candidate {
            more: "annotations: {alpha.image-policy.k8s.io/break-glass: \"true\"}",
            ..Candidate::new(format!("{title}: a break-glass annotation"), context, image)
        });
        let reference = self.images.reference(image);
        let repository = reference.split('@').next().unwrap_or_default();
        let added = self.images.add("added", &format!("{repository}@digest"));
        let name = format!("{title}: an update that adds an image");
        let case = Candidate::new(name, context, image);
        cases.push(Candidate {
            images: vec![image.clone(), added.clone()],
            before: vec![image.clone()],
            ..case.with(self.signers.all_attest(&added))
        });
        let reference = self.images.reference(image).to_owned();
        let tagged = format!("{}:1.4", reference.split('@').next().unwrap_or_default());
        let tag = self.images.name("by-tag", &tagged);
        let name = format!("{title}: a tag instead of a digest");
        cases.push(Candidate {
            tag: Some((tagged, image.clone())),
            ..Candidate::new(name, context, &tag).with(self.signers.all_attest(image))
        });
    }

    /// Images of each pattern, and images of wider patterns.
    fn add_patterns(&mut self, bases: &[Base], cases: &mut Vec<Candidate>) {
        let mut found: Vec<(&str, String)> = Vec::new();
        for (language, pattern) in &self.exempt {
            let wider = match language {
                Language::Name => change::wider_name(pattern),
                Language::Allow | Language::Directory | Language::Image => {
                    change::wider_allow(pattern)
                }
            };
            add_images(*language, pattern, "exempt", &wider, &mut found);
        }
        for pattern in &self.directories {
            let wider = change::wider_directory(pattern);
            add_images(Language::Directory, pattern, "trusted", &wider, &mut found);
        }
        for pattern in &self.rule_patterns {
            let wider = change::wider_image(pattern);
            add_images(Language::Image, pattern, "image", &wider, &mut found);
        }
        // Where the same is demanded, an image is answered alike.
        let mut seen = BTreeSet::new();
        let mut different = bases.to_vec();
        different.retain(|base| seen.insert(base.context.demand(self.settings)));
        for (stem, reference) in found {
            let image = self.images.name(stem, &reference);
            for Base { context, .. } in &different {
                let title = context.title();
                let case = |what: &str| {
                    Candidate::new(format!("{title}: {reference}, {what}"), context, &image)
                };
                cases.push(case("nothing attested"));
                if !reference.contains('@') {
                    continue;
                }
                cases.push(case("everything attested").with(self.signers.all_attest(&image)));
                for signer in &self.signers.all {
                    let attested = self.signers.attest_without(&image, signer);
                    let what = format!("nothing by {}", signer.name);
                    cases.push(case(&what).with(attested));
                }
            }
        }
    }

    /// For each requirement of attestors, attestations by just enough of them, and by one too few.
    fn add_quorums(&mut self, cases: &mut Vec<Candidate>) {
        for rule in SettingsView(self.settings).image_rules() {
            let mut contexts = self.contexts.iter();
            let context = contexts.find(|context| context.is_of(rule)).cloned();
            let mut images = rule_images(rule).into_iter();
            let image = images.find(|image| image.contains('@'));
            let (Some(context), Some(image)) = (context, image) else {
                continue;
            };
            let image = self.images.name("web", &image);
            let requirements = list(rule, "require").iter();
            for attested_by in requirements.flat_map(quorums) {
                let short = attested_by.iter().map(|name| name.rsplit('/').next());
                let short: Vec<_> = short.flatten().collect();
                let name = format!(
                    "{}: {}, attested by {}",
                    context.title(),
                    self.images.reference(&image),
                    short.join(", ")
                );
                let attested = self.signers.attest_by(&image, &attested_by);
                cases.push(Candidate::new(name, &context, &image).with(attested));
            }
        }
    }

    /// Images after the end of their exemption.
    fn add_ends(&mut self, cases: &mut Vec<Candidate>) {
        for rule in SettingsView(self.settings).image_rules() {
            let until = rule.pointer("/exempt/until").and_then(Value::as_str);
            let Some(time) = until.and_then(after) else {
                continue;
            };
            let contexts = self.contexts.iter().filter(|context| context.is_of(rule));
            let contexts: Vec<_> = contexts.cloned().collect();
            for reference in rule_images(rule).into_iter().take(MOST) {
                let image = self.images.name("image", &reference);
                for context in &contexts {
                    let title = context.title();
                    let name = format!("{title}: {reference}, after its exemption");
                    cases.push(Candidate {
                        time: Some(time.clone()),
                        ..Candidate::new(name, context, &image)
                    });
                }
            }
        }
    }

    /// Cases before and after the period of each key.
    fn add_periods(&self, bases: &[Base], cases: &mut Vec<Candidate>) {
        for entry in list(self.settings, "keys") {
            let bound = |key| entry.get(key).and_then(Value::as_str);
            let times = [
                ("before", bound("notBefore").and_then(before)),
                ("after", bound("notAfter").and_then(after)),
            ];
            for (when, time) in times {
                let Some(time) = time else { continue };
                for Base { context, image } in bases {
                    let title = context.title();
                    let name = format!("{title}: {when} the period of a key, at {time}");
                    cases.push(Candidate {
                        time: Some(time.clone()),
                        ..Candidate::new(name, context, image).with(self.signers.all_attest(image))
                    });
                }
            }
        }
    }

    fn add_denied_digests(&mut self, bases: &[Base], cases: &mut Vec<Candidate>) {
        let digests = list(self.settings, "deniedDigests").iter();
        for digest in digests.map(|entry| text_or_field(entry, "digest")) {
            for Base { context, image } in bases.iter().take(1) {
                let name = self.images.reference(image).split('@').next();
                let reference = format!("{}@{digest}", name.unwrap_or_default());
                let revoked = self.images.name("revoked", &reference);
                let name = format!("{}: revoked, {digest}", context.title());
                let attested = match digest.starts_with("sha256:") {
                    true => self.signers.all_attest(&revoked),
                    false => Vec::new(),
                };
                cases.push(Candidate::new(name, context, &revoked).with(attested));
            }
        }
    }
}

/// Images that a rule of `imagePolicy` covers.
fn rule_images(rule: &Value) -> Vec<String> {
    let patterns = list(rule, "images").iter().filter_map(Value::as_str);
    let images = patterns.flat_map(|pattern| Language::Image.images(pattern));
    images.filter(|image| is_covered(rule, image)).collect()
}

/// Attestors that are just enough for a requirement, with each of them once, and one too few, without each of them once.
fn quorums(requirement: &Value) -> Vec<Vec<&str>> {
    let names = |field| list(requirement, field).iter().filter_map(Value::as_str);
    let required: Vec<_> = names("mustInclude").collect();
    let others: Vec<_> = names("attestors")
        .filter(|name| !required.contains(name))
        .collect();
    let count = required.len().saturating_add(others.len());
    let threshold = requirement.get("threshold").and_then(Value::as_u64);
    let threshold = threshold
        .and_then(|all| usize::try_from(all).ok())
        .unwrap_or(count);
    let open = threshold.saturating_sub(required.len());
    let mut found: Vec<Vec<&str>> = Vec::new();
    for first in 0..others.len().max(1) {
        // Each of the others is the first of a choice.
        let choice = others
            .iter()
            .cycle()
            .skip(first)
            .take(open.min(others.len()));
        let enough: Vec<_> = required.iter().chain(choice).copied().collect();
        for left_out in 0..enough.len() {
            let mut few = enough.clone();
            few.remove(left_out);
            found.push(few);
        }
        found.push(enough);
    }
    // As many as are needed, but not a required one.
    for left_out in &required {
        let all = names("attestors").filter(|name| name != left_out);
        found.push(all.collect());
    }
    found.retain(|names| !names.is_empty());
    for names in &mut found {
        names.sort_unstable();
    }
    found.sort();
    found.dedup();
    found
}

/// A time before the beginning of a period.
fn before(begin: &str) -> Option<String> {
    let earlier = day(begin)?.as_unix().checked_sub(TWO_DAYS)?;
    Some(Time::from_unix(earlier).ok()?.to_string())
}

/// A time after the end of a period.
fn after(until: &str) -> Option<String> {
    let later = day(until)?.as_unix().saturating_add(TWO_DAYS);
    Some(Time::from_unix(later).ok()?.to_string())
}

/// The first second of the date of a bound, as it is written.
fn day(bound: &str) -> Option<Time> {
    DateOrTime::parse(bound).ok()?;
    let date = bound.get(.."YYYY-MM-DD".len())?;
    Time::parse(&format!("{date}T00:00:00Z")).ok()
}

/// In seconds
const TWO_DAYS: u64 = 2 * 24 * 60 * 60;

fn scan(id: &str, severity: &str, fixable: bool) -> String {
    let id = crate::yaml::scalar(id);
    format!(
        ", scan: {{age: 1h, findings: [{{id: {id}, severity: {severity}, fixable: {fixable}}}]}}"
    )
}

/// Adds images that a pattern covers, and those that only wider ones do.
fn add_images(
    language: Language,
    pattern: &str,
    stem: &'static str,
    wider: &[String],
    found: &mut Vec<(&'static str, String)>,
) {
    found.extend(
        language
            .images(pattern)
            .into_iter()
            .take(MOST)
            .map(|image| (stem, image)),
    );
    for wider in wider {
        let images = language.images(wider).into_iter();
        let only = images.filter(|image| !language.covers(pattern, &whole(image)));
        found.extend(only.take(MOST).map(|image| ("look-alike", image)));
    }
}

/// Images about which the settings have evidence
const MOST_KNOWN: usize = 16;

/// Images of one pattern; of its forms, some may be covered by other patterns too
const MOST: usize = 6;
