//! The part of an example that the page of its rule shows.

/// The part of an example that its page shows. Examples about Sigstore are shown from `sigstore` on if `other` has
/// the same before it, without the lists of documents that `other` has too, and with the ends of long base64 texts.
pub(super) fn excerpt(yaml: &str, other: &str) -> String {
    let Some((before, _)) = yaml.split_once(SIGSTORE) else {
        return yaml.to_owned();
    };
    let is_same = other.split_once(SIGSTORE).map(|(before, _)| before) == Some(before);
    let part = yaml.strip_prefix(before).filter(|_| is_same);
    let part = part.map_or(yaml, str::trim_start);
    let others = document_lists(other);
    let same = document_lists(yaml).into_iter();
    let same = same.filter(|list| others.contains(list));
    let shown = same.fold(part.to_owned(), |shown, list| {
        let key = list.split(':').next().unwrap_or_default();
        shown.replace(list, &format!("{key}: […]\n"))
    });
    let shown = shown.replace(SAME_DOCUMENT, "      document: {…}\n");
    shown.lines().map(shortened).collect::<Vec<_>>().join("\n")
}

/// The beginning of trusted roots and identities
const SIGSTORE: &str = "\nsigstore:\n";

/// A document of which every list is left out
const SAME_DOCUMENT: &str = "      document:
        mediaType: application/vnd.dev.sigstore.trustedroot+json;version=0.1
        certificateAuthorities: […]
        tlogs: […]
        ctlogs: […]
";

/// The keys of lists in documents
const LISTS: [&str; 3] = [
    "        certificateAuthorities:\n",
    "        tlogs:\n",
    "        ctlogs:\n",
];

/// The lists of the documents of trusted roots, each with its key.
fn document_lists(yaml: &str) -> Vec<&str> {
    let lists = LISTS
        .into_iter()
        .flat_map(|key| yaml.match_indices(key).map(|(start, _)| start));
    let list = |start: usize| {
        let text = yaml.get(start..)?;
        let items = text.split_inclusive('\n').skip(1);
        let items = items.take_while(|line| line.starts_with("          "));
        let key = text.split_inclusive('\n').take(1);
        text.get(..key.chain(items).map(str::len).sum())
    };
    lists.filter_map(list).collect()
}

/// A line of YAML, with the ends of its value if that is the base64 text of a key or certificate.
fn shortened(line: &str) -> String {
    const KEY: &str = "rawBytes: ";
    const SHOWN: usize = 8;
    let Some((indent, value)) = line.split_once(KEY) else {
        return line.to_owned();
    };
    let end = value.len().saturating_sub(SHOWN);
    match (value.get(..SHOWN), value.get(end..)) {
        (Some(start), Some(end)) if value.len() > 2 * SHOWN => {
            format!("{indent}{KEY}{start}…{end}")
        }
        _ => line.to_owned(),
    }
}
