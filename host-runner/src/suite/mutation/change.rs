//! Changes of parts of a policy, and widening of patterns.

use serde_json::Value;

use crate::suite::place::Place;

/// A change at one place
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// Takes the part away
    Remove,
    /// Puts something else there, whether anything was there or not
    Set(Value),
    /// Puts something else there, if anything was
    Replace(Value),
}

impl Change {
    pub(super) fn apply(&self, place: &Place, settings: &mut Value) {
        match self {
            Self::Remove => {
                place.remove(settings);
            }
            Self::Set(value) => place.set(settings, value.clone()),
            Self::Replace(value) => {
                if let Some(part) = place.get_mut(settings) {
                    *part = value.clone();
                }
            }
        }
    }
}

/// Patterns of singleton policies: any depth, any tag or digest, and without a boundary.
pub(in crate::suite) fn wider_name(pattern: &str) -> Vec<String> {
    let closed = || match tail(pattern) {
        Some(stem) => vec![format!("{stem}*")],
        None => vec![format!("{pattern}*")],
    };
    wider_open(pattern).unwrap_or_else(closed)
}

/// A pattern with a wildcard at its end, where `**` may stand behind anything.
fn wider_open(pattern: &str) -> Option<Vec<String>> {
    if let Some(stem) = pattern.strip_suffix("/**") {
        return Some(vec![format!("{stem}**")]);
    }
    // A tag and a digest have no slash, so that both wildcards cover the same.
    let is_in_tag = tail(pattern).is_some_and(|stem| stem.contains('/'));
    if pattern.ends_with("**") || (is_in_tag && pattern.ends_with('*')) {
        return Some(Vec::new());
    }
    pattern.ends_with('*').then(|| vec![format!("{pattern}*")])
}

/// Patterns of platform policies: any depth, any tag or digest, and longer names.
pub(in crate::suite) fn wider_allow(pattern: &str) -> Vec<String> {
    if pattern.ends_with("**") {
        return Vec::new();
    }
    if pattern.ends_with("/*") {
        return vec![format!("{pattern}*")];
    }
    match tail(pattern) {
        Some(stem) => vec![stem.trim_end_matches([':', '@']).to_owned()],
        None if pattern.ends_with('*') => Vec::new(),
        None => vec![format!("{pattern}*")],
    }
}

/// Patterns of `imagePolicy`: any tag and digest, any depth, the directory above, and longer names.
pub(in crate::suite) fn wider_image(pattern: &str) -> Vec<String> {
    if let Some(stem) = tail(pattern) {
        // Both, where both are there.
        let stem = stem.trim_end_matches(['@', ':']);
        return vec![
            tail(stem)
                .map_or(stem, |stem| stem.trim_end_matches(':'))
                .to_owned(),
        ];
    }
    let above = |path: &str| match path.rsplit_once('/') {
        Some((above, _)) => format!("{above}/**"),
        None => "**".to_owned(),
    };
    match pattern.rsplit_once('/') {
        None => Vec::new(),
        Some((stem, "**")) => vec![above(stem)],
        Some((stem, "*")) => vec![format!("{stem}/**")],
        Some((stem, last)) if last.contains('*') => vec![format!("{stem}/*")],
        Some((stem, _)) => vec![format!("{pattern}*"), format!("{stem}/*")],
    }
}

/// Directories: those below, and those whose names only begin alike.
pub(in crate::suite) fn wider_directory(pattern: &str) -> Vec<String> {
    let closed = || vec![format!("{pattern}/**"), format!("{pattern}*")];
    wider_open(pattern).unwrap_or_else(closed)
}

/// Repositories: any depth, and every other one beside it.
pub(in crate::suite) fn wider_repository(pattern: &str) -> Vec<String> {
    if pattern.ends_with("**") {
        return Vec::new();
    }
    if pattern.ends_with('*') {
        return vec![format!("{pattern}*")];
    }
    let parent = pattern.rsplit_once('/').map(|(parent, _)| parent);
    parent
        .map(|parent| format!("{parent}/*"))
        .into_iter()
        .collect()
}

/// A pattern without the tag or digest at its end, but with what announces it.
fn tail(pattern: &str) -> Option<&str> {
    let at = pattern.find('@').or_else(|| {
        let colon = pattern.rfind(':')?;
        (!pattern.get(colon..)?.contains('/')).then_some(colon)
    })?;
    pattern.get(..at.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_way_to_be_wider() {
        type Wider = fn(&str) -> Vec<String>;
        #[rustfmt::skip]
        let rows: [(Wider, &str, &[&str]); 23] = [
            (wider_name, "r.example/a/**", &["r.example/a**"]),
            (wider_name, "r.example/a/*", &["r.example/a/**"]),
            (wider_name, "r.example/a", &["r.example/a*"]),
            (wider_name, "r.example/a:1", &["r.example/a:*"]),
            (wider_name, "r.example/a@sha256:00", &["r.example/a@*"]),
            (wider_name, "r.example/a:1*", &[]),
            (wider_name, "r.example:5*", &["r.example:5**"]),
            (wider_allow, "r.example/a:1", &["r.example/a"]),
            (wider_allow, "r.example/a", &["r.example/a*"]),
            (wider_allow, "r.example/**", &[]),
            (wider_directory, "r.example/a", &["r.example/a/**", "r.example/a*"]),
            (wider_directory, "r.example/a/**", &["r.example/a**"]),
            (wider_image, "r.example/a/b", &["r.example/a/b*", "r.example/a/*"]),
            (wider_image, "r.example/a/*", &["r.example/a/**"]),
            (wider_image, "r.example/a/b*", &["r.example/a/*"]),
            (wider_image, "r.example/a/**", &["r.example/**"]),
            (wider_image, "r.example:5000/**", &["**"]),
            (wider_image, "**", &[]),
            (wider_image, "**:latest@-", &["**"]),
            (wider_image, "r.example/a:1", &["r.example/a"]),
            (wider_image, "r.example/a@sha256:00", &["r.example/a"]),
            (wider_repository, "github.com/a/*", &["github.com/a/**"]),
            (wider_repository, "github.com/a/b", &["github.com/a/*"]),
        ];
        for (wider, pattern, expected) in rows {
            assert_eq!(wider(pattern), expected, "{pattern}");
        }
    }
}
