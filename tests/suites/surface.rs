//! What the modules are from outside: imports, exports, metadata and size. A new import, or a
//! module that grows, is something that a reviewer must see here.

mod directions;
mod reproducible;
mod unsafe_code;
mod words;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use core_tests::{corpus, process};
use host_runner::engine::{Abi, Engines, Inspection, NO_OP, Operation, Policy, embedded, inspect};
use policy_tests::{modules, web};
use serde_json::{Value, json};

/// Manifest and lock file of the program's workspace, and of the one that runs the modules in other hosts
const WORKSPACES: [(&str, &str); 2] = [
    (
        include_str!("../../Cargo.toml"),
        include_str!("../../Cargo.lock"),
    ),
    (
        include_str!("../peers/Cargo.toml"),
        include_str!("../peers/Cargo.lock"),
    ),
];

fn surface(abi: Abi) -> Inspection {
    inspect(embedded(abi)).unwrap()
}

#[test]
fn the_wapc_module_imports_and_exports_exactly_this() {
    let module = surface(Abi::Wapc);
    assert_eq!(module.imports, GOLDEN_WAPC_IMPORTS);
    assert_eq!(module.exports, ["__guest_call", "memory"]);
}

#[rustfmt::skip]
const GOLDEN_WAPC_IMPORTS: &[&str] = &[
    "wapc.__guest_error", "wapc.__guest_request", "wapc.__guest_response", "wapc.__host_call",
    "wapc.__host_error", "wapc.__host_error_len", "wapc.__host_response",
    "wapc.__host_response_len", "wasi_snapshot_preview1.clock_time_get",
    "wasi_snapshot_preview1.environ_get", "wasi_snapshot_preview1.environ_sizes_get",
    "wasi_snapshot_preview1.fd_write", "wasi_snapshot_preview1.proc_exit",
];

#[test]
fn the_wasi_module_imports_and_exports_exactly_this() {
    let module = surface(Abi::Wasi);
    assert_eq!(module.imports, GOLDEN_WASI_IMPORTS);
    assert_eq!(module.exports, ["__main_void", "_start", "memory"]);
}

#[rustfmt::skip]
const GOLDEN_WASI_IMPORTS: &[&str] = &[
    "wasi_snapshot_preview1.args_get", "wasi_snapshot_preview1.args_sizes_get",
    "wasi_snapshot_preview1.clock_time_get",
    "wasi_snapshot_preview1.environ_get", "wasi_snapshot_preview1.environ_sizes_get",
    "wasi_snapshot_preview1.fd_read", "wasi_snapshot_preview1.fd_write",
    "wasi_snapshot_preview1.proc_exit",
];

/// Budgets, not measurements: what an engine has to compile and a registry to store. The slim module is for those who
/// need neither OpenPGP nor Sigstore.
#[test]
fn the_modules_stay_small() {
    let slim = inspect(modules::slim()).unwrap();
    let wide = |abi| inspect(modules::wide(abi)).unwrap();
    // A tenth more than the portable one.
    let more = |abi| surface(abi).size / 10 * 11;
    let slim_limit = if modules::can_shrink() {
        741_000
    } else {
        834_000
    };
    for (name, module, limit) in [
        ("waPC", surface(Abi::Wapc), 1_800_000),
        ("WASI", surface(Abi::Wasi), 1_790_000),
        ("slim waPC", slim, slim_limit),
        ("wide waPC", wide(Abi::Wapc), more(Abi::Wapc)),
        ("wide WASI", wide(Abi::Wasi), more(Abi::Wasi)),
    ] {
        println!("{name}: {} bytes", module.size);
        assert!(module.size < limit, "{name}: {} bytes", module.size);
    }
}

#[test]
fn no_module_names_the_folder_of_a_dependency() {
    let has = |module: &[u8], words: &[u8]| module.windows(words.len()).any(|part| part == words);
    for module in [
        embedded(Abi::Wapc),
        embedded(Abi::Wasi),
        modules::wide(Abi::Wapc),
        modules::wide(Abi::Wasi),
    ] {
        assert!(has(module, b"/src/"), "nothing is named");
        assert!(
            !has(module, b"registry/src"),
            "it names where a dependency lies"
        );
    }
    assert!(!has(modules::slim(), b"/src/"), "panics are named");
}

/// The program is built without a parser of module texts. `BLESS=1` writes the file.
#[test]
fn the_module_that_does_nothing_is_its_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-runner/src/engine");
    let module = wat::parse_file(folder.join("no-op.wat")).unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(folder.join("no-op.wasm"), &module).unwrap();
    } else {
        assert!(module == NO_OP, "run with BLESS=1");
    }
}

/// A profile for a crate that is not there would change nothing, and nobody would be told.
#[test]
fn every_profile_of_a_crate_is_for_one_that_is_there() {
    let mut checked = 0;
    for (manifest, lock) in WORKSPACES {
        let names = manifest.lines().filter_map(|line| {
            let header = line.strip_prefix("[profile.");
            let of_header = header.and_then(|header| Some(header.split_once(".package.")?.1));
            let of_table = line.split_once(" = { opt-level").map(|(name, _)| name);
            of_header
                .map(|name| name.trim_end_matches(']'))
                .or(of_table)
        });
        for name in names.filter(|name| *name != "\"*\"") {
            assert!(lock.contains(&format!("\nname = \"{name}\"\n")), "{name}");
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
}

/// Packages that both workspaces have with the same features are built once.
#[test]
fn the_peers_are_optimised_like_the_program() {
    let [(program, _), (peers, lock)] = WORKSPACES;
    let optimised = |manifest: &'static str| -> BTreeSet<&str> {
        let (_, profile) = manifest.split_once("\n[profile.dev.package]\n").unwrap();
        profile
            .lines()
            .take_while(|line| !line.starts_with('['))
            .filter(|line| {
                let name = line.split_once(" = { opt-level = 1").map(|(name, _)| name);
                name.is_some_and(|name| lock.contains(&format!("\nname = \"{name}\"\n")))
            })
            .collect()
    };
    assert_eq!(optimised(peers), optimised(program));
}

/// A suite that ran the modules on another version of the engine would compare two things at once.
#[test]
fn the_peers_have_the_engine_of_the_program() {
    let engines = WORKSPACES.map(|(_, lock)| {
        let (_, engine) = lock
            .split_once("\nname = \"wasmtime\"\nversion = ")
            .unwrap();
        engine.lines().next().unwrap()
    });
    assert_eq!(engines[0], engines[1]);
}

/// The wide modules differ in what they need of an engine, and in nothing that a host sees.
#[test]
fn the_wide_modules_are_for_engines_with_wide_arithmetic() {
    for abi in [Abi::Wapc, Abi::Wasi] {
        let (portable, wide) = (surface(abi), inspect(modules::wide(abi)).unwrap());
        assert_eq!(wide.imports, portable.imports);
        assert_eq!(wide.exports, portable.exports);
        assert_eq!(wide.metadata, portable.metadata);
        assert_eq!(Engines::of(embedded(abi)), Engines::Wasm2);
        assert_eq!(Engines::of(modules::wide(abi)), Engines::WideArithmetic);
    }
}

/// It is built without `std`, and so without its environment and its messages of panics.
#[test]
fn the_slim_module_imports_of_wasi_only_the_clock() {
    let slim = inspect(modules::slim()).unwrap();
    let wapc = |name: &&&str| name.starts_with("wapc.") || name.ends_with(".clock_time_get");
    let expected: Vec<_> = GOLDEN_WAPC_IMPORTS.iter().filter(wapc).collect();
    assert_eq!(slim.imports.iter().collect::<Vec<_>>(), expected);
    assert_eq!(slim.exports, ["__guest_call", "memory"]);
    assert_eq!(slim.metadata, surface(Abi::Wapc).metadata);
}

/// It says that it cannot verify such signers, before any request comes.
#[test]
fn the_slim_module_refuses_openpgp_keys_and_sigstore() {
    let engine = modules::engine();
    let slim = engine.load(modules::slim()).unwrap();
    let full = engine.load(embedded(Abi::Wapc)).unwrap();
    for (case, code) in [
        ("x25_pgp_attached", "key-algorithm-unsupported"),
        ("bundle_good_from_settings", "sigstore-unsupported"),
    ] {
        let case = corpus::named(case);
        let call: Value = serde_json::from_slice(&case.call).unwrap();
        let settings = call["settings"].to_string();
        let validate = |policy: &Policy| -> Value {
            let answer = policy.call(Operation::ValidateSettings, settings.as_bytes());
            serde_json::from_slice(&answer.unwrap()).unwrap()
        };
        assert_eq!(validate(&full)["valid"], true);
        let refused = validate(&slim);
        assert_eq!(refused["valid"], false);
        let problems = refused["problems"].as_array().unwrap();
        assert!(problems.iter().any(|it| it["code"] == code), "{refused}");
        let decision = slim.call(Operation::Decide, &case.call).unwrap();
        let decision: Value = serde_json::from_slice(&decision).unwrap();
        assert_eq!(decision["reasons"][0]["code"], "settings-invalid");
    }
}

/// Least capability: the waPC module asks what it needs, the WASI command has nobody to ask.
#[test]
fn each_module_carries_its_own_metadata() {
    let attestations = json!([{"apiVersion": "countersign.dev/v1", "kind": "Attestation"}]);
    let capabilities = json!([
        "kubernetes/get_resource",
        "oci/v1/manifest_digest",
        "oci/v1/oci_manifest",
        "oci/v2/verify",
    ]);
    for (abi, mode, resources, capabilities) in [
        (Abi::Wapc, "kubewarden-wapc", attestations, capabilities),
        (Abi::Wasi, "wasi", json!([]), Value::Null),
    ] {
        let metadata = surface(abi).metadata.expect("a metadata section");
        assert_eq!(metadata["executionMode"], mode);
        assert_eq!(metadata["protocolVersion"], "v1");
        assert_eq!(metadata["mutating"], false);
        assert_eq!(metadata["contextAwareResources"], resources);
        assert_eq!(metadata["hostCapabilities"], capabilities);
        assert_eq!(
            metadata["annotations"]["io.kubewarden.policy.version"],
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// Ephemeral containers arrive as an update of a subresource that rules must name.
#[test]
fn the_rules_name_every_resource_that_brings_in_images() {
    let metadata = surface(Abi::Wapc).metadata.unwrap();
    let rules = metadata["rules"].as_array().unwrap();
    for (group, resource) in [
        ("", "pods"),
        ("", "pods/ephemeralcontainers"),
        ("", "podtemplates"),
        ("", "replicationcontrollers"),
        ("apps", "daemonsets"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("batch", "cronjobs"),
        ("batch", "jobs"),
        ("serving.knative.dev", "configurations"),
        ("serving.knative.dev", "revisions"),
        ("serving.knative.dev", "services"),
    ] {
        let rule = rules
            .iter()
            .find(|rule| rule["apiGroups"] == json!([group]))
            .unwrap_or_else(|| panic!("no rule for group `{group}`"));
        assert!(
            rule["resources"]
                .as_array()
                .unwrap()
                .contains(&json!(resource)),
            "{resource}"
        );
        assert_eq!(rule["operations"], json!(["CREATE", "UPDATE"]));
    }
}

/// The core alone asks its host for nothing: all that the web build imports is its own glue.
#[test]
fn the_web_module_imports_only_its_glue() {
    let module = std::fs::read(web::build().join("countersign_bg.wasm")).unwrap();
    let imports = inspect(&module).unwrap().imports;
    assert!(!imports.is_empty());
    for import in imports {
        assert!(import.starts_with("./countersign_bg.js.__wb"), "{import}");
    }
}

#[test]
fn the_web_module_exports_exactly_this() {
    let module = std::fs::read(web::build().join("countersign_bg.wasm")).unwrap();
    let exports = inspect(&module).unwrap().exports;
    let ours: Vec<_> = exports
        .iter()
        .filter(|name| !name.starts_with("__"))
        .collect();
    assert_eq!(ours, ["decide", "memory", "validateSettings"]);
}

#[test]
fn the_web_build_has_types() {
    let types = std::fs::read_to_string(web::build().join("countersign.d.ts")).unwrap();
    for signature in [
        "export function decide(call: Call | string): Decision;",
        "export function validateSettings(settings: Settings | string): SettingsAnswer;",
        "export interface Decision {",
    ] {
        assert!(types.contains(signature), "{signature}:\n{types}");
    }
}

/// What the policy depends on without OpenPGP, build-time crates included. A new name is something
/// that a reviewer must see; a regular expression engine is not welcome.
#[rustfmt::skip]
const GOLDEN_DEPENDENCIES: &[&str] = &[
    "base16ct", "base64", "block-buffer", "cfg-if", "cmov", "const-oid", "countersign-curves", "countersign-policy", "countersign-rsa", "countersign-text", "countersign-x509",
    "cpubits",
    "crypto-bigint", "crypto-common", "ctutils", "curve25519-dalek", "der", "digest", "ecdsa",
    "ed25519", "ed25519-dalek", "elliptic-curve", "ff", "group", "hmac", "hybrid-array", "itoa",
    "keccak", "memchr", "ml-dsa", "module-lattice", "num-traits", "p256", "p384", "p521", "pkcs8",
    "primefield", "primeorder", "proc-macro2", "quote", "rand_core", "rfc6979",
    "sec1", "serde", "serde_core", "serde_derive", "serde_json", "sha2", "shake",
    "signature", "spki", "sponge-cursor", "subtle", "syn", "thiserror", "thiserror-impl", "typenum",
    "unicode-ident", "wasi", "wnaf", "zeroize", "zmij",
];

#[test]
fn the_policy_depends_on_exactly_this() {
    let policy = [
        "-p",
        "countersign-policy",
        "--features",
        "wapc",
        "-e",
        "normal",
    ];
    let mut packages: Vec<_> = tree(&policy, "wasm32-wasip1", "{p}")
        .iter()
        .filter_map(|line| package(line))
        .collect();
    packages.sort_unstable();
    packages.dedup();
    let mut expected = GOLDEN_DEPENDENCIES.to_vec();
    expected.sort_unstable();
    let names: Vec<_> = packages.iter().map(|(name, _)| name).collect();
    assert_eq!(names, expected, "each at one version");
}

/// Packages that are compiled for the program, each version counted
const PACKAGES_OF_THE_PROGRAM: usize = 312;

#[test]
fn the_program_is_built_of_few_packages() {
    let program = ["-p", "countersign", "-e", "normal,build"];
    let lines = tree(&program, LINUX, "{p}");
    let packages: BTreeSet<_> = lines.iter().filter_map(|line| package(line)).collect();
    let count = packages.len();
    println!("{count} packages");
    assert!(count <= PACKAGES_OF_THE_PROGRAM, "{count}: {packages:?}");
}

/// One engine for the program and for all suites, with the features that the program asks for and what these
/// need. More of them, or a second engine, take minutes to build.
#[rustfmt::skip]
const ENGINE_FEATURES: &[&str] = &[
    "cranelift", "once_cell", "parallel-compilation", "runtime", "std", "wasmtime-jit-icache-coherence",
];

#[test]
fn the_workspace_has_one_engine_with_the_features_of_the_program() {
    let workspace = ["--workspace", "-e", "normal,build,dev"];
    let lines = tree(&workspace, LINUX, "{p} {f}");
    let engines: BTreeSet<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("wasmtime v"))
        .map(|engine| engine.split_once(' ').unwrap_or_default().1)
        .collect();
    assert_eq!(engines, BTreeSet::from([&*ENGINE_FEATURES.join(",")]));
}

/// A package with other features is another package to Cargo, and with it everything that depends on it.
#[test]
fn the_tests_are_built_on_the_packages_of_the_program() {
    let of = |packages: &[&str]| BTreeSet::from_iter(tree(packages, LINUX, "{p} {f}"));
    let workspace = of(&["--workspace", "-e", "normal,build,dev"]);
    for package in of(&["-p", "countersign", "-e", "normal,build"]) {
        assert!(
            workspace.contains(&package),
            "`{package}` has other features in the tests"
        );
    }
}

/// Cargo gives such a profile to procedural macros and build scripts too, before what it has for these, and
/// optimising them takes longer than running them.
#[test]
fn no_profile_optimises_every_dependency() {
    for (manifest, _) in WORKSPACES {
        let mut is_of_all = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                is_of_all = line.starts_with("[profile.") && line.contains("\"*\"");
            }
            let is_of_all = is_of_all || line.starts_with("\"*\"");
            assert!(!(is_of_all && line.contains("opt-level")), "{line}");
        }
    }
}

/// The target that packages are counted for, wherever that is done
const LINUX: &str = "x86_64-unknown-linux-gnu";

/// The lines of `cargo tree`, each package in this format.
fn tree(of: &[&str], target: &str, format: &str) -> Vec<String> {
    let text = process::stdout(
        Command::new("cargo")
            .args(["tree", "--locked"])
            .args(of)
            .args(["--prefix", "none", "--format", format, "--target", target])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")),
    );
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    lines.map(str::to_owned).collect()
}

/// Name and version of a package
fn package(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once(" v")?;
    let version = rest.split(' ').next()?;
    Some((name.to_owned(), version.to_owned()))
}
