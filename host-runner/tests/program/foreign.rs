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
    let Some(start) = settings.find("  trustedRoots:\n") else {
        return settings.to_owned();
    };
    let (before, rest) = settings.split_at(start);
    let below = |line: &&str| line.starts_with("   ") || line.starts_with("  trustedRoots");
    let skipped: usize = rest
        .split_inclusive('\n')
        .take_while(below)
        .map(str::len)
        .sum();
    format!("{before}  trustedRoots: {{…}}\n{}", &rest[skipped..])
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
    let mut signers = judged["signers"].as_object().cloned().unwrap_or_default();
    for signer in signers.values_mut() {
        signer["trustedRoot"] = ROOT.into();
    }
    let (mut images, mut cases) = (Map::new(), Vec::new());
    let resolves = settings.contains("\nresolveTags: true\n");
    for (number, one) in judged["images"].as_array().unwrap().iter().enumerate() {
        let (theirs, ours) = (&one["theirs"], one.get("ours").unwrap_or(&one["theirs"]));
        let image = one["image"].as_str().unwrap();
        assert!(
            !(theirs == "denied" && ours == "admitted"),
            "{image} is admitted"
        );
        let name = format!("image-{number}");
        images.insert(name.clone(), image.into());
        let namespace = one.get("namespace").or(judged.get("namespace"));
        let namespace = namespace.map_or("default", |name| name.as_str().unwrap());
        let by: Vec<_> = one["by"].as_array().into_iter().flatten().collect();
        let mut expected = json!({"outcome": ours});
        if let Some(reasons) = one.get("reasons") {
            expected["reasons"] = reasons.clone();
        }
        let mut case = json!({
            "name": format!("{number}: {image} by {by:?}"),
            "request": {"namespace": namespace, "images": [name]},
            "expect": expected,
        });
        let mut signed = name;
        if resolves && !image.contains('@') {
            let last = image.rfind('/').unwrap_or_default();
            let end = image[last..].find(':').map_or(image.len(), |at| last + at);
            signed.push_str("-digest");
            images.insert(signed.clone(), format!("{}@digest", &image[..end]).into());
            case["tags"] = json!({image: signed});
        }
        let attestations = by.iter().map(|by| {
            let by = by.as_str().unwrap();
            let key = json!({"standsFor": format!("projects/local/attestors/{by}")});
            signers.entry(by).or_insert(key);
            json!({"by": by, "image": signed})
        });
        let attestations: Vec<_> = attestations.collect();
        if !attestations.is_empty() {
            case["attestations"] = attestations.into();
        }
        cases.push(case);
    }
    let mut suite = json!({
        "apiVersion": "countersign.dev/v1", "kind": "PolicySuite", "settings": "settings.yaml",
        "time": "2026-11-30T12:00:00Z", "images": images, "cases": cases,
    });
    if !signers.is_empty() {
        suite["signers"] = signers.into();
    }
    suite.to_string()
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
        // The suite that was written beside the settings passes as well.
        assert!(folder.path().join("settings.tests.yaml").exists());
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

#[test]
fn commands_that_need_settings_name_the_importer() {
    for foreign in Foreign::all() {
        let document = foreign.document();
        let text = fs::read_to_string(&document).unwrap();
        // Lists and several documents are told by what is in them.
        let is_one = !text.contains("\n---\n") && !text.contains("kind: List");
        let named = format!("countersign import --from {}", foreign.system);
        let document = document.display();
        if is_one {
            let (_, stderr) = run(&format!("evaluate --settings {document} -"), "", 2);
            assert!(stderr.contains(&named), "{stderr}");
        }
        let (_, stderr) = run(&format!("lint {document}"), "", 2);
        assert!(stderr.contains(&named), "{document}: {stderr}");
    }
}

#[test]
fn a_misspelled_system_is_named() {
    let (_, stderr) = run("import --from policy-controler x.yaml", "", 2);
    assert!(stderr.contains("policy-controller"), "{stderr}");
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
