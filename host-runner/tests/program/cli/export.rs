//! `export`: what a cluster is given, and where it goes.

use crate::program::{file, run};

const EXPORT: &str = "export kubewarden --settings";
const ALLOWLIST: &str = "policies/registry-allowlist/policy.yaml";

#[test]
fn what_is_guessed_or_missing_is_said_beside_the_manifest() {
    let workloads = "policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
workloads:
  - {group: shop.example, kind: Crate, podSpecs: [spec.template.spec]}
";
    let (stdout, stderr) = run(&format!("{EXPORT} -"), workloads, 0);
    for line in [
        "  module: registry://registry.example/policies/countersign:v",
        "    - apiGroups: [\"shop.example\"]\n      apiVersions: [\"*\"]\n      resources: [\"crates\"]\n",
        "      - {group: shop.example, kind: Crate, podSpecs: [spec.template.spec]}\n",
    ] {
        assert!(stdout.contains(line), "lacks {line:?}:\n{stdout}");
    }
    for line in [
        "note: assuming resource `crates` for `shop.example/Crate`",
        "set another with --resource shop.example/Crate=PLURAL",
        "note: the module address is a placeholder; set it with --module",
    ] {
        assert!(stderr.contains(line), "lacks {line:?}:\n{stderr}");
    }
}

#[test]
fn what_is_given_is_in_every_manifest() {
    let settings = std::fs::read_to_string(super::root().join(ALLOWLIST)).unwrap();
    let settings = format!(
        "{settings}registries: [registry.example]\nresolveTags: true\nworkloads:\n  \
         - {{group: argoproj.io, kind: Rollout, podSpecs: [spec]}}\n"
    );
    let arguments = format!(
        "{EXPORT} - --resource argoproj.io/Rollout=rolls --module registry://r.example/c:v1 \
         --name x.y --policy-server reserved --mode monitor --timeout 8"
    );
    let (stdout, stderr) = run(&arguments, &settings, 0);
    for name in ["x.y-pin", "x.y"] {
        assert!(stdout.contains(&format!("  name: {name}\n")), "{stdout}");
    }
    for line in [
        "  module: registry://r.example/c:v1\n  policyServer: reserved\n  mode: monitor\n",
        "  timeoutSeconds: 13\n  timeoutEvalSeconds: 8\n",
        "      resources: [\"rolls\"]\n",
    ] {
        assert_eq!(stdout.matches(line).count(), 2, "{line:?}:\n{stdout}");
    }
    let note =
        "note: in monitor mode tags are not resolved, so they are reported as `digest-required`";
    assert_eq!(stderr.trim_end(), note);
}

#[test]
fn settings_that_the_module_refuses_are_not_exported() {
    let (stdout, stderr) = run(&format!("{EXPORT} -"), "policy: {}\ntypo: 1\n", 2);
    assert_eq!(stdout, "");
    for code in ["policy-missing-default-rule", "settings-unknown-field"] {
        assert!(stderr.contains(&format!("error[{code}]")), "{stderr}");
    }
}

#[test]
fn an_entry_of_policies_yml_has_the_timeout_of_its_evaluation() {
    let entry = |options: &str| {
        let arguments = format!("{EXPORT} {ALLOWLIST} --format policies-yml {options}");
        run(&arguments, "", 0).0
    };
    assert!(entry("--timeout 8").contains("\n  timeoutEvalSeconds: 8\n  allowedToMutate: false\n"));
    assert!(!entry("").contains("timeout"));
}

#[test]
fn what_has_no_place_is_refused() {
    for option in ["--policy-server x", "--resource a/B=c"] {
        let arguments = format!("{EXPORT} {ALLOWLIST} --format policies-yml {option}");
        let (_, stderr) = run(&arguments, "", 2);
        let name = option.split(' ').next().unwrap();
        assert!(
            stderr.starts_with(&format!("error: {name} cannot")),
            "{stderr}"
        );
    }
    for (arguments, why) in [
        (
            format!("{EXPORT} {ALLOWLIST} --name A"),
            "expected lower-case",
        ),
        (
            format!("{EXPORT} {ALLOWLIST} --timeout 31"),
            "31 is not in 2..=30",
        ),
        (
            "export rbac --resource a/B=c".to_owned(),
            "--resource needs --settings",
        ),
        (
            "export rbac --attestor-account n=ci/build".to_owned(),
            "there is no note `n`",
        ),
        (
            format!("{EXPORT} {ALLOWLIST} --module countersign:v1"),
            "expected an address",
        ),
        (
            format!("{EXPORT} {ALLOWLIST} --name {}", "a".repeat(250)),
            "expected lower-case letters",
        ),
        (
            "export rbac --creator-account ci/a --deployer-account p=ci/a".to_owned(),
            "`ci/a` would be a policy creator and a deployer",
        ),
    ] {
        let (stdout, stderr) = run(&arguments, "", 2);
        assert!(stdout.is_empty() && stderr.contains(why), "{stderr}");
    }
}

#[test]
fn a_file_is_replaced_only_by_force() {
    let settings = std::fs::read_to_string(super::root().join(ALLOWLIST)).unwrap();
    let (folder, path) = file("policy.yaml", &settings);
    let output = folder.path().join("out.yaml");
    std::fs::write(&output, "before").unwrap();
    let export = |options: &str, status| {
        let arguments = format!(
            "{EXPORT} {} -o {} {options}",
            path.display(),
            output.display()
        );
        run(&arguments, "", status)
    };
    let (_, stderr) = export("", 2);
    assert!(
        stderr.contains("exists; overwrite it with --force"),
        "{stderr}"
    );
    assert_eq!(std::fs::read_to_string(&output).unwrap(), "before");
    assert_eq!(export("--force", 0).0, "");
    let written = std::fs::read_to_string(&output).unwrap();
    assert!(written.starts_with("apiVersion: policies.kubewarden.io/v1\n"));
}

#[test]
fn settings_with_a_lookup_that_kubewarden_lacks_are_not_exported() {
    let settings = std::fs::read_to_string(super::root().join(ALLOWLIST)).unwrap();
    let settings =
        format!("{settings}evidence: {{referrers: true}}\nregistries: [registry.example]\n");
    let (_folder, path) = file("policy.yaml", &settings);
    let (stdout, stderr) = run(&format!("{EXPORT} {}", path.display()), "", 2);
    assert!(stdout.is_empty(), "{stdout}");
    assert!(stderr.contains("lint-referrers-kubewarden"), "{stderr}");
}
