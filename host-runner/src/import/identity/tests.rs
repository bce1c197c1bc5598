use super::*;

/// The subjects of the patterns, and whether they are fewer.
fn shown(subjects: Option<Subjects>) -> Option<(Vec<String>, bool)> {
    let subjects = subjects?;
    let texts = subjects.any.into_iter().map(|subject| match subject {
        Subject::Is(text) => format!("= {text}"),
        Subject::Like(text) => text,
    });
    Some((texts.collect(), subjects.is_narrower))
}

#[test]
fn a_wildcard_becomes_patterns_of_the_same_or_fewer_subjects() {
    const GH: &str = "https://github.com";
    let workflow = format!("{GH}/acme/shop/.github/workflows/release.yml");
    for (wildcard, expected, is_narrower) in [
        (
            "build@acme.example".to_owned(),
            vec!["= build@acme.example".to_owned()],
            false,
        ),
        (
            "*@acme.example".to_owned(),
            vec!["*@acme.example".to_owned()],
            false,
        ),
        (
            format!("{workflow}@refs/tags/*"),
            vec![format!("{workflow}@refs/tags/**")],
            false,
        ),
        (
            format!("{workflow}@refs/tags/v*"),
            vec![format!("{workflow}@refs/tags/v*")],
            false,
        ),
        (
            format!("{workflow}@*"),
            vec![format!("{workflow}@refs/**")],
            true,
        ),
        (
            format!("{GH}/acme/*"),
            vec![format!("{GH}/acme/*/.github/workflows/*@refs/**")],
            true,
        ),
        (
            format!("{GH}/acme/shop/*"),
            vec![format!("{GH}/acme/shop/.github/workflows/*@refs/**")],
            true,
        ),
        (
            "https://ci.example/team/*".to_owned(),
            vec!["https://ci.example/team/**".to_owned()],
            true,
        ),
    ] {
        let found = shown(Subjects::of_wildcard(&wildcard));
        assert_eq!(found, Some((expected, is_narrower)), "{wildcard}");
    }
    for wildcard in [
        "*",
        "https://github.com/*",
        "https://*/acme/shop",
        "*acme*",
        "a?c@acme.example",
    ] {
        assert_eq!(shown(Subjects::of_wildcard(wildcard)), None, "{wildcard}");
    }
}

#[test]
fn a_regular_expression_of_texts_becomes_patterns() {
    let workflow = "https://github.com/acme/shop/.github/workflows/release.yml";
    let escaped = r"https://github\.com/acme/shop/\.github/workflows/release\.yml";
    for (regex, expected, is_narrower) in [
        (
            format!("^{escaped}@refs/tags/v1$"),
            vec![format!("= {workflow}@refs/tags/v1")],
            false,
        ),
        (
            format!("^{escaped}@refs/tags/.*$"),
            vec![format!("{workflow}@refs/tags/**")],
            false,
        ),
        (
            format!("{workflow}@refs/tags/.+"),
            vec![format!("{workflow}@refs/tags/**")],
            true,
        ),
        (
            format!("^{escaped}@refs/(heads|tags)/release$"),
            vec![
                format!("= {workflow}@refs/heads/release"),
                format!("= {workflow}@refs/tags/release"),
            ],
            false,
        ),
        (
            "^https://github.com/acme/shop/".to_owned(),
            vec!["https://github.com/acme/shop/.github/workflows/*@refs/**".to_owned()],
            true,
        ),
        (
            r"^.*@acme\.example$".to_owned(),
            vec!["*@acme.example".to_owned()],
            false,
        ),
    ] {
        let found = shown(Subjects::of_regex(&regex));
        assert_eq!(found, Some((expected, is_narrower)), "{regex}");
    }
    for regex in [
        ".*",
        "^https://github.com/(acme|(beta))/shop$",
        r"^https://github.com/acme/shop\d$",
        "^https://github.com/[a-z]+/shop$",
        "(?i)^https://github.com/acme/shop$",
        "^https://github.com/acme/shops?$",
        "^https://github.com/a|b$",
    ] {
        assert_eq!(shown(Subjects::of_regex(regex)), None, "{regex}");
    }
}

#[test]
fn identities_name_the_root_the_issuer_and_the_claims() {
    let subjects = Subjects::exact("build@acme.example");
    let claims = Map::from_iter([("buildTrigger".to_owned(), json!("push"))]);
    let identities = subjects.identities("public-good", "https://accounts.example", &claims);
    let expected = json!([{
        "trustedRoot": "public-good", "issuer": "https://accounts.example",
        "subject": "build@acme.example", "claims": {"buildTrigger": "push"},
    }]);
    assert_eq!(json!(identities), expected);
    assert_eq!(subjects.in_words(), "`build@acme.example`");
}
