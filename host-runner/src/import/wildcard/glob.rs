//! Globs: wildcards with alternatives and classes of characters.

/// Maximum number of alternatives of one glob
const MAX: usize = 64;

/// The wildcards that a glob stands for. A class of characters is a `?`, which stands for more.
pub(super) fn alternatives(glob: &str) -> Vec<String> {
    let mut waiting = vec![without_classes(glob)];
    let mut done = Vec::new();
    while let Some(text) = waiting.pop() {
        let group = text.split_once('{').and_then(|(before, rest)| {
            let (group, behind) = rest.split_once('}')?;
            Some((before, group, behind))
        });
        match group {
            Some((before, group, behind)) if waiting.len().saturating_add(done.len()) < MAX => {
                let all = group.split(',').rev();
                waiting.extend(all.map(|one| format!("{before}{one}{behind}")));
            }
            // A brace is in no pattern.
            _ => done.push(text),
        }
    }
    done
}

fn without_classes(glob: &str) -> String {
    let mut text = String::with_capacity(glob.len());
    let mut rest = glob;
    while let Some((before, class)) = rest.split_once('[') {
        text.push_str(before);
        match class.split_once(']') {
            Some((_, behind)) => {
                text.push('?');
                rest = behind;
            }
            None => {
                text.push('[');
                rest = class;
            }
        }
    }
    text.push_str(rest);
    text
}
