use policy_wasm::image::{ImageReference, NormalizedReference};

use super::*;

/// Images with the spellings and places that wildcards may confuse
const IMAGES: [&str; 34] = [
    "nginx",
    "nginx:1.27",
    "library/nginx:1.27",
    "docker.io/library/nginx:1.27",
    "nginxinc/nginx:1.27",
    "acme/shop:1",
    "docker.io/acme/shop:1",
    "ghcr.io/acme",
    "ghcr.io/acme/shop",
    "ghcr.io/acme/shop:latest",
    "ghcr.io/acme/shop:v1",
    "ghcr.io/acme/shop:v1.2-rc1",
    "ghcr.io/acme/shop:1a",
    "ghcr.io/acme/shop@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    "ghcr.io/acme/shop:v1@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    "ghcr.io/acme/shop@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ghcr.io/acme/shopping:v1",
    "ghcr.io/acme/shop/web:v1",
    "ghcr.io/acme/shop-web/api:v2",
    "ghcr.io/acme/team/shop/api:latest",
    "ghcr.io/acmeother/shop:v1",
    "ghcr.io/other/acme/shop:v1",
    "ghcr.io.example/acme/shop:v1",
    "ghcr.io:443/acme/shop:v1",
    "registry.example/ghcr.io/acme/shop:v1",
    "registry.example/acme/shop:v1",
    "eu.registry.example/acme/shop:v1",
    "a.eu.registry.example/acme/shop:v1",
    "registry.example:5000/acme/shop:v1",
    "123.dkr.ecr.eu-west-1.amazonaws.com/shop:v1",
    "123.dkr.ecr.eu-west-1.amazonaws.com/team/shop:v1",
    "localhost/shop:v1",
    "localhost:5000/shop:v1",
    "registry.example/v1/shop",
];

const WILDCARDS: [&str; 52] = [
    "*",
    "**",
    "ghcr.io/*",
    "ghcr.io*",
    "ghcr.io/",
    "ghcr.io/acme/*",
    "ghcr.io/acme*",
    "ghcr.io/acme/shop",
    "ghcr.io/acme/shop*",
    "ghcr.io/acme/shop:*",
    "ghcr.io/acme/shop:v1",
    "ghcr.io/acme/shop:v1*",
    "ghcr.io/acme/shop:*-rc1",
    "ghcr.io/acme/shop:v*-rc*",
    "ghcr.io/acme/shop:v?",
    "ghcr.io/acme/shop@*",
    "ghcr.io/acme/shop@sha256:*",
    "ghcr.io/acme/shop@sha256:1*",
    "ghcr.io/acme/shop@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    "ghcr.io/acme/shop:v1@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    "ghcr.io/acme/shop:*@sha256:*",
    "ghcr.io/acme/*:v1",
    "ghcr.io/acme/*:v1*",
    "ghcr.io/acme/*:1*",
    "ghcr.io/acme/*:*",
    "ghcr.io/acme/*:latest",
    "ghcr.io/*/shop:v1",
    "ghcr.io/*/shop/*",
    "ghcr.io/*/shop*:v1",
    "ghcr.io/acme/shop?web*",
    "*:latest",
    "*:v1",
    "*:*",
    "*@sha256:*",
    "*/acme/*",
    "*/shop:v1",
    "*shop*",
    "*.registry.example/*",
    "*.registry.example/acme/shop:v1",
    "*registry.example/acme/*",
    "*.dkr.ecr.*.amazonaws.com/*",
    "123.dkr.ecr.eu-west-1.amazonaws.com*",
    "docker.io/*",
    "docker.io/library/*",
    "docker.io/nginx*",
    "docker.io/acme/shop:1",
    "index.docker.io/acme/*",
    "acme/*",
    "nginx",
    "nginx*",
    "GHCR.io/acme/*",
    "localhost:5000/*",
];

/// Whether a wildcard of another system matches a text.
fn matches(wildcard: &str, text: &str) -> bool {
    matches_bytes(wildcard.as_bytes(), text.as_bytes())
}

fn matches_bytes(wildcard: &[u8], text: &[u8]) -> bool {
    match (wildcard, text) {
        ([], text) => text.is_empty(),
        ([b'*', rest @ ..], text) => (0..=text.len()).any(|at| matches_bytes(rest, &text[at..])),
        ([b'?', rest @ ..], [_, text @ ..]) => matches_bytes(rest, text),
        ([first, rest @ ..], [one, text @ ..]) => first == one && matches_bytes(rest, text),
        (_, []) => false,
    }
}

/// The text that a wildcard is compared with. Kyverno completes the host, and not `library/`.
fn compared_text(image: &str, compared: Compared) -> String {
    let reference = ImageReference::parse(image).unwrap();
    let host = reference.host.unwrap_or("docker.io");
    let path = reference.path;
    match (compared, image.split_once('@')) {
        (Compared::AsWritten, _) => image.to_owned(),
        (Compared::Repository, _) => reference.normalized_repository(),
        (Compared::Completed, Some((name, digest))) => {
            let tag = name.strip_prefix(&*reference.repository()).unwrap();
            format!("{}{tag}@{digest}", reference.normalized_repository())
        }
        (Compared::Completed, None) => {
            let tag = reference.tag.unwrap_or("latest");
            format!("{}:{tag}", reference.normalized_repository())
        }
        (Compared::TagOrDigest, Some((_, digest))) => format!("{host}/{path}@{digest}"),
        (Compared::TagOrDigest, None) => {
            format!("{host}/{path}:{}", reference.tag.unwrap_or("latest"))
        }
    }
}

fn is_covered(patterns: &[String], image: &str) -> bool {
    let image = NormalizedReference::from(ImageReference::parse(image).unwrap());
    let covers = |pattern: &String| ImagePattern::parse(pattern).unwrap().matches(&image);
    patterns.iter().any(covers)
}

/// The spellings of an image, which are one for patterns
fn spellings(image: &str) -> Vec<String> {
    let reference = ImageReference::parse(image).unwrap();
    let mut names = vec![reference.repository().into_owned()];
    let normal = reference.normalized_repository();
    if let Some(path) = normal.strip_prefix("docker.io/") {
        let alias = format!("index.docker.io/{path}");
        names.extend([normal.clone(), path.to_owned(), alias]);
        names.extend(path.strip_prefix("library/").map(str::to_owned));
        names.extend(
            path.strip_prefix("library/")
                .map(|path| format!("docker.io/{path}")),
        );
    }
    let digest = image
        .split_once('@')
        .map(|(_, digest)| format!("@{digest}"));
    let ends = match (reference.tag, digest) {
        (tag, Some(digest)) => vec![tag.map(|tag| format!(":{tag}")).unwrap_or_default() + &digest],
        (None | Some("latest"), None) => vec![String::new(), ":latest".to_owned()],
        (Some(tag), None) => vec![format!(":{tag}")],
    };
    let all = names
        .iter()
        .flat_map(|name| ends.iter().map(move |end| format!("{name}{end}")));
    all.collect()
}

/// The patterns cover at least, or at most, what the wildcard covers, and exactly that if they say so.
#[test]
fn patterns_cover_the_images_of_the_wildcard() {
    let all = [
        Compared::TagOrDigest,
        Compared::AsWritten,
        Compared::Completed,
        Compared::Repository,
    ];
    for compared in all {
        for wildcard in WILDCARDS {
            // A tag or digest is not compared with a repository.
            if compared == Compared::Repository && wildcard.contains([':', '@']) {
                continue;
            }
            for covers in [Covers::More, Covers::Fewer] {
                let Patterns { patterns, fit } = Patterns::of(wildcard, compared, covers);
                let context = format!("{wildcard} {compared:?} {covers:?}: {patterns:?} {fit:?}");
                assert_eq!(patterns.is_empty(), fit >= Fit::Unsayable, "{context}");
                for image in IMAGES {
                    // Patterns do not distinguish spellings of an image.
                    let mut same = spellings(image).into_iter();
                    let theirs =
                        same.any(|image| matches(wildcard, &compared_text(&image, compared)));
                    let ours = is_covered(&patterns, image);
                    let is_right = match fit {
                        Fit::Exact => ours == theirs,
                        Fit::More => ours || !theirs,
                        Fit::Fewer => theirs || !ours,
                        Fit::NoImage => !theirs,
                        Fit::Unsayable => true,
                    };
                    assert!(is_right, "{context}: {image}: here {ours}, there {theirs}");
                    if covers == Covers::Fewer {
                        assert!(theirs || !ours, "{context}: {image} is excepted");
                    }
                }
            }
        }
    }
}

#[test]
fn a_wildcard_becomes_the_closest_patterns() {
    use Compared::{AsWritten, Repository, TagOrDigest};
    use Covers::{Fewer, More};
    for (wildcard, compared, covers, expected, fit) in [
        ("*", TagOrDigest, More, &["**"][..], Fit::Exact),
        (
            "ghcr.io/acme/*",
            TagOrDigest,
            More,
            &["ghcr.io/acme/**"],
            Fit::Exact,
        ),
        (
            "ghcr.io/acme/shop*",
            TagOrDigest,
            More,
            &["ghcr.io/acme/shop*", "ghcr.io/acme/shop*/**"],
            Fit::Exact,
        ),
        // Kyverno compares an image with a digest without its tag.
        (
            "ghcr.io/acme/shop:*",
            TagOrDigest,
            More,
            &["ghcr.io/acme/shop:*@-"],
            Fit::Exact,
        ),
        (
            "ghcr.io/acme/shop:*",
            AsWritten,
            More,
            &["ghcr.io/acme/shop:*"],
            Fit::Exact,
        ),
        (
            "ghcr.io/acme/*:v1*",
            TagOrDigest,
            More,
            &["ghcr.io/acme/**:v1*@-"],
            Fit::Exact,
        ),
        (
            "ghcr.io/acme/*:*",
            TagOrDigest,
            More,
            &["ghcr.io/acme/**"],
            Fit::Exact,
        ),
        (
            "ghcr.io/*/shop:v1",
            TagOrDigest,
            More,
            &["ghcr.io/**:v1@-"],
            Fit::More,
        ),
        (
            "ghcr.io/*/shop:v1",
            TagOrDigest,
            Fewer,
            &["ghcr.io/*/shop:v1@-"],
            Fit::Fewer,
        ),
        ("*:latest", TagOrDigest, More, &["**:latest@-"], Fit::Exact),
        (
            "*.registry.example/*",
            TagOrDigest,
            More,
            &["*.registry.example/**"],
            Fit::Fewer,
        ),
        ("*/acme/*", TagOrDigest, More, &[], Fit::Unsayable),
        ("acme/*", TagOrDigest, More, &[], Fit::NoImage),
        (
            "acme/*",
            AsWritten,
            More,
            &["docker.io/acme/**"],
            Fit::Exact,
        ),
        (
            "nginx",
            AsWritten,
            More,
            &["docker.io/library/nginx:latest@-"],
            Fit::Exact,
        ),
        (
            "docker.io/nginx*",
            Repository,
            More,
            &["docker.io/nginx*/**"],
            Fit::Exact,
        ),
        (
            "quay.io/acme/etcd",
            Repository,
            More,
            &["quay.io/acme/etcd"],
            Fit::Exact,
        ),
        ("ghcr.io/acme/sho?", TagOrDigest, Fewer, &[], Fit::Unsayable),
    ] {
        let found = Patterns::of(wildcard, compared, covers);
        let expected: Vec<_> = expected.iter().map(|one| (*one).to_owned()).collect();
        let expected = Patterns {
            patterns: expected,
            fit,
        };
        assert_eq!(found, expected, "{wildcard} {compared:?} {covers:?}");
    }
}

#[test]
fn a_glob_stands_for_several_wildcards() {
    let all = glob::alternatives("ghcr.io/{acme,other}/[a-z]*");
    assert_eq!(all, ["ghcr.io/acme/?*", "ghcr.io/other/?*"]);
    assert_eq!(glob::alternatives("{a,b}{c,d}"), ["ac", "ad", "bc", "bd"]);
    assert_eq!(glob::alternatives("a[b"), ["a[b"]);
}
