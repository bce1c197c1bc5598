//! Comparison of patterns with each other, for tools that look for rules without effect.

use alloc::string::String;

use super::{DigestPattern, EVERY_IMAGE, ImagePattern, Name, Tag, covers_host};
use crate::pattern::glob::{Glob, Rest};

impl ImagePattern<'_> {
    /// Whether the pattern certainly matches every image that another pattern matches.
    ///
    /// ```
    /// use policy_text::pattern::ImagePattern;
    ///
    /// let shop = ImagePattern::parse("registry.example/shop/**")?;
    /// assert!(shop.covers(&ImagePattern::parse("registry.example/shop/web:1.*")?));
    /// assert!(!shop.covers(&ImagePattern::parse("registry.example/*/web")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn covers(&self, other: &ImagePattern<'_>) -> bool {
        // An image without a digest has a tag, and the other way round.
        let is_tagged = other.digest == DigestPattern::Absent;
        let is_pinned = other.tag == Tag::Absent;
        self.tag.covers_all(other.tag, is_tagged)
            && self.digest.covers_all(other.digest, is_pinned)
            && self.name.covers_all(other.name)
    }

    /// Whether the pattern matches images of a registry. Its host may have wildcards; that of the registry has none.
    #[must_use]
    pub fn is_of_registry(&self, host: &str) -> bool {
        match self.name.text().split_once('/') {
            Some((own, _)) => covers_host(own, host),
            None => true,
        }
    }

    /// Whether the pattern matches images by their tags, or by the absence of one.
    #[must_use]
    pub fn names_tag(&self) -> bool {
        self.tag != Tag::Unspecified
    }

    /// Whether the pattern matches images by their digests, or by the absence of one.
    #[must_use]
    pub fn names_digest(&self) -> bool {
        self.digest != DigestPattern::Unspecified
    }
}

impl Name<'_> {
    fn covers_all(self, other: Name<'_>) -> bool {
        // Every name that a glob covers begins with its literal part.
        if let Self::Glob(glob) = self
            && !other.beginning().starts_with(glob.literal)
        {
            return false;
        }
        covers_name(&self.text(), &other.text())
    }

    /// Returns the text before the first wildcard.
    fn beginning(&self) -> &str {
        match self {
            Self::Glob(glob) => glob.literal,
            Self::Segments(text) => text.split('*').next().unwrap_or_default(),
        }
    }

    /// Returns the name as written.
    fn text(self) -> String {
        match self {
            Self::Segments(text) => text.into(),
            Self::Glob(Glob { literal, rest }) => {
                let wildcard = match rest {
                    Rest::Nothing => "",
                    Rest::WithoutSlash => "*",
                    Rest::Anything => EVERY_IMAGE,
                };
                alloc::format!("{literal}{wildcard}")
            }
        }
    }
}

fn covers_name(wider: &str, narrower: &str) -> bool {
    if wider == EVERY_IMAGE {
        return true;
    }
    let (Some((wide_host, wide_path)), Some((host, path))) =
        (wider.split_once('/'), narrower.split_once('/'))
    else {
        return false;
    };
    // A port belongs to the last label, which has no wildcard.
    let labels = wide_host.split('.').zip(host.split('.'));
    let is_same_depth = wide_host.split('.').count() == host.split('.').count();
    let mut labels = labels.map(|(wide, label)| covers_part(wide, label));
    if !is_same_depth || !labels.all(|covers| covers) {
        return false;
    }
    let mut segments = path.split('/');
    for wide in wide_path.split('/') {
        match segments.next() {
            Some(_) if wide == EVERY_IMAGE => return true,
            Some(segment) if segment != EVERY_IMAGE && covers_part(wide, segment) => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

/// Compares parts that have at most one wildcard each.
fn covers_part(wider: &str, narrower: &str) -> bool {
    let Some((before, after)) = wider.split_once('*') else {
        return wider == narrower;
    };
    match narrower.split_once('*') {
        Some((own_before, own_after)) => {
            own_before.starts_with(before) && own_after.ends_with(after)
        }
        None => super::is_between(before, after, narrower),
    }
}

impl Tag<'_> {
    fn covers_all(self, other: Tag<'_>, is_tagged: bool) -> bool {
        match (self, other) {
            (Self::Unspecified, _)
            | (Self::Absent, Tag::Absent)
            | (Self::Like("", ""), Tag::Is(_) | Tag::Like(..)) => true,
            (Self::Like("", ""), Tag::Unspecified) => is_tagged,
            (Self::Is(wider), Tag::Is(tag)) => wider == tag,
            (Self::Like(before, after), Tag::Is(tag)) => super::is_between(before, after, tag),
            (Self::Like(before, after), Tag::Like(own_before, own_after)) => {
                own_before.starts_with(before) && own_after.ends_with(after)
            }
            (Self::Absent | Self::Is(_) | Self::Like(..), _) => false,
        }
    }
}

impl DigestPattern {
    fn covers_all(self, other: Self, is_pinned: bool) -> bool {
        match (self, other) {
            (Self::Unspecified, _)
            | (Self::Absent, Self::Absent)
            | (Self::Any, Self::Any | Self::Is(_)) => true,
            (Self::Any, Self::Unspecified) => is_pinned,
            (Self::Is(wider), Self::Is(digest)) => wider == digest,
            (Self::Absent | Self::Any | Self::Is(_), _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use crate::image::{ImageReference, NormalizedReference};
    use crate::pattern::ImagePattern;

    const DIGEST: &str = "@sha256:1111111111111111111111111111111111111111111111111111111111111111";

    fn patterns() -> Vec<String> {
        let names = [
            "r.example/a",
            "r.example/a*",
            "r.example/*",
            "r.example/**",
            "r.example/a/**",
            "r.example/*/b",
            "r.example/a/b",
            "r.example/a/*",
            "r.example/*a/b",
            "r.example/a*b/b",
            "*.r.example/a",
            "e-*.r.example/a",
            "e.r.example/*",
            "r.example:5000/**",
            "**",
        ];
        let tails = [
            "", ":1", ":1*", ":*", ":-", "@*", "@-", ":*@-", ":1@-", ":-@*", ":1@*", DIGEST,
        ];
        let all = names
            .iter()
            .flat_map(|name| tails.map(|tail| alloc::format!("{name}{tail}")));
        all.collect()
    }

    /// Images that a narrower pattern matches also match a wider one: all pairs of patterns and images.
    #[test]
    fn covering_agrees_with_matching() {
        let names = [
            "r.example/a",
            "r.example/ab",
            "r.example/a/b",
            "r.example/ab/b",
            "r.example/a/b/c",
            "r.example/ca/b",
            "e.r.example/a",
            "e-1.r.example/a",
            "r.example:5000/a",
            "x.example/a",
        ];
        let tails = ["", ":1", ":12", ":2", DIGEST, &alloc::format!(":1{DIGEST}")];
        let images = names
            .iter()
            .flat_map(|name| tails.map(|tail| alloc::format!("{name}{tail}")));
        let images: Vec<_> = images.collect();
        let parse = |image| NormalizedReference::from(ImageReference::parse(image).unwrap());
        let references: Vec<_> = images.iter().map(|image| parse(image)).collect();
        let patterns = patterns();
        let mut covered = 0;
        for wide_text in &patterns {
            let wider = ImagePattern::parse(wide_text).unwrap();
            assert!(wider.covers(&wider), "{wide_text}");
            for text in &patterns {
                let narrower = ImagePattern::parse(text).unwrap();
                if !wider.covers(&narrower) {
                    continue;
                }
                covered += 1;
                let is_lost = |image: &&NormalizedReference<'_>| {
                    narrower.matches(image) && !wider.matches(image)
                };
                assert_eq!(references.iter().find(is_lost), None, "{wide_text} {text}");
            }
        }
        assert!(covered > 3 * patterns.len(), "{covered}");
    }

    #[test]
    fn wider_patterns_cover_narrower_ones() {
        for (wider, narrower, expected) in [
            ("**", "r.example/a:1@-", true),
            ("r.example/**", "r.example/a/*:1", true),
            ("r.example/**", "**", false),
            ("r.example/**", "r.example.evil.example/a", false),
            ("r.example/*", "r.example/**", false),
            ("r.example/a/**", "r.example/a", false),
            ("r.example/a*", "r.example/ab*", true),
            ("r.example/a*", "r.example/a/b", false),
            ("*.r.example/**", "eu-*.r.example/a", true),
            ("*.r.example/**", "a.b.r.example/a", false),
            ("**:*", "**@-", true),
            ("**:*", "**", false),
            ("**@*", "**:-", true),
            ("**@*", "**", false),
            ("**:latest", "**:latest@-", true),
            ("**:latest@-", "**:latest", false),
            ("**:1.*", "**:1.2.*", true),
            ("r.example/a", "r.example:5000/a", false),
        ] {
            let (wide, narrow) = (ImagePattern::parse(wider), ImagePattern::parse(narrower));
            assert_eq!(
                wide.unwrap().covers(&narrow.unwrap()),
                expected,
                "{wider} {narrower}"
            );
        }
    }

    #[test]
    fn patterns_are_of_the_registries_of_their_images() {
        for (pattern, host, expected) in [
            ("r.example/**", "r.example", true),
            ("r.example/**", "r.example:5000", false),
            ("*.r.example/a", "eu.r.example", true),
            ("*.r.example/a", "r.example", false),
            ("**:latest", "r.example", true),
        ] {
            let found = ImagePattern::parse(pattern).unwrap().is_of_registry(host);
            assert_eq!(found, expected, "{pattern} {host}");
        }
    }
}
