//! Settings for the rules of the linter: values with their places. Malformed parts are left out; the policy's own
//! validation reports them.

use policy_wasm::pattern::{AllowPattern, NamePattern, SourceRepository, TrustedDirectory};

use policy_wasm::{CheckEvidence, CheckType, RuleKind};

use super::glob::Glob;
use super::image_policy::Quorum;
use crate::source::{Entry, Node, Span, pointed_at};

/// Settings, or one of Google's documents by itself
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings<'n> {
    /// The whole document
    pub(crate) root: &'n Node,
    /// Kind of the document
    pub(crate) origin: Origin,
    /// The text of its file
    pub(crate) text: &'n str,
}

/// Kind of a document with settings
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Complete settings
    Settings,
    /// A project-singleton policy; nothing is known about attestors and evidence
    SingletonPolicy,
    /// A platform policy; likewise
    PlatformPolicy,
}

/// A pattern of any of the four languages
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern<'n> {
    /// The text
    pub(crate) text: &'n str,
    /// Place of the text
    pub(crate) span: Span,
    /// The item of the list; for an allowlist of a singleton policy a mapping
    pub(crate) item: &'n Node,
    /// The list
    pub(crate) list: &'n Node,
    /// Its language
    pub(crate) language: Language,
    /// Whether it stands in the system policy, which Google writes
    pub(crate) is_system: bool,
}

/// The four pattern languages, named after their place
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// `admissionWhitelistPatterns[].namePattern`
    Name,
    /// `imageAllowlist.allowPattern[]`
    Allow,
    /// `trustedDirPatterns[]`
    TrustedDirectory,
    /// `trustedSourceRepoPatterns[]`
    SourceRepository,
}

/// A rule of a singleton policy
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdmissionRule<'n> {
    /// The map's field; `defaultAdmissionRule` for the default rule
    pub(crate) map: &'static str,
    /// The key; none for the default rule
    pub(crate) entry: Option<&'n Entry>,
    /// Place of the rule: its key, or the field of the default rule
    pub(crate) key_span: Span,
    /// The rule
    pub(crate) node: &'n Node,
}

/// An attestor
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attestor<'n> {
    /// The whole resource
    pub(crate) node: &'n Node,
    /// Its note with the keys, under either spelling
    pub(crate) note: Option<&'n Entry>,
}

/// A check set of a platform policy
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckSet<'n> {
    /// The check set
    pub(crate) node: &'n Node,
    /// Its policy
    pub(crate) policy: &'n Node,
}

/// A check
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check<'n> {
    /// The check
    pub(crate) node: &'n Node,
    /// The field that says its type, such as `vulnerabilityCheck`
    pub(crate) kind: &'n Entry,
}

/// Field of the default rule
pub(crate) const DEFAULT_RULE: &str = "defaultAdmissionRule";

impl<'n> Settings<'n> {
    pub(crate) const fn new(root: &'n Node, origin: Origin, text: &'n str) -> Self {
        Self { root, origin, text }
    }

    /// The project-singleton policy.
    #[must_use]
    pub(crate) fn policy(&self) -> Option<&'n Node> {
        match self.origin {
            Origin::Settings => self.root.get("policy"),
            Origin::SingletonPolicy => Some(self.root),
            Origin::PlatformPolicy => None,
        }
    }

    /// The platform policies.
    #[must_use]
    pub(crate) fn platform_policies(&self) -> Vec<&'n Node> {
        match self.origin {
            Origin::Settings => self.root.items_of("platformPolicies").iter().collect(),
            Origin::SingletonPolicy => Vec::new(),
            Origin::PlatformPolicy => vec![self.root],
        }
    }

    /// A setting; nothing in a document of Google's.
    #[must_use]
    pub(crate) fn setting(&self, keys: &[&str]) -> Option<&'n Node> {
        match self.origin {
            Origin::Settings => self.root.at(keys),
            Origin::SingletonPolicy | Origin::PlatformPolicy => None,
        }
    }

    /// Like [`Self::setting`], with its key.
    #[must_use]
    pub(crate) fn entry(&self, keys: &[&str]) -> Option<&'n Entry> {
        let (key, above) = keys.split_last()?;
        self.setting(above)?.entry(key)
    }

    /// Whether a setting is `true`.
    #[must_use]
    pub(crate) fn is_on(&self, keys: &[&str]) -> bool {
        self.setting(keys).is_some_and(Node::is_true)
    }

    /// Whether the images of indexes are evaluated in place of them.
    #[must_use]
    pub(crate) fn lists_indexes(&self) -> bool {
        let policy = self.setting(&["indexPolicy"]);
        policy.and_then(Node::text) == Some("platforms")
    }

    /// Returns the place of the singleton policy as a whole.
    #[must_use]
    pub(crate) fn policy_span(&self) -> Span {
        let key = match self.origin {
            Origin::Settings => self.root.entry("policy"),
            Origin::SingletonPolicy | Origin::PlatformPolicy => None,
        };
        key.map_or_else(|| pointed_at(self.root), |entry| entry.key_span)
    }

    /// Returns `globalPolicyEvaluationMode` of the singleton policy, with its place.
    #[must_use]
    pub(crate) fn global_mode(&self) -> Option<(&'n str, Span)> {
        mode(self.policy()?, "globalPolicyEvaluationMode")
    }

    /// The lists of patterns that policies of one's own have.
    #[must_use]
    pub(crate) fn pattern_lists(&self) -> Vec<Vec<Pattern<'n>>> {
        let patterns = self.patterns();
        patterns
            .chunk_by(|a, b| core::ptr::eq(a.list, b.list))
            .map(<[Pattern<'n>]>::to_vec)
            .filter(|list| list.iter().all(|pattern| !pattern.is_system))
            .collect()
    }

    /// Every valid pattern, of every language and document.
    #[must_use]
    pub(crate) fn patterns(&self) -> Vec<Pattern<'n>> {
        let mut patterns = Vec::new();
        for policy in self.policy().into_iter() {
            name_patterns(policy, false, &mut patterns);
        }
        for policy in self.setting(&["systemPolicy"]).into_iter() {
            name_patterns(policy, true, &mut patterns);
        }
        for policy in self.platform_policies() {
            let gke = policy.get("gkePolicy");
            allow_patterns(gke, &mut patterns);
        }
        for check_set in self.check_sets() {
            allow_patterns(Some(check_set.node), &mut patterns);
        }
        for check in self.all_checks() {
            allow_patterns(Some(check.node), &mut patterns);
            check_patterns(check.kind, &mut patterns);
        }
        patterns
    }

    /// Every rule of the singleton policy, the default rule last.
    #[must_use]
    pub(crate) fn rules(&self) -> Vec<AdmissionRule<'n>> {
        let Some(policy) = self.policy() else {
            return Vec::new();
        };
        let maps = RuleKind::ALL.into_iter().flat_map(|kind| {
            let map = kind.map_name();
            let entries = policy.get(map).map(Node::entries).unwrap_or_default();
            entries.iter().map(move |entry| AdmissionRule {
                map,
                entry: Some(entry),
                key_span: entry.key_span,
                node: &entry.value,
            })
        });
        let default = policy.entry(DEFAULT_RULE).map(|entry| AdmissionRule {
            map: DEFAULT_RULE,
            entry: None,
            key_span: entry.key_span,
            node: &entry.value,
        });
        maps.chain(default).collect()
    }

    /// The attestors.
    #[must_use]
    pub(crate) fn attestors(&self) -> Vec<Attestor<'n>> {
        let list = self.setting(&["attestors"]).map(Node::items);
        let read = |node: &'n Node| Attestor {
            node,
            note: NOTES.iter().find_map(|field| node.entry(field)),
        };
        list.unwrap_or_default().iter().map(read).collect()
    }

    /// The check sets of all platform policies.
    #[must_use]
    pub(crate) fn check_sets(&self) -> Vec<CheckSet<'n>> {
        let policies = self.platform_policies().into_iter();
        policies
            .flat_map(|policy| {
                let sets = policy.at(&["gkePolicy", "checkSets"]).map(Node::items);
                let sets = sets.unwrap_or_default().iter();
                sets.map(move |node| CheckSet { node, policy })
            })
            .collect()
    }

    /// The checks of all check sets and of all rules of `imagePolicy`.
    #[must_use]
    pub(crate) fn all_checks(&self) -> Vec<Check<'n>> {
        let of_sets = self.check_sets().into_iter();
        let of_sets = of_sets.flat_map(|set| set.checks());
        let rules = self.image_rules().into_iter();
        let of_rules = rules.flat_map(|rule| rule.checks());
        of_sets.chain(of_rules).collect()
    }

    /// The attestors that rules name, with their places.
    #[must_use]
    pub(crate) fn required_attestors(&self) -> Vec<(&'n str, Span)> {
        let of_rules = self.rules().into_iter();
        let of_rules = of_rules.flat_map(|rule| rule.attestors());
        let image_rules = self.image_rules().into_iter();
        let quorums = image_rules.flat_map(|rule| rule.quorums());
        let of_images = quorums.flat_map(Quorum::attestors);
        of_rules.chain(of_images).collect()
    }
}

/// The field of an attestor that holds note and keys; the second is the spelling of the API's beta
/// versions.
pub(crate) const NOTES: [&str; 2] = ["userOwnedGrafeasNote", "userOwnedDrydockNote"];

fn name_patterns<'n>(policy: &'n Node, is_system: bool, patterns: &mut Vec<Pattern<'n>>) {
    let Some(list) = policy.get("admissionWhitelistPatterns") else {
        return;
    };
    for item in list.items() {
        let node = item.get("namePattern");
        push(node, item, list, Language::Name, is_system, patterns);
    }
}

fn allow_patterns<'n>(owner: Option<&'n Node>, patterns: &mut Vec<Pattern<'n>>) {
    let list = owner.and_then(|owner| owner.at(&["imageAllowlist", "allowPattern"]));
    texts(list, Language::Allow, patterns);
}

fn check_patterns<'n>(kind: &'n Entry, patterns: &mut Vec<Pattern<'n>>) {
    let directories = kind.value.get("trustedDirPatterns");
    texts(directories, Language::TrustedDirectory, patterns);
    for rule in kind.value.items_of("rules") {
        let repositories = rule.get("trustedSourceRepoPatterns");
        texts(repositories, Language::SourceRepository, patterns);
    }
}

fn texts<'n>(list: Option<&'n Node>, language: Language, patterns: &mut Vec<Pattern<'n>>) {
    let Some(list) = list else {
        return;
    };
    for item in list.items() {
        push(Some(item), item, list, language, false, patterns);
    }
}

fn push<'n>(
    node: Option<&'n Node>,
    item: &'n Node,
    list: &'n Node,
    language: Language,
    is_system: bool,
    patterns: &mut Vec<Pattern<'n>>,
) {
    let text = node.and_then(Node::text);
    let valid = text.filter(|text| language.accepts(text));
    patterns.extend(node.zip(valid).map(|(node, text)| Pattern {
        text,
        span: node.span,
        item,
        list,
        language,
        is_system,
    }));
}

impl<'n> Pattern<'n> {
    /// The text without its wildcard, and the wildcard.
    #[must_use]
    pub(crate) fn glob(&self) -> Glob<'n> {
        Glob::split(self.text)
    }
}

impl Language {
    /// Whether a text is a pattern of the language.
    #[must_use]
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Self::Name => NamePattern::parse(text).is_ok(),
            Self::Allow => AllowPattern::parse(text).is_ok(),
            Self::TrustedDirectory => TrustedDirectory::parse(text).is_ok(),
            Self::SourceRepository => SourceRepository::parse(text).is_ok(),
        }
    }
}

impl<'n> AdmissionRule<'n> {
    /// The key; empty for the default rule.
    #[must_use]
    pub(crate) fn key(&self) -> &'n str {
        self.entry.map_or("", |entry| entry.key.as_str())
    }

    /// Returns its name in messages: `the default rule`, `the rule for production`.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        match self.entry {
            Some(entry) => format!("the rule for `{}`", entry.key),
            None => "the default rule".to_owned(),
        }
    }

    /// `evaluationMode`, with its place.
    #[must_use]
    pub(crate) fn evaluation(&self) -> Option<(&'n str, Span)> {
        mode(self.node, "evaluationMode")
    }

    /// `enforcementMode`, with its place.
    #[must_use]
    pub(crate) fn enforcement(&self) -> Option<(&'n str, Span)> {
        mode(self.node, "enforcementMode")
    }

    /// The attestors that the rule names, with their places.
    #[must_use]
    pub(crate) fn attestors(&self) -> Vec<(&'n str, Span)> {
        let items = self.node.items_of("requireAttestationsBy").iter();
        items
            .filter_map(|item| Some((item.text()?, item.span)))
            .collect()
    }
}

fn mode<'n>(rule: &'n Node, key: &str) -> Option<(&'n str, Span)> {
    let node = rule.get(key)?;
    Some((node.text()?, node.span))
}

impl<'n> Attestor<'n> {
    /// Its resource name; empty where it has none.
    #[must_use]
    pub(crate) fn name(&self) -> &'n str {
        self.node.text_of("name")
    }

    /// Whether a place is that of the whole attestor.
    #[must_use]
    pub(crate) fn is_at(&self, span: Span) -> bool {
        pointed_at(self.node) == span
    }

    /// Returns the place of the attestor: its name.
    #[must_use]
    pub(crate) fn span(&self) -> Span {
        pointed_at(self.node.get("name").unwrap_or(self.node))
    }

    /// The note under which its attestations are filed; empty where it has none.
    #[must_use]
    pub(crate) fn note_reference(&self) -> &'n str {
        self.note
            .map_or("", |note| note.value.text_of("noteReference"))
    }

    /// Its `publicKeys[]`.
    #[must_use]
    pub(crate) fn keys(&self) -> &'n [Node] {
        self.note
            .map(|note| note.value.items_of("publicKeys"))
            .unwrap_or_default()
    }
}

impl<'n> CheckSet<'n> {
    /// The namespace of its scope, and the service account where it names one; none where it is the
    /// default check set.
    #[must_use]
    pub(crate) fn scope(&self) -> Option<(&'n str, Option<&'n str>)> {
        let scope = self.node.get("scope")?;
        match scope.get("kubernetesServiceAccount").and_then(Node::text) {
            Some(pair) => pair
                .split_once(':')
                .map(|(namespace, account)| (namespace, Some(account))),
            None => Some((scope.text_of("kubernetesNamespace"), None)),
        }
    }

    /// Its checks that say what type they are.
    #[must_use]
    pub(crate) fn checks(&self) -> Vec<Check<'n>> {
        let checks = self.node.items_of("checks").iter();
        checks.filter_map(Check::read).collect()
    }
}

impl<'n> Check<'n> {
    /// Reads a check that says what type it is.
    pub(super) fn read(node: &'n Node) -> Option<Self> {
        let is_kind = |entry: &&Entry| CheckType::of_field(&entry.key).is_some();
        let kind = node.entries().iter().find(is_kind)?;
        Some(Self { node, kind })
    }

    /// Returns the evidence that it reads.
    pub(crate) fn evidence(&self) -> CheckEvidence {
        CheckType::of_field(&self.kind.key).map_or(CheckEvidence::Nothing, CheckType::evidence)
    }
}
