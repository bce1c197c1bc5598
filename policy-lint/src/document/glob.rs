//! Parts of valid patterns, and coverage of patterns by others.

use alloc::collections::BTreeMap;

use super::{Language, Pattern};

/// A literal text with an optional wildcard
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glob<'p> {
    /// The text without its wildcard
    pub(crate) literal: &'p str,
    /// The final wildcard
    pub(crate) wildcard: Wildcard,
}

/// The end of a pattern
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcard {
    /// Nothing: the whole text is literal
    Nothing,
    /// `*`: a text without slashes
    Star,
    /// `**`: any text
    DoubleStar,
}

/// A pattern of a platform policy's allowlist by its parts
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AllowParts<'p> {
    /// Registry and repository
    pub(crate) name: Glob<'p>,
    /// The tag, where the pattern has one
    pub(crate) tag: Option<Glob<'p>>,
    /// The digest, where the pattern has one
    pub(crate) digest: Option<&'p str>,
}

impl<'p> Glob<'p> {
    /// Splits off the final wildcard.
    #[must_use]
    pub(crate) fn split(text: &'p str) -> Self {
        let (literal, wildcard) = if let Some(literal) = text.strip_suffix("**") {
            (literal, Wildcard::DoubleStar)
        } else if let Some(literal) = text.strip_suffix('*') {
            (literal, Wildcard::Star)
        } else {
            (text, Wildcard::Nothing)
        };
        Self { literal, wildcard }
    }

    /// Whether it ends with a wildcard.
    #[must_use]
    pub(crate) fn is_open(self) -> bool {
        self.wildcard != Wildcard::Nothing
    }

    /// Returns the literal text after the last slash.
    #[must_use]
    pub(crate) fn last_word(self) -> &'p str {
        self.literal.rsplit('/').next().unwrap_or(self.literal)
    }

    /// Whether it matches every text that another one matches.
    fn covers(self, other: Glob<'_>) -> bool {
        let Some(rest) = other.literal.strip_prefix(self.literal) else {
            return false;
        };
        match self.wildcard {
            Wildcard::Nothing => rest.is_empty() && !other.is_open(),
            Wildcard::Star => !rest.contains('/') && other.wildcard != Wildcard::DoubleStar,
            Wildcard::DoubleStar => true,
        }
    }
}

impl<'p> AllowParts<'p> {
    /// Splits a pattern.
    #[must_use]
    pub(crate) fn split(text: &'p str) -> Self {
        let (name_and_tag, digest) = match text.split_once('@') {
            Some((before, digest)) => (before, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match name_and_tag.rsplit_once(':') {
            // Else it is the port of a registry.
            Some((name, tag)) if !tag.contains('/') => (name, Some(Glob::split(tag))),
            _ => (name_and_tag, None),
        };
        let name = Glob::split(name);
        Self { name, tag, digest }
    }

    fn covers(self, other: AllowParts<'_>) -> bool {
        let covers_tag = self
            .tag
            .is_none_or(|tag| other.tag.is_some_and(|other| tag.covers(other)));
        let covers_digest = self.digest.is_none() || self.digest == other.digest;
        self.name.covers(other.name) && covers_tag && covers_digest
    }
}

/// Whether a valid pattern certainly covers everything that another of its language covers.
#[must_use]
pub(crate) fn covers(language: Language, wider: &str, narrower: &str) -> bool {
    match language {
        Language::Name => Glob::split(wider).covers(Glob::split(narrower)),
        Language::Allow => AllowParts::split(wider).covers(AllowParts::split(narrower)),
        Language::TrustedDirectory => covers_directory(wider, narrower),
        Language::SourceRepository => {
            let (wider, narrower) = (Glob::split(wider), Glob::split(narrower));
            // A wildcard there does not stand for nothing.
            let is_empty_rest = wider.is_open() && narrower.literal == wider.literal;
            wider.covers(narrower) && (narrower.is_open() || !is_empty_rest)
        }
    }
}

fn covers_directory(wider: &str, narrower: &str) -> bool {
    let split = |text| {
        let (registry, path) = str::split_once(text, '/')?;
        Some((registry, Glob::split(path)))
    };
    let Some(((wide_registry, wide_path), (registry, path))) = split(wider).zip(split(narrower))
    else {
        return false;
    };
    let covers_registry = match wide_registry.strip_prefix('*') {
        None => wide_registry == registry,
        // The star stands for a part of one subdomain, and not for nothing.
        Some(domain) => registry
            .strip_suffix(domain)
            .is_some_and(|part| !part.is_empty() && !part.contains('.')),
    };
    covers_registry && wide_path.covers(path)
}

/// The patterns of one list, indexed to find one that covers another
#[derive(Debug)]
pub(crate) struct Coverage<'l, 'n> {
    language: Language,
    /// Only under a beginning of one's own literal part can a wider one be
    by_key: BTreeMap<Key<'n>, Vec<&'l Pattern<'n>>>,
}

impl<'l, 'n> Coverage<'l, 'n> {
    /// All patterns are of one language.
    #[must_use]
    pub(crate) fn of(patterns: &'l [Pattern<'n>]) -> Self {
        let language = patterns
            .first()
            .map_or(Language::Name, |pattern| pattern.language);
        let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for pattern in patterns {
            let key = Key::of(language, pattern.text);
            by_key.entry(key).or_default().push(pattern);
        }
        Self { language, by_key }
    }

    /// The pattern with the shortest literal part that covers what another text of the language covers
    /// and is not the same text.
    #[must_use]
    pub(crate) fn wider_than(&self, narrower: &str) -> Option<&'l Pattern<'n>> {
        self.find(narrower, |pattern| {
            pattern.text != narrower && covers(self.language, pattern.text, narrower)
        })
    }

    /// Returns the first pattern that covers another one or is equal to it.
    #[must_use]
    pub(crate) fn covering(&self, narrower: &str) -> Option<&'l Pattern<'n>> {
        self.find(narrower, |pattern| {
            covers(self.language, pattern.text, narrower)
        })
    }

    /// Whether a pattern begins with a text.
    #[must_use]
    pub(crate) fn has_beginning(&self, beginning: &str) -> bool {
        let from = Key {
            literal: beginning,
            digest: None,
        };
        let next = self.by_key.range(from..).next();
        next.is_some_and(|(key, _)| key.literal.starts_with(beginning))
    }

    fn find(
        &self,
        narrower: &str,
        matches: impl Fn(&Pattern<'n>) -> bool,
    ) -> Option<&'l Pattern<'n>> {
        let Key { literal, digest } = Key::of(self.language, narrower);
        let ends = literal.char_indices().map(|(at, _)| at);
        let beginnings = ends
            .chain([literal.len()])
            .filter_map(|end| literal.get(..end));
        let keys = beginnings.flat_map(|literal| {
            let digests = [None].into_iter().chain(digest.map(Some));
            digests.map(move |digest| Key { literal, digest })
        });
        let mut candidates = keys.filter_map(|key| self.by_key.get(&key)).flatten();
        candidates.find(|pattern| matches(pattern)).copied()
    }
}

/// Key of a pattern in the index
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'p> {
    literal: &'p str,
    /// Of a pattern whose parts are compared each by itself
    digest: Option<&'p str>,
}

impl<'p> Key<'p> {
    fn of(language: Language, text: &'p str) -> Self {
        let (literal, digest) = match language {
            Language::Name | Language::SourceRepository => (Glob::split(text).literal, None),
            Language::Allow => match text.split_once('@') {
                Some((name_and_tag, digest)) => (name_and_tag, Some(digest)),
                None => (Glob::split(text).literal, None),
            },
            // A leading wildcard has no literal beginning; only such a pattern can cover another one.
            Language::TrustedDirectory if text.starts_with('*') => ("", None),
            Language::TrustedDirectory => (Glob::split(text).literal, None),
        };
        Self { literal, digest }
    }
}

#[cfg(test)]
mod tests {
    use policy_wasm::image::ImageReference;
    use policy_wasm::pattern::{AllowPattern, NamePattern, TrustedDirectory};

    use super::*;
    use crate::source::{Node, Shape, Span};

    fn pattern(language: Language, text: &str) -> Pattern<'_> {
        Pattern {
            text,
            span: NOTHING.span,
            item: &NOTHING,
            list: &NOTHING,
            language,
            is_system: false,
        }
    }

    static NOTHING: Node = Node {
        span: Span {
            file: 0,
            start: 0,
            end: 0,
        },
        shape: Shape::Null,
    };
    const DIGEST: &str = "@sha256:1111111111111111111111111111111111111111111111111111111111111111";

    #[test]
    fn wider_patterns_cover_narrower_ones() {
        use Language::{Allow, Name, SourceRepository, TrustedDirectory};
        for (language, wider, narrower, expected) in [
            (Name, "r.example/**", "r.example/app:1", true),
            (Name, "r.example/**", "r.example/*", true),
            (Name, "r.example/*", "r.example/**", false),
            (Name, "r.example/a/*", "r.example/a/b*", true),
            (Name, "r.example/a/*", "r.example/a/b**", false),
            (Name, "r.example/a/*", "r.example/a/b/c", false),
            (Name, "r.example/a", "r.example/a:1", false),
            (Name, "r.example/a*", "r.example/a:1", true),
            (Allow, "r.example/a", "r.example/a:1", true),
            (Allow, "r.example/a:1", "r.example/a", false),
            (Allow, "r.example/a:1*", "r.example/a:12", true),
            (Allow, "r.example/a:12", "r.example/a:1*", false),
            (Allow, "r.example/*", "r.example/a:1*", true),
            (Allow, "r.example:5000/a", "r.example:5000/a:1", true),
            (TrustedDirectory, "*.r.example/p", "a.r.example/p", true),
            (TrustedDirectory, "*.r.example/p", "*-b.r.example/p", true),
            (TrustedDirectory, "*.r.example/p", "a.b.r.example/p", false),
            (TrustedDirectory, "a.r.example/p/**", "a.r.example/p", false),
            (
                TrustedDirectory,
                "a.r.example/p/**",
                "a.r.example/p/*",
                true,
            ),
            (SourceRepository, "git.example/**", "git.example/a/*", true),
            (SourceRepository, "git.example/a/*", "git.example/a/", false),
        ] {
            let found = covers(language, wider, narrower);
            assert_eq!(found, expected, "{language:?} {wider} {narrower}");
        }
    }

    /// Images that a narrower pattern matches also match a wider one: all pairs of patterns and images.
    #[test]
    fn covering_agrees_with_matching() {
        let words = ["", "a", "ab", "a/b", "a/bc", "b"];
        let mut patterns = Vec::new();
        let mut images = Vec::new();
        for registry in [
            "a.r.example/",
            "b-a.r.example/",
            "*.r.example/",
            "*-a.r.example/",
            "a/",
        ] {
            for word in words {
                for end in ["", "*", "**", "/*", "/**", ":1", ":1*", ":*", "@*", DIGEST] {
                    patterns.push(format!("{registry}{word}{end}"));
                }
                patterns.push(format!("{registry}{word}:1{DIGEST}"));
                images.push(format!("{registry}{word}:1{DIGEST}"));
                for end in ["", ":1", ":12", DIGEST, "/c", "/c/d"] {
                    images.push(format!("{registry}{word}{end}"));
                }
            }
        }
        let matches = |language: Language, pattern: &str, image: &str| match language {
            Language::Name => NamePattern::parse(pattern).unwrap().matches(image),
            Language::Allow => ImageReference::parse(image)
                .is_ok_and(|image| AllowPattern::parse(pattern).unwrap().matches(image)),
            Language::TrustedDirectory | Language::SourceRepository => ImageReference::parse(image)
                .is_ok_and(|image| TrustedDirectory::parse(pattern).unwrap().matches(image)),
        };
        for language in [Language::Name, Language::Allow, Language::TrustedDirectory] {
            let valid = patterns.iter().filter(|pattern| language.accepts(pattern));
            let valid: Vec<_> = valid.collect();
            let mut covered = 0;
            for wider in &valid {
                for narrower in valid.iter().filter(|one| covers(language, wider, one)) {
                    covered += 1;
                    let lost = images.iter().find(|image| {
                        matches(language, narrower, image) && !matches(language, wider, image)
                    });
                    assert_eq!(lost, None, "{language:?} {wider} {narrower}");
                }
            }
            assert!(covered > valid.len(), "{language:?}");
            let list: Vec<_> = valid.iter().map(|text| pattern(language, text)).collect();
            let coverage = Coverage::of(&list);
            for narrower in &valid {
                let mut others = valid.iter().filter(|one| *one != narrower);
                let expected = others.any(|one| covers(language, one, narrower));
                let found = coverage.wider_than(narrower);
                assert_eq!(found.is_some(), expected, "{language:?} {narrower}");
            }
        }
    }
}
