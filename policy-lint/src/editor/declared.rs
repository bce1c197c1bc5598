//! The names that a document declares, each with its place and a page.

use core::fmt::Write as _;

use policy_wasm::{Code, RuleKind};

use super::Editor;
use super::cursor::{Kind, Section};
use super::names::Noun;
use super::text::Text;
use crate::document::{AdmissionRule, Attestor, Key, Owner, Settings};
use crate::rule::RULES;
use crate::source::{Node, Span};

/// The settings and the suite in which names are declared
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'n> {
    settings: Option<Settings<'n>>,
    suite: Option<&'n Node>,
}

/// A name with its declaration
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) name: String,
    /// Place of the declaration; none of codes
    pub(super) span: Option<Span>,
    /// A few words
    pub(super) detail: String,
}

impl<'n> World<'n> {
    /// Returns what the names of a section may refer to.
    pub(super) fn of(editor: &Editor<'n>, section: &Section<'n>) -> Self {
        match section.kind {
            Kind::Settings(settings) => Self {
                settings: Some(settings),
                suite: None,
            },
            Kind::Suite(node) => {
                let beside = || editor.text.settings();
                Self {
                    settings: editor.settings.and_then(Text::settings).or_else(beside),
                    suite: Some(node),
                }
            }
            Kind::Config => Self {
                settings: None,
                suite: None,
            },
        }
    }

    /// Replaces the settings, if there are others.
    pub(super) fn with_settings(self, settings: Option<Settings<'n>>) -> Self {
        Self {
            settings: settings.or(self.settings),
            ..self
        }
    }

    /// Returns all names of a kind; a name that is declared twice is there twice.
    pub(super) fn declared(&self, noun: Noun) -> Vec<Declared> {
        let settings = self.settings.as_ref();
        match noun {
            Noun::Attestor => settings.map(attestors).unwrap_or_default(),
            Noun::Note => settings.map(notes).unwrap_or_default(),
            Noun::Key => settings.map(keys).unwrap_or_default(),
            Noun::Namespace => settings.map(namespaces).unwrap_or_default(),
            Noun::IdentitySet => self.entries(&["sigstore", "identities"], "set of identities"),
            Noun::TrustedRoot => self.entries(&["sigstore", "trustedRoots"], "trusted root"),
            Noun::Signer => named(self.suite, "signers"),
            Noun::Image => named(self.suite, "images"),
            Noun::Reason => {
                let codes = Code::ALL.iter();
                let codes = codes.map(|code| Declared::new(code.as_str(), None, code.meaning()));
                codes.collect()
            }
            Noun::Lint => {
                let lints = RULES.iter();
                let lints = lints.map(|rule| Declared::new(rule.code, None, rule.what));
                lints.collect()
            }
        }
    }

    /// Returns the page of a name, in Markdown.
    pub(super) fn page(&self, noun: Noun, name: &str) -> Option<String> {
        let settings = self.settings.as_ref();
        match noun {
            Noun::Attestor => attestor_page(settings?, |one| one.name() == name),
            Noun::Note => attestor_page(settings?, |one| one.note_reference() == name),
            Noun::Key => key_page(settings?, |key| ids(key).any(|id| id == name)),
            Noun::Namespace => namespace_page(settings?, name),
            Noun::Reason | Noun::Lint => None,
            Noun::IdentitySet | Noun::TrustedRoot | Noun::Signer | Noun::Image => {
                let declared = self.declared(noun);
                let one = declared.iter().find(|one| one.name == name)?;
                Some(format!("`{name}`: {}", one.detail))
            }
        }
    }

    /// Returns the page of the public key with this field.
    pub(super) fn page_of_key_at(&self, field: Span) -> Option<String> {
        key_page(self.settings.as_ref()?, |key| key.span() == field)
    }

    fn entries(&self, path: &[&str], detail: &str) -> Vec<Declared> {
        let node = self.settings.and_then(|settings| settings.setting(path));
        let entries = node.map(Node::entries).unwrap_or_default().iter();
        let declared = entries.map(|entry| Declared::new(&entry.key, Some(entry.key_span), detail));
        declared.collect()
    }
}

impl Declared {
    fn new(name: &str, span: Option<Span>, detail: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            span,
            detail: detail.into(),
        }
    }
}

fn attestors(settings: &Settings<'_>) -> Vec<Declared> {
    let attestors = settings.attestors().into_iter();
    let named = attestors.filter(|one| !one.name().is_empty());
    let declared = named.map(|one| Declared::new(one.name(), Some(one.span()), "attestor"));
    declared.collect()
}

/// Returns the page of the first attestor that is meant.
fn attestor_page(
    settings: &Settings<'_>,
    is_meant: impl Fn(&Attestor<'_>) -> bool,
) -> Option<String> {
    let attestor = settings.attestors().into_iter().find(is_meant)?;
    let mut page = format!("attestor `{}`\n", attestor.name());
    let description = attestor.node.text_of("description");
    if !description.is_empty() {
        let _ = write!(page, "\n{description}\n");
    }
    if !attestor.note_reference().is_empty() {
        let _ = write!(page, "\n- note `{}`", attestor.note_reference());
    }
    let is_own = |key: &Key<'_>| matches!(key.owner, Owner::Attestor(_, one) if core::ptr::eq(one.node, attestor.node));
    for key in settings.keys().into_iter().filter(is_own) {
        let _ = write!(page, "\n- key {}", key_words(&key));
    }
    let uses = settings.set_uses().into_iter();
    for set in uses.filter(|set| set.attestor == Some(attestor.name())) {
        let _ = write!(page, "\n- identities `{}`", set.name);
    }
    Some(page)
}

/// Returns the id and algorithm of a key.
fn key_words(key: &Key<'_>) -> String {
    let algorithm = match key.algorithm() {
        Some((name, _)) => name,
        None if key.is_openpgp() => "OpenPGP",
        None => "ECDSA on P-256",
    };
    let given = key.id.and_then(Node::text);
    match (given, key.computed_id()) {
        (Some(id), Some(computed)) if id != computed => {
            format!("`{id}`, {algorithm}, with the computed id `{computed}`")
        }
        (Some(id), _) => format!("`{id}`, {algorithm}"),
        (None, Some(computed)) => format!("`{computed}`, {algorithm}"),
        (None, None) => format!("that is not valid, {algorithm}"),
    }
}

/// Returns the ids that signatures may name a key by.
fn ids(key: &Key<'_>) -> impl Iterator<Item = String> {
    let given = key.id.and_then(Node::text).map(str::to_owned);
    given.into_iter().chain(key.computed_id())
}

/// Returns the page of the first key that is meant.
fn key_page(settings: &Settings<'_>, is_meant: impl Fn(&Key<'_>) -> bool) -> Option<String> {
    let key = settings.keys().into_iter().find(is_meant)?;
    let mut page = format!("public key {}\n\n- {}", key_words(&key), owner(&key));
    let ids: Vec<_> = ids(&key).collect();
    let listed = settings.setting(&["keys"]).map(Node::items);
    let listed = listed.unwrap_or_default().iter();
    for item in listed.filter(|item| ids.iter().any(|id| id == item.text_of("id"))) {
        for field in ["notBefore", "notAfter", "owner"] {
            if let Some(text) = item.get(field).and_then(Node::text) {
                let _ = write!(page, "\n- `{field}`: {text}");
            }
        }
    }
    Some(page)
}

fn owner(key: &Key<'_>) -> String {
    match key.owner {
        Owner::Attestor(_, attestor) => format!("key of attestor `{}`", attestor.name()),
        Owner::Authenticator(purpose) => format!("key of `evidence.authenticators.{purpose}`"),
        Owner::Check => "key of a check".to_owned(),
    }
}

fn notes(settings: &Settings<'_>) -> Vec<Declared> {
    let declared = settings.attestors().into_iter().filter_map(|attestor| {
        let note = attestor.note?.value.get("noteReference")?;
        let detail = format!("note of {}", attestor.name());
        Some(Declared::new(note.text()?, Some(note.span), detail))
    });
    declared.collect()
}

fn keys(settings: &Settings<'_>) -> Vec<Declared> {
    let keys = settings.keys();
    let declared = keys.iter().flat_map(|key| {
        let declared = |id: String| Declared::new(&id, Some(key.span()), owner(key));
        ids(key).map(declared)
    });
    declared.collect()
}

/// Returns the namespaces that the settings name, those with a rule first.
fn namespaces(settings: &Settings<'_>) -> Vec<Declared> {
    let rules = namespace_rules(settings).into_iter().map(|rule| {
        let evaluation = rule.evaluation().map_or("", |(mode, _)| mode);
        Declared::new(rule.key(), Some(rule.key_span), evaluation)
    });
    let sets = settings.check_sets().into_iter().filter_map(|set| {
        let name = set.node.at(&["scope", "kubernetesNamespace"])?;
        Some((name, "check set"))
    });
    let image_rules = settings.setting(&["imagePolicy", "rules"]);
    let image_rules = image_rules.map(Node::items).unwrap_or_default().iter();
    let of_images = image_rules.flat_map(|rule| rule.items_of("namespaces"));
    let of_images = of_images.map(|name| (name, "rule for images"));
    let others = sets.chain(of_images).filter_map(|(node, detail)| {
        let name = node.text().filter(|name| !name.is_empty())?;
        Some(Declared::new(name, Some(node.span), detail))
    });
    rules.chain(others).collect()
}

fn namespace_page(settings: &Settings<'_>, name: &str) -> Option<String> {
    let rules = namespace_rules(settings);
    let rule = rules.iter().find(|rule| rule.key() == name)?;
    let mut page = format!("rule of namespace `{name}`\n");
    for (mode, _) in rule.evaluation().into_iter().chain(rule.enforcement()) {
        let _ = write!(page, "\n- {mode}");
    }
    for (attestor, _) in rule.attestors() {
        let _ = write!(page, "\n- attestor `{attestor}`");
    }
    Some(page)
}

fn namespace_rules<'n>(settings: &Settings<'n>) -> Vec<AdmissionRule<'n>> {
    let rules = settings.rules().into_iter();
    let map = RuleKind::Namespace.map_name();
    rules.filter(|rule| rule.map == map).collect()
}

/// Returns the names of a suite, each with the text or the attestor that it stands for.
fn named(suite: Option<&Node>, field: &str) -> Vec<Declared> {
    let entries = suite.and_then(|suite| suite.get(field)).map(Node::entries);
    let entries = entries.unwrap_or_default().iter();
    let declared = entries.map(|entry| {
        let fields = ["standsFor", "subject"].into_iter();
        let mut texts = fields.filter_map(|field| entry.value.get(field)?.text());
        let detail = entry.value.text().or_else(|| texts.next());
        Declared::new(&entry.key, Some(entry.key_span), detail.unwrap_or_default())
    });
    declared.collect()
}
