//! Policies of other systems, `import/SYSTEM/NAME.yaml`, all of our own writing. Beside each stand:
//!
//! | file | contains |
//! | --- | --- |
//! | `NAME.settings.yaml` | the settings that `countersign import --from SYSTEM` writes |
//! | `NAME.report.txt` | what it reports, with its exit status |
//! | `NAME.judged.yaml` | images, with what the other system decides (`theirs`), by its sources, and the settings (`ours`, where it differs) |
//!
//! `BLESS=1` writes the first two.

use core::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use policy_lint::source;
use pretend_sigstore::Instance;
use serde_json::{Map, Value, json};

use crate::program::{countersign, root, run};

/// Name of the trusted root of documents with identities
const ROOT: &str = "public-good";

/// A document of another system
struct Foreign {
    system: String,
    /// Without its extension
    path: PathBuf,
}

impl Foreign {
    fn all() -> Vec<Self> {
        let folder = root().join("host-runner/tests/program/import");
        let mut all = Vec::new();
        for system in fs::read_dir(folder).unwrap() {
            let system = system.unwrap();
            for file in fs::read_dir(system.path()).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if name.ends_with(".judged.yaml") {
                    let stem = name.strip_suffix(".judged.yaml").unwrap();
                    all.push(Self {
                        system: system.file_name().into_string().unwrap(),
                        path: path.with_file_name(stem),
                    });
                }
            }
        }
        all.sort_by(|one, other| one.path.cmp(&other.path));
        assert!(all.len() >= 15, "{} documents", all.len());
        all
    }

    fn file(&self, extension: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(extension);
        name.into()
    }

    /// The document, which is YAML or JSON.
    fn document(&self) -> PathBuf {
        let yaml = self.file(".yaml");
        if yaml.exists() {
            yaml
        } else {
            self.file(".json")
        }
    }

    /// Runs the import with more arguments.
    fn import(&self, more: &str) -> (String, String, i32) {
        let document = self.document();
        let document = document.strip_prefix(root()).unwrap().display();
        let arguments = format!("import --from {} {document} {more}", self.system);
        let output = countersign(&arguments, "");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            text(output.stdout),
            text(output.stderr),
            output.status.code().unwrap(),
        )
    }

    fn judged(&self) -> Value {
        parse(&fs::read_to_string(self.file(".judged.yaml")).unwrap())
    }

    /// The arguments for the trusted root of documents whose images identities sign.
    fn trusted_root(&self, folder: &Path) -> String {
        if self.judged().get("signers").is_none() {
            return String::new();
        }
        let path = folder.join("trusted_root.json");
        fs::write(&path, Instance::new("a.example").trusted_root().to_string()).unwrap();
        format!("--trusted-root {} --name {ROOT}", path.display())
    }
}

fn parse(text: &str) -> Value {
    let documents = source::read(text).unwrap().documents;
    let [document] = <[_; 1]>::try_from(documents).unwrap();
    document.into_json()
}

/// The settings without the trusted root, which is different in every run.
fn without_root(settings: &str) -> String {
    let mut is_root = false;
    let kept = settings.split_inclusive('\n').filter(|line| {
        let starts = line.starts_with("  trustedRoots:");
        is_root = starts || (is_root && line.starts_with("   "));
        !is_root
    });
    kept.collect()
}

#[test]
fn each_document_is_imported_as_recorded() {
    let mut differences = String::new();
    for foreign in Foreign::all() {
        let folder = tempfile::tempdir().unwrap();
        let more = foreign.trusted_root(folder.path());
        let (settings, report, status) = foreign.import(&more);
        let report = format!("{report}exit status {status}\n");
        for (extension, found) in [
            (".settings.yaml", without_root(&settings)),
            (".report.txt", report),
        ] {
            let path = foreign.file(extension);
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, &found).unwrap();
            }
            let recorded = fs::read_to_string(&path).unwrap_or_default();
            if recorded != found {
                let _ = writeln!(differences, "{}\n{found}", path.display());
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The suite of the judged images, with our verdicts.
fn suite(judged: &Value, settings: &str) -> String {
    let signers = judged["signers"].as_object().cloned();
    let signers = signers.unwrap_or_default().into_iter();
    let mut signers: Map<_, _> = signers
        .map(|(name, mut signer)| {
            let fields = signer.as_object_mut().unwrap();
            fields.insert("trustedRoot".to_owned(), ROOT.into());
            (name, signer)
        })
        .collect();
    let (mut images, mut cases) = (Map::new(), Vec::new());
    let resolves = settings.contains("\nresolveTags: true\n");
    for (number, one) in judged["images"].as_array().unwrap().iter().enumerate() {
        let theirs = &one["theirs"];
        let ours = one.get("ours").unwrap_or(theirs);
        let image = one["image"].as_str().unwrap();
        let is_looser = theirs == "denied" && ours == "admitted";
        assert!(!is_looser, "{image} is admitted");
        let name = format!("image-{number}");
        images.insert(name.clone(), image.into());
        let everywhere = judged.get("namespace");
        let namespace = one.get("namespace").or(everywhere);
        let namespace = namespace.map_or("default", |name| name.as_str().unwrap());
        let by: Vec<_> = one["by"].as_array().into_iter().flatten().collect();
        let reasons = one.get("reasons").cloned();
        let expected = match reasons {
            Some(reasons) => json!({"outcome": ours, "reasons": reasons}),
            None => json!({"outcome": ours}),
        };
        let (mut signed, mut tags) = (name.clone(), json!({}));
        if resolves && !image.contains('@') {
            signed.push_str("-digest");
            images.insert(signed.clone(), format!("{}@digest", untagged(image)).into());
            tags = json!({image: signed});
        }
        let attestations = by.iter().map(|by| {
            // `NAME URI`: a statement of this type.
            let (by, uri) = match by.as_str().unwrap().split_once(' ') {
                Some((by, uri)) => (by, Some(uri)),
                None => (by.as_str().unwrap(), None),
            };
            let key = json!({"standsFor": format!("projects/local/attestors/{by}")});
            signers.entry(by).or_insert(key);
            match uri {
                Some(uri) => {
                    json!({"by": by, "image": signed, "statement": {"predicateType": uri}})
                }
                None => json!({"by": by, "image": signed}),
            }
        });
        let attestations: Vec<_> = attestations.collect();
        cases.push(json!({
            "name": format!("{number}: {image} by {by:?}"),
            "request": {"namespace": namespace, "images": [name]},
            "tags": tags, "attestations": attestations, "expect": expected,
        }));
    }
    let suite = json!({
        "apiVersion": "countersign.dev/v1", "kind": "PolicySuite", "settings": "settings.yaml",
        "time": "2026-11-30T12:00:00Z", "images": images, "signers": signers, "cases": cases,
    });
    suite.to_string()
}

/// A reference without its tag.
fn untagged(image: &str) -> &str {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

#[test]
fn images_are_judged_as_by_the_other_system() {
    for foreign in Foreign::all() {
        let folder = tempfile::tempdir().unwrap();
        let more = foreign.trusted_root(folder.path());
        let path = folder.path().join("settings.yaml");
        let (_, report, _) = foreign.import(&format!("-o {} {more}", path.display()));
        let settings = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{report}"));
        let judged = foreign.judged();
        assert!(judged["source"].is_string(), "{}", foreign.path.display());
        let judged_suite = folder.path().join("judged.tests.yaml");
        fs::write(&judged_suite, suite(&judged, &settings)).unwrap();
        // The suites that were written beside the settings pass as well, and give the reasons of denials.
        let written = fs::read_to_string(folder.path().join("settings.tests.yaml")).unwrap();
        assert!(!written.contains("expect: denied"), "{written}");
        let next = format!("Next:\n  countersign lint {} ", path.display());
        assert!(report.contains(&next), "{report}");
        let scaffold = folder.path().join("settings.scaffold.tests.yaml");
        assert!(scaffold.exists() || written.contains("test --scaffold"));
        let output = countersign(&format!("test --fail-only {}", folder.path().display()), "");
        let (stdout, stderr) = (output.stdout, output.stderr);
        let (stdout, stderr) = (
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr),
        );
        assert!(
            output.status.success(),
            "{}\n{settings}\n{stdout}\n{stderr}",
            foreign.path.display()
        );
    }
}

/// A change that the written suites do not detect would be made without notice.
#[test]
fn the_suites_detect_changes_of_predicate_types() {
    let all = Foreign::all();
    let foreign = all.iter().find(|one| one.path.ends_with("predicate-types"));
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.yaml");
    foreign
        .unwrap()
        .import(&format!("-o {}", settings.display()));
    let test = format!("test --mutate {}", folder.path().display());
    let output = countersign(&test, "");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let missed = stdout.lines().filter(|line| line.contains("not detected "));
    let missed: Vec<_> = missed.filter(|line| line.contains("require[")).collect();
    assert!(stdout.contains("\nmutation of "), "{stdout}");
    assert_eq!(missed, Vec::<&str>::new());
}

#[test]
fn commands_that_need_settings_name_the_importer() {
    for foreign in Foreign::all() {
        let document = foreign.document();
        let text = fs::read_to_string(&document).unwrap();
        // Of several policies of Kubewarden, the settings of one can be given.
        let is_told = foreign.system != "kubewarden" || !text.contains("\n---\n");
        let named = format!("countersign import --from {}", foreign.system);
        let document = document.display();
        if is_told {
            let (_, stderr) = run(&format!("evaluate --settings {document} -"), "", 2);
            assert!(stderr.contains(&named), "{stderr}");
        }
        let (_, stderr) = run(&format!("lint {document}"), "", 2);
        assert!(stderr.contains(&named), "{document}: {stderr}");
    }
}

#[test]
fn a_misspelled_system_is_named() {
    let (_, stderr) = run("import --from policy-controllers x.yaml", "", 2);
    assert!(
        stderr.contains("`policy-controller`") || stderr.contains("'policy-controller'"),
        "{stderr}"
    );
    let (_, stderr) = run("import --from kritis", "", 2);
    assert!(stderr.contains("<FILE>"), "{stderr}");
    for arguments in [
        "import x.yaml",
        "import --from kritis x.yaml --policy y.yaml",
    ] {
        run(arguments, "", 2);
    }
}

#[test]
fn a_policy_of_another_system_is_told() {
    let document = "host-runner/tests/program/import/kritis/authority.yaml";
    let (_, stderr) = run(&format!("import --from connaisseur {document}"), "", 2);
    assert!(stderr.contains("use --from kritis"), "{stderr}");
}
