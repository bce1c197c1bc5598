//! Names of GitHub's workflows in certificates: `https://HOST/OWNER/REPO/.github/workflows/FILE@REF`, where the host is
//! github.com or that of an enterprise.
//!
//! Source: the claim `job_workflow_ref` of
//! [GitHub's tokens](https://docs.github.com/en/actions/reference/security/oidc). The ref of a reusable workflow that
//! is called by its commit is the commit.

/// The host without enterprises of their own
pub(crate) const GITHUB_HOST: &str = "github.com";

/// Kinds of refs that runs have
const KINDS: [&str; 3] = ["heads", "tags", "pull"];

/// Returns why `text` can be the name of no workflow at this host, or match none if it is a pattern. `covers` tells
/// whether it stands for a name.
pub(crate) fn problem(
    text: &str,
    host: &str,
    covers: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let base = format!("https://{host}/");
    let Some(rest) = text.strip_prefix(&base) else {
        return Some(if text.contains("://") && host == GITHUB_HOST {
            "names of workflows begin with `https://github.com/`"
        } else if text.contains("://") {
            "names of workflows begin with `https://` and the host of their issuer"
        } else if text.contains('/') {
            "it does not begin with `https://`"
        } else {
            "GitHub's workflows have no e-mail addresses"
        });
    };
    let Some((path, reference)) = rest.split_once('@') else {
        return Some(if rest.ends_with("**") {
            "`**` covers no `@`, and every name of a workflow has one"
        } else {
            "it has no `@` with a ref"
        });
    };
    let segments: Vec<_> = path.split('/').collect();
    // GitHub's own workflows, such as that of Pages, are no files.
    if segments.get(2) == Some(&"dynamic") {
        return None;
    }
    let [owner, repository, _, _, file] = segments.as_slice() else {
        return Some("its path is not `OWNER/REPO/.github/workflows/FILE`");
    };
    if !is_file(file) {
        return Some("files of workflows end with `.yml` or `.yaml`");
    }
    let base = filled(&format!(
        "{base}{owner}/{repository}/.github/workflows/{file}"
    ));
    let own = filled(reference);
    if !covers(&format!("{base}@{own}")) {
        return Some("its path is not `OWNER/REPO/.github/workflows/FILE`");
    }
    let name = own.split('/').skip(2).collect::<Vec<_>>().join("/");
    let name = if name.is_empty() { "x" } else { &name };
    let is_ref = |kind: &&str| covers(&format!("{base}@refs/{kind}/{name}"));
    if is_commit(reference) || KINDS.iter().any(is_ref) {
        None
    } else if reference.contains('*') {
        Some("a `*` after `@` covers no `/`, so it matches no branch and no tag")
    } else {
        Some("`@` is not followed by a whole ref")
    }
}

/// Returns the name at this host that was probably meant, with words in capitals for what is unknown; `None` if the
/// text is no address.
pub(crate) fn meant(text: &str, host: &str) -> Option<String> {
    let (path, reference) = text.split_once('@').unwrap_or((text, ""));
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None if path.contains('/') => without_host(path, host),
        None => return None,
    };
    let segments: Vec<_> = path.split('/').collect();
    let at = |place: usize, unknown| {
        let segment = segments.get(place).copied().unwrap_or_default();
        let segment = segment.strip_suffix(".git").unwrap_or(segment);
        if matches!(segment, "" | "**") {
            unknown
        } else {
            segment
        }
    };
    let (owner, repository) = (at(0, "OWNER"), at(1, "REPO"));
    // No pattern can begin with any owner.
    let owner = if owner.contains('*') { "OWNER" } else { owner };
    let file = segments.iter().skip(2).rfind(|segment| is_file(segment));
    let file = file.filter(|file| **file != "**").unwrap_or(&"FILE.yml");
    let reference = meant_ref(reference);
    Some(format!(
        "https://{host}/{owner}/{repository}/.github/workflows/{file}@{reference}"
    ))
}

/// The path of an address without a scheme.
pub(super) fn without_host<'t>(text: &'t str, host: &str) -> &'t str {
    let rest = text.strip_prefix(host);
    rest.and_then(|rest| rest.strip_prefix('/')).unwrap_or(text)
}

/// Returns the Git ref that was probably meant.
pub(crate) fn meant_ref(reference: &str) -> String {
    let is_whole = |kind: &&str| {
        let rest = reference.strip_prefix("refs/");
        let rest = rest.and_then(|rest| rest.strip_prefix(kind));
        rest.is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
    };
    let is_number = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    let version = reference.strip_prefix('v').unwrap_or_default();
    if is_commit(reference) || KINDS.iter().any(is_whole) {
        reference.to_owned()
    } else if ["heads/", "tags/", "pull/"]
        .iter()
        .any(|kind| reference.starts_with(kind))
    {
        format!("refs/{reference}")
    } else if is_number(version) || version.starts_with('*') {
        format!("refs/tags/{reference}")
    } else if matches!(reference, "" | "*" | "**") || reference.starts_with("refs") {
        "refs/heads/main".to_owned()
    } else {
        format!("refs/heads/{reference}")
    }
}

/// A text for which a pattern stands.
pub(super) fn filled(pattern: &str) -> String {
    pattern.replace('*', "x")
}

/// Whether the last segment of a path can be the file of a workflow.
fn is_file(segment: &str) -> bool {
    [".yml", ".yaml", "*"]
        .iter()
        .any(|end| segment.ends_with(end))
}

/// Whether a ref is a commit: a hash of SHA-1 or SHA-256.
fn is_commit(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use policy_wasm::sigstore::SubjectPattern;

    use super::*;

    fn problem_of(text: &str) -> Option<&'static str> {
        let pattern = SubjectPattern::parse(text.into());
        problem(text, GITHUB_HOST, |name| match &pattern {
            Ok(pattern) => pattern.matches(name),
            Err(_) => name == text,
        })
    }

    #[test]
    fn names_and_patterns_of_workflows_are_possible() {
        for rest in [
            "shop/.github/workflows/release.yml@refs/heads/main",
            "shop/.github/workflows/release.yaml@refs/heads/gh-readonly-queue/main/pr-1",
            "shop/.github/workflows/release.yml@refs/pull/7/merge",
            "shop/.github/workflows/release.yml@refs/tags/*",
            "shop/.github/workflows/release.yml@refs/**",
            "shop/.github/workflows/*@refs/*/*",
            "shop/.github/workflows/release-*@*/*/*",
            "*/.github/workflows/*.yml@refs/heads/**",
            "*/*/*/*@refs/heads/main",
            "shop/.github/workflows/sign.yml@0123456789abcdef0123456789abcdef01234567",
            "shop/dynamic/pages/pages-build-deployment@refs/heads/main",
        ] {
            let text = format!("https://github.com/acme/{rest}");
            assert_eq!(problem_of(&text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_have_a_name_that_is_meant() {
        let workflow = |rest: &str| format!("https://github.com/acme/{rest}");
        let main = "shop/.github/workflows/release.yml@refs/heads/main";
        for (text, reason, meant_rest) in [
            (
                "https://github.com/acme/**",
                "`**`",
                "REPO/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop/**",
                "`**`",
                "shop/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop/.github/workflows/**",
                "`**`",
                "shop/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop",
                "no `@`",
                "shop/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop.git",
                "no `@`",
                "shop/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml",
                "no `@`",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@*",
                "branch",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@refs/*",
                "branch",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/",
                "whole ref",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@main",
                "whole ref",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@heads/main",
                "whole ref",
                main,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@v*",
                "branch",
                "shop/.github/workflows/release.yml@refs/tags/v*",
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release.yml@v1.2",
                "whole ref",
                "shop/.github/workflows/release.yml@refs/tags/v1.2",
            ),
            (
                "https://github.com/acme/shop/.github/workflows/release@refs/heads/main",
                "`.yml`",
                "shop/.github/workflows/FILE.yml@refs/heads/main",
            ),
            (
                "https://github.com/acme/shop/release.yml@refs/heads/main",
                "path",
                main,
            ),
            (
                "https://github.com/acme/shop/github/workflows/release.yml@refs/heads/main",
                "path",
                main,
            ),
            (
                "http://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main",
                "begin",
                main,
            ),
            (
                "github.com/acme/shop/.github/workflows/release.yml@refs/heads/main",
                "`https://`",
                main,
            ),
            (
                "acme/shop/.github/workflows/release.yml@refs/heads/main",
                "`https://`",
                main,
            ),
        ] {
            let found = problem_of(text);
            assert!(
                found.is_some_and(|found| found.contains(reason)),
                "{text}: {found:?}"
            );
            let name = meant(text, GITHUB_HOST).unwrap();
            assert_eq!(name, workflow(meant_rest), "{text}");
            assert_eq!(problem_of(&name), None, "{name}");
        }
        assert!(problem_of("ann@example.com").unwrap().contains("e-mail"));
        assert_eq!(meant("ann@example.com", GITHUB_HOST), None);
    }
}
