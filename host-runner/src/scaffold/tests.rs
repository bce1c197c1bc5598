use std::fs;
use std::path::Path;

use policy_lint::{Config, Level, SourceFile};
use pretend_sigstore::Instance;
use serde_json::json;

use super::*;
use crate::engine::{Abi, Engine, Limits, Policy, embedded};
use crate::suite::{CaseResult, Coverage, Ended, Loaded, Mutation, Runner};

const P256: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
-----END PUBLIC KEY-----
";

const ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAuRLYuSb45h6iUO/LbctK7p59xBKnL2/aEYfLMR0qC1k=
-----END PUBLIC KEY-----
";

const RSA_2048: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7HZw4sh0A568QbhtFIN7
KSHugKbJDyszgWSD6PCgts46xMDsN5XtysgMEcROyYuotcm7SkVexfvYxTMvVpnb
swEs9TogatuHstvj/j4FlTehYQ1gdWcL4liUIqFNJiiPyJyjw5hKAZxLeURzfw/e
aN4Ag+M44gv9PLziCokfQov6kclOVKsMxPVfRxuzjior/JuyKy3I3FT6E8fBVif2
kP5e5+OJaAiIe36y8WG+4bHCEG4ZluRpCaLJnKxKhQ4yrw/TCryrD8Nr2epuTZE1
0RdLzL0o9rxC99NsNAetMQ8tTlgWUUHaaY2ZnNyxq07nU2JmChEuDkbTsJnQjeDW
DQIDAQAB
-----END PUBLIC KEY-----
";

const OPENPGP: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdA7AQxY1M+xxBUXVMrl+g3thW1U/19PecUbahs
MlEy9WS0HWVkMjU1MTkgPGVkMjU1MTlAZXhhbXBsZS5jb20+iJAEExYIADgWIQTQ
qpayeWPxf2/WSLcvvhCp/eEBygUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe
AQIXgAAKCRAvvhCp/eEByllYAQDNUg73grOTnco1k5DRY8UhfFWMHzvk21VFDVZl
zvMODQD/QqkKmRwjxe0j1ZNR8XiFgxO4MteGI3amm11g2xElZgE=
=B9t5
-----END PGP PUBLIC KEY BLOCK-----
";

fn allowlist(patterns: &[&str]) -> Shape {
    let registries = patterns.iter().map(|one| Registry::parse(one).unwrap());
    Shape::Allowlist(registries.collect())
}

fn attestor(name: &str, key: &str) -> Result<Attestor> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("key");
    fs::write(&file, key)?;
    let argument = format!("{name}={}", file.display());
    AttestorArg::parse(&argument)
        .map_err(anyhow::Error::msg)?
        .read()
}

fn attested(attestors: &[(&str, &str)]) -> Shape {
    let attestors = attestors.iter().map(|(name, key)| attestor(name, key));
    Shape::Attested(attestors.collect::<Result<_>>().unwrap())
}

fn identity(name: &str, subject: &str, issuer: Option<&str>, root: &TrustedRoot) -> Attestor {
    let argument = IdentityArg::parse(&format!("{name}={subject}")).unwrap();
    argument.under(issuer, root).unwrap()
}

/// The trusted root of a test instance, with these numbers of logs, CT logs and timestamps.
fn root([logs, ct_logs, timestamps]: [u8; 3]) -> TrustedRoot {
    let mut document = Instance::new("production.example").trusted_root();
    for (list, number) in [("tlogs", logs), ("ctlogs", ct_logs)] {
        if number == 0 {
            document[list] = json!([]);
        }
    }
    TrustedRoot {
        name: "public-good".to_owned(),
        settings: json!({
            "transparencyLogs": logs, "ctLogs": ct_logs, "signedTimestamps": timestamps, "document": document,
        }),
    }
}

const RELEASE: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*";
const QA: &str = "https://github.com/acme/qa/.github/workflows/qa.yml@refs/heads/main";

/// A workflow's tags alone, beside others, and with a key.
fn keyless() -> [Shape; 3] {
    let (logged, stamped) = (root([1, 1, 0]), root([0, 0, 1]));
    let google = Some("https://accounts.google.com");
    [
        Shape::Attested(vec![identity("release", RELEASE, None, &logged)]),
        Shape::Attested(vec![
            identity("release", RELEASE, None, &stamped),
            identity("qa", QA, None, &stamped),
            identity("people", "ann@example.com", google, &stamped),
        ]),
        Shape::Both(
            vec![Registry::parse("registry.example/shop/**").unwrap()],
            vec![
                attestor("build", P256).unwrap(),
                identity("release", RELEASE, None, &logged),
            ],
        ),
    ]
}

fn both(patterns: &[&str], attestors: &[(&str, &str)]) -> Shape {
    match (allowlist(patterns), attested(attestors)) {
        (Shape::Allowlist(registries), Shape::Attested(attestors)) => {
            Shape::Both(registries, attestors)
        }
        other => panic!("{other:?}"),
    }
}

/// Every shape, for every namespace and for some.
fn scaffolds() -> Vec<Scaffold> {
    let shapes = || {
        [
            allowlist(&["registry.example/shop/**"]),
            allowlist(&[
                "registry.example/a/**",
                "registry.example/b/*",
                "r.example:5000/c/**",
                "registry.k8s.io/**",
                "registry.other.example/shop/**",
            ]),
            allowlist(&["docker.io/shop/**", "docker.io/library/*", "team/*"]),
            allowlist(&["localhost:5000/**", "r.example/**", "localhost/shop/*"]),
            attested(&[("build", P256)]),
            attested(&[
                ("projects/p/attestors/build", P256),
                ("qa", ED25519),
                ("on", OPENPGP),
            ]),
            both(&["registry.example/shop/**"], &[("build", P256)]),
            both(
                &["docker.io/library/*", "docker.io/shop/**"],
                &[("build", P256)],
            ),
            both(
                &[
                    "registry.example/a/b/*",
                    "r.example:5000/c/**",
                    "registry.other.example/shop/**",
                ],
                &[("build", P256), ("qa", ED25519)],
            ),
        ]
    };
    let namespaces: [&[&str]; 3] = [&[], &["production"], &["0123", "elsewhere", "on"]];
    let all = namespaces.iter().flat_map(|namespaces| {
        shapes().into_iter().chain(keyless()).map(|shape| Scaffold {
            shape,
            namespaces: namespaces.iter().map(|one| (*one).to_owned()).collect(),
        })
    });
    all.collect()
}

#[test]
fn the_linter_finds_nothing_in_any_scaffold() {
    for scaffold in scaffolds() {
        let files = scaffold.files().unwrap();
        let sources: Vec<_> = files
            .iter()
            .map(|file| SourceFile::new(file.path, file.text.as_str()))
            .collect();
        // The keys of these tests are public.
        let mut config = Config::default();
        config.set("lint-public-test-key", Level::Allow);
        // Only the user knows the number of the owner.
        config.set("lint-identity-owner-reuse", Level::Allow);
        let report = policy_lint::lint(&sources, &config);
        assert!(report.diagnostics.is_empty(), "{:#?}", report.diagnostics);
        assert_eq!((report.documents, report.passed_over), (2, 1));
    }
}

#[test]
fn every_scaffold_is_tested_completely() {
    let engine = Engine::new(Limits::default()).unwrap();
    let module = engine.load(embedded(Abi::Wapc)).unwrap();
    for scaffold in scaffolds() {
        let folder = tempfile::tempdir().unwrap();
        for file in scaffold.files().unwrap() {
            let path = folder.path().join(file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.text).unwrap();
        }
        is_tested_completely(&module, &folder.path().join(SUITE));
    }
}

#[track_caller]
fn is_tested_completely(module: &Policy, suite: &Path) {
    let loaded = Loaded::open(suite).unwrap();
    let runner = Runner::new(module);
    let chosen: Vec<_> = (0..loaded.cases.len()).map(|case| (0, case)).collect();
    let results = runner.run(core::slice::from_ref(&loaded), &chosen, |_| {});
    let text = loaded.source.text();
    assert!(
        results.iter().all(CaseResult::is_as_expected),
        "{results:#?}\n{text}"
    );
    let decisions = results.iter().filter_map(|result| match &result.ended {
        Ended::Decided { decision, .. } => Some(decision.as_ref()),
        Ended::Failed(_) => None,
    });
    let coverage = Coverage::of("", &loaded.settings, decisions);
    assert_eq!(coverage.percent(), 100, "{coverage:#?}\n{text}");
    let mutation = Mutation::of(&runner, &loaded.settings_path, &[&loaded]);
    assert!(mutation.survivors.is_empty(), "{mutation:#?}\n{text}");
}

/// Nothing is admitted by default, and dry run is where somebody asked for it.
#[test]
fn what_nobody_exempts_is_refused() {
    for scaffold in scaffolds() {
        let files = scaffold.files().unwrap();
        let settings = inputs::parse(&files[0].text).unwrap().remove(0);
        let policy = &settings["policy"];
        assert_eq!(policy["globalPolicyEvaluationMode"], "DISABLE");
        let mode = match scaffold.shape {
            Shape::Allowlist(_) => "ALWAYS_DENY",
            Shape::Attested(_) | Shape::Both(..) => "REQUIRE_ATTESTATION",
        };
        let default = &policy["defaultAdmissionRule"];
        assert_eq!(default["evaluationMode"], mode);
        let is_dry_run = default["enforcementMode"] == "DRYRUN_AUDIT_LOG_ONLY";
        assert_eq!(is_dry_run, !scaffold.namespaces.is_empty());
        for namespace in &scaffold.namespaces {
            let rule = &policy["kubernetesNamespaceAdmissionRules"][namespace];
            assert_eq!(rule["evaluationMode"], mode, "{namespace}");
            assert_eq!(rule["enforcementMode"], "ENFORCED_BLOCK_AND_AUDIT_LOG");
        }
    }
}

#[test]
fn the_algorithm_is_read_from_the_key_or_asked_for() {
    let fails = |name: &str, key: &str| attestor(name, key).unwrap_err().to_string();
    for (name, key, expected) in [
        ("a", P256, "ECDSA_P256_SHA256"),
        ("a:EC_SIGN_P256_SHA256", P256, "ECDSA_P256_SHA256"),
        ("a", ED25519, "ED25519"),
        (
            "a:RSA_SIGN_PKCS1_2048_SHA256",
            RSA_2048,
            "RSA_SIGN_PKCS1_2048_SHA256",
        ),
    ] {
        let attestor = attestor(name, &format!("\n{key}\n")).unwrap();
        assert!(
            matches!(&attestor.key, attestor::Key::Pkix { algorithm, pem } if algorithm.name() == expected && pem == key),
            "{:?}",
            attestor.key
        );
    }
    let error = fails("a", RSA_2048);
    assert!(
        error.contains("as in a:RSA_PSS_2048_SHA256=")
            && error.ends_with("RSA_PSS_2048_SHA256, RSA_SIGN_PKCS1_2048_SHA256"),
        "{error}"
    );
    assert!(fails("a:ML_DSA_65", P256).contains("does not fit"));
    assert!(fails("a:ML_DSA_65", OPENPGP).contains("has its algorithm in it"));
    assert!(fails("a:SHA1", P256).contains("not a signature algorithm"));
    for (junk, reason) in [
        ("", "expected one PEM block"),
        ("key", "expected one PEM block"),
        (
            "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n",
            "not a valid public key",
        ),
    ] {
        assert!(fails("a", junk).contains(reason), "{junk}");
    }
    assert!(fails("a", &OPENPGP.replace("mDME", "mDMF")).contains("key"));
}

/// It would be published with the policy.
#[test]
fn a_private_key_is_refused() {
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
        let key = format!("{P256}-----BEGIN {label}-----\nAA==\n-----END {label}-----\n");
        let error = attestor("a", &key).unwrap_err().to_string();
        assert!(error.contains("this is a private key"), "{error}");
    }
}

#[test]
fn attestors_have_names_that_become_notes_and_namespaces() {
    let attestor = attestor("projects/p/attestors/a", P256).unwrap();
    assert_eq!(
        [attestor.name(), attestor.note(), attestor.namespace()],
        ["projects/p/attestors/a", "projects/p/notes/a", "attest-a"]
    );
    for text in [
        "a",
        "=k",
        "a=",
        "A=k",
        "a b=k",
        "projects/p/a=k",
        "projects//attestors/a=k",
        "projects/p/attestors/=k",
    ] {
        assert!(AttestorArg::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_issuer_is_that_of_the_host_or_given() {
    let issuer = |subject: &str, given: Option<&str>| {
        let argument = IdentityArg::parse(&format!("a={subject}")).unwrap();
        let attestor = argument.under(given, &root([1, 1, 0]))?;
        Ok::<_, anyhow::Error>(attestor.identity().unwrap().issuer.clone())
    };
    for (subject, expected) in [
        (RELEASE, "https://token.actions.githubusercontent.com"),
        (
            "https://gitlab.com/acme/shop//.gitlab-ci.yml@refs/heads/main",
            "https://gitlab.com",
        ),
        (
            "https://acme.ghe.com/acme/shop/.github/workflows/a.yml@refs/heads/main",
            "https://token.actions.acme.ghe.com",
        ),
    ] {
        assert_eq!(issuer(subject, None).unwrap(), expected, "{subject}");
        assert_eq!(
            issuer(subject, Some("https://own.example")).unwrap(),
            "https://own.example"
        );
    }
    let server = "https://git.example/acme/shop/.github/workflows/a.yml@refs/heads/main";
    let of_server = Some("https://git.example/_services/token");
    let attestor = identity("a", server, of_server, &root([1, 1, 0]));
    let claims = attestor.identity().unwrap().claims();
    assert_eq!(
        claims,
        [("sourceRepositoryURI", "https://git.example/acme/shop")]
    );
    for subject in [
        "ann@example.com",
        "https://github.com.example/acme/shop",
        "https://github.com",
    ] {
        let error = issuer(subject, None).unwrap_err().to_string();
        assert!(
            error.contains("give the issuer of its tokens with --issuer"),
            "{error}"
        );
    }
    for text in ["a", "a=", "=b", "A=b"] {
        assert!(IdentityArg::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_subject_that_no_certificate_has_makes_no_policy() {
    let scaffold = Scaffold {
        shape: Shape::Attested(vec![identity(
            "release",
            "https://github.com/acme/**",
            None,
            &root([1, 1, 0]),
        )]),
        namespaces: Vec::new(),
    };
    let error = scaffold.files().unwrap_err().to_string();
    assert!(
        error.starts_with("no certificate matches this subject: "),
        "{error}"
    );
}

#[test]
fn attestors_that_are_not_two_make_no_policy() {
    let called = "two attestors are called `a`";
    for (names, why) in [
        (["a", "a"], called),
        (["projects/p/attestors/a", "a"], called),
        (
            ["a", "b"],
            "the policy would be invalid: policy.defaultAdmissionRule.requireAttestationsBy: ",
        ),
    ] {
        let scaffold = Scaffold {
            shape: attested(&names.map(|name| (name, P256))),
            namespaces: Vec::new(),
        };
        let error = scaffold.files().unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
}

#[test]
fn a_registry_is_everything_below_a_place() {
    for (pattern, image, look_alike) in [
        (
            "r.example/a/**",
            "r.example/a/web",
            "r.example/a-look-alike/web",
        ),
        (
            "r.example/a/*",
            "r.example/a/web",
            "r.example/a/elsewhere/web",
        ),
        (
            "r.example/**",
            "r.example/web",
            "r.example.look-alike.example/web",
        ),
        (
            "r.example:5000/**",
            "r.example:5000/web",
            "r.example:50000/web",
        ),
    ] {
        let registry = Registry::parse(pattern).unwrap();
        assert_eq!(
            (registry.image().as_str(), registry.look_alike().as_str()),
            (image, look_alike)
        );
        assert!(registry.covers(image) && !registry.covers(look_alike));
        assert!(policy_wasm::image::ImageReference::parse(look_alike).is_ok());
    }
    for pattern in [
        "",
        "r.example",
        "r.example/",
        "r.example/a*",
        "r.example/a**",
        "/**",
        "R.example/A/**",
        "r.example/*/**",
    ] {
        assert!(Registry::parse(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn a_registry_to_which_anyone_can_push_is_not_exempted() {
    let scaffold = Scaffold {
        shape: allowlist(&["docker.io/**"]),
        namespaces: Vec::new(),
    };
    let error = scaffold.files().unwrap_err().to_string();
    assert_eq!(
        error,
        "pattern `docker.io/**` covers a whole registry, to which anyone can push; use a narrower pattern, such as \
         `docker.io/my-project/**`"
    );
}

/// An allowlist would exempt images of the registry from attestation.
#[test]
fn a_demanded_registry_is_no_exemption() {
    let scaffold = Scaffold {
        shape: both(&["registry.example/shop/**"], &[("build", P256)]),
        namespaces: Vec::new(),
    };
    let settings = inputs::parse(&scaffold.files().unwrap()[0].text)
        .unwrap()
        .remove(0);
    let exempt = &settings["policy"]["admissionWhitelistPatterns"];
    assert_eq!(
        *exempt,
        serde_json::json!([{"namePattern": "registry.k8s.io/**"}])
    );
    let check = settings.pointer("/platformPolicies/0/gkePolicy/checkSets/0/checks/0");
    assert_eq!(
        check.unwrap()["trustedDirectoryCheck"]["trustedDirPatterns"],
        serde_json::json!(["registry.example/shop", "registry.example/shop/**"])
    );
}

#[test]
fn a_registry_without_a_directory_cannot_be_demanded() {
    for (pattern, why) in [
        ("registry.example/**", "a directory is needed"),
        ("localhost/shop/**", "only registries with a dot"),
        ("registry.k8s.io/a/**", "are exempt anyway"),
    ] {
        let error = Registry::parse(pattern)
            .unwrap()
            .check_directory()
            .unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn the_workflow_names_the_action_of_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    for scaffold in scaffolds() {
        let files = scaffold.files().unwrap();
        let workflow = files.iter().find(|file| file.path == WORKFLOW).unwrap();
        let steps = inputs::parse(&workflow.text).unwrap().remove(0);
        let steps = steps["jobs"]["policy"]["steps"].as_array().unwrap();
        let uses = steps[1]["uses"].as_str().unwrap();
        let reference =
            option_env!("COUNTERSIGN_COMMIT").map_or_else(|| format!("v{version}"), str::to_owned);
        assert!(
            uses.ends_with(&format!("/countersign@{reference}")),
            "{uses}"
        );
        assert!(
            steps.iter().all(|step| step.get("run").is_none()),
            "no script is written"
        );
    }
}
