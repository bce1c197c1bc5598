//! Namespaces that the policies of other systems select by labels.

use super::source::At;

/// The label that every namespace has with its name
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The namespaces that a label selector selects by name; `None` if it selects by other labels, or by exclusion.
pub(super) fn named(selector: &At<'_>) -> Option<Vec<String>> {
    let is_known = |(key, _): &(&str, At<'_>)| ["matchLabels", "matchExpressions"].contains(key);
    if !selector.entries().iter().all(is_known) {
        return None;
    }
    let labels = selector.get("matchLabels");
    let labels = labels.map(|labels| labels.entries()).unwrap_or_default();
    let expressions = selector.items_of("matchExpressions");
    match (labels.as_slice(), expressions.as_slice()) {
        ([(NAME_LABEL, name)], []) => Some(vec![name.text()?.to_owned()]),
        ([], [expression]) => {
            let is_in = expression.text_of("operator") == "In";
            if expression.text_of("key") != NAME_LABEL || !is_in {
                return None;
            }
            let values = expression.items_of("values");
            values
                .iter()
                .map(|value| value.text().map(str::to_owned))
                .collect()
        }
        _ => None,
    }
}

/// Whether a selector selects everything.
pub(super) fn is_everything(selector: &At<'_>) -> bool {
    let lists = ["matchLabels", "matchExpressions"].map(|key| selector.get(key));
    lists
        .into_iter()
        .flatten()
        .all(|list| list.entries().is_empty() && list.items().is_empty())
}
