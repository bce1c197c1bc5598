//! The part of an example that the page of its rule shows.

/// The part of an example that its page shows: without the lists of keys and certificates that `other` has too, and with
/// the ends of long base64 texts. Examples about Sigstore are shown from `sigstore` on if `other` has the same before
/// it.
pub(super) fn excerpt(yaml: &str, other: &str) -> String {
    let before = |text: &str| text.split_once(SIGSTORE).map(|(before, _)| before.len());
    let part = before(yaml).and_then(|length| {
        let is_same = before(other) == Some(length) && yaml.get(..length) == other.get(..length);
        yaml.get(length..).filter(|_| is_same)
    });
    let part = part.map_or(yaml, str::trim_start);
    let others = key_lists(other);
    let same = key_lists(part).into_iter();
    let same = same.filter(|list| others.contains(list));
    let shown = same.fold(part.to_owned(), |shown, list| {
        let key = list.split(':').next().unwrap_or_default();
        shown.replace(list, &format!("{key}: […]\n"))
    });
    let shown = shown.replace(SAME_DOCUMENT, "      document: {…}\n");
    let lines: Vec<_> = shown.lines().map(shortened).collect();
    short_pem(&lines).join("\n")
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

/// The outermost lists that contain keys or certificates, each with its key.
fn key_lists(yaml: &str) -> Vec<&str> {
    let mut lists = Vec::new();
    let mut rest = yaml;
    while let Some((line, below)) = rest.split_once('\n') {
        let is_key = line.ends_with(':') && !line.trim_start().starts_with('-');
        let items = below.split_inclusive('\n');
        let items = items.take_while(|item| indentation(item) > indentation(line));
        let items: usize = items.map(str::len).sum();
        let end = line.len().saturating_add(1).saturating_add(items);
        let list = rest.get(..end).unwrap_or_default();
        let is_list = is_key && below.trim_start().starts_with("- ");
        rest = below;
        if is_list && (list.contains("-----BEGIN ") || list.contains(RAW_BYTES)) {
            lists.push(list);
            rest = below.get(items..).unwrap_or_default();
        }
    }
    lists
}

fn indentation(line: &str) -> usize {
    line.len().saturating_sub(line.trim_start().len())
}

/// A line of YAML, with the ends of its value if that is the base64 text of a key or certificate.
fn shortened(line: &str) -> String {
    match line.split_once(RAW_BYTES) {
        Some((indent, value)) => format!("{indent}{RAW_BYTES}{}", ends(value)),
        None => line.to_owned(),
    }
}

/// The key of a base64 text in a document
const RAW_BYTES: &str = "rawBytes: ";

/// A text with its first and last characters only, if it is long.
fn ends(text: &str) -> String {
    const SHOWN: usize = 8;
    let end = text.len().saturating_sub(SHOWN);
    match (text.get(..SHOWN), text.get(end..)) {
        (Some(start), Some(end)) if text.len() > 2 * SHOWN => format!("{start}…{end}"),
        _ => text.to_owned(),
    }
}

/// Lines with one line in place of the body of each PEM block.
fn short_pem(lines: &[String]) -> Vec<String> {
    let (mut shown, mut body) = (Vec::new(), None::<String>);
    for line in lines {
        let is_end = line.contains("-----END ");
        if let Some(text) = body.take_if(|_| is_end) {
            shown.push(format!("{}{}", " ".repeat(indentation(line)), ends(&text)));
        }
        match &mut body {
            Some(text) => text.push_str(line.trim()),
            None => shown.push(line.clone()),
        }
        if line.contains("-----BEGIN ") && !is_end {
            body = Some(String::new());
        }
    }
    shown
}
