//! `match` and `exclude`: objects by kind, namespace, name, labels and user. Rules here know namespaces.

use crate::import::scope;
use crate::import::source::At;

/// The objects of `match` or `exclude`
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// Exact names; `None` for all namespaces
    pub(super) namespaces: Option<Vec<String>>,
    /// Keys of what else the objects are selected by
    pub(super) others: Vec<String>,
    /// Whether Pods are among the kinds
    pub(super) has_pods: bool,
}

impl Matched {
    /// Reads `{any: [FILTER]}`, `{all: [FILTER]}`, or a filter.
    pub(super) fn of(at: &At<'_>) -> Self {
        let (any, all) = (at.items_of("any"), at.items_of("all"));
        match (any.as_slice(), all.as_slice()) {
            ([], []) => Self::of_filter(at),
            (any, []) => any
                .iter()
                .map(Self::of_filter)
                .reduce(Self::or)
                .unwrap_or_default(),
            ([], [only]) => Self::of_filter(only),
            (_, all) => {
                let mut all = all
                    .iter()
                    .map(Self::of_filter)
                    .reduce(Self::or)
                    .unwrap_or_default();
                all.others.push("all".to_owned());
                all
            }
        }
    }

    fn of_filter(filter: &At<'_>) -> Self {
        let mut found = Self::default();
        for (key, value) in filter.entries() {
            match key {
                "resources" => found.add_resources(&value),
                key => found.others.push(key.to_owned()),
            }
        }
        found
    }

    fn add_resources(&mut self, resources: &At<'_>) {
        for (key, value) in resources.entries() {
            match key {
                "kinds" => {
                    let kinds = value.items();
                    let kind = |one: &At<'_>| {
                        let name = one.text().unwrap_or_default();
                        let name = name.rsplit('/').next().unwrap_or_default();
                        name == "Pod" || name == "*"
                    };
                    self.has_pods = kinds.iter().any(kind);
                }
                "namespaces" => match names(&value) {
                    Some(names) => self.namespaces = Some(names),
                    None => self.others.push("namespaces".to_owned()),
                },
                "namespaceSelector" => match scope::named(&value) {
                    Some(names) if self.namespaces.is_none() => self.namespaces = Some(names),
                    _ => self.others.push(key.to_owned()),
                },
                "operations" => {}
                key => self.others.push(key.to_owned()),
            }
        }
    }

    /// The objects of either.
    fn or(self, other: Self) -> Self {
        let namespaces = match (self.namespaces, other.namespaces) {
            (Some(mut names), Some(others)) => {
                names.extend(others);
                names.sort();
                names.dedup();
                Some(names)
            }
            _ => None,
        };
        Self {
            namespaces,
            others: [self.others, other.others].concat(),
            has_pods: self.has_pods || other.has_pods,
        }
    }

    /// The other keys, for messages.
    pub(super) fn others(&self) -> String {
        let others: Vec<_> = self.others.iter().map(|key| format!("`{key}`")).collect();
        others.join(", ")
    }
}

/// Names of namespaces without wildcards.
fn names(list: &At<'_>) -> Option<Vec<String>> {
    let names = list.items();
    let names = names.iter().map(|name| {
        let name = name.text()?;
        (!name.contains(['*', '?', '!', '{'])).then(|| name.to_owned())
    });
    names.collect()
}
