//! Trusted roots of Sigstore instances, as `gh attestation trusted-root`, `cosign trusted-root create` and TUF
//! repositories give them.

use policy_wasm::sigstore::TrustedRoot;
use serde_json::{Map, Value, json};

use super::Export;
use crate::attest::evidence_file::bundle_of;
use crate::fields::{list, text};
use crate::terminal::printable;

/// Names of the instances whose authorities have these hosts
const KNOWN: [(&str, &str); 3] = [
    ("fulcio.sigstore.dev", "public-good"),
    ("fulcio.githubapp.com", "github"),
    ("fulcio.sigstage.dev", "staging"),
];

/// Maximum length of a name in the settings
const MAX_NAME: usize = 63;

/// Before the section, where it is written by itself
pub(crate) const COMMENT: &str = "\
# The thresholds are those of cosign and gh: one transparency log and one CT log where the trusted root has them, and
# one signed timestamp where none of its logs signs the time of an entry.
";

/// `sigstore.trustedRoots` with these documents.
///
/// # Errors
///
/// A document is no usable trusted root, none of its logs of one kind is usable, or two have the same name.
pub(crate) fn section(roots: Vec<Export>, name: Option<&str>) -> Result<Value, String> {
    if name.is_some() && roots.len() > 1 {
        return Err("--name is for one trusted root, and the files have several".to_owned());
    }
    let mut named = Map::new();
    for Export { place, document } in roots {
        let in_place = |problem: String| format!("`{}`: {problem}", place.file);
        if bundle_of(&document).is_some() {
            return Err(in_place(
                "this is a Sigstore bundle, not a trusted root; `attest import` reads it"
                    .to_owned(),
            ));
        }
        let root = TrustedRoot::parse(&document.to_string()).map_err(|problems| {
            let paths = problems.iter().map(|one| one.path.as_str());
            let reversed = reversed_chains(&document, paths.collect());
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            in_place(reversed.unwrap_or_else(|| problems.join("; ")))
        })?;
        if let [broken, ..] = root.broken_links().as_slice() {
            return Err(in_place(format!(
                "`{broken}` is not signed by the next certificate of its chain"
            )));
        }
        let name = match name {
            Some(name) => name.to_owned(),
            None => name_of(&document).ok_or_else(|| {
                in_place("its authority has no host to name it by; give --name".to_owned())
            })?,
        };
        if named.contains_key(&name) {
            return Err(in_place(format!(
                "another trusted root is named `{}` as well; import it by itself with --name",
                printable(&name)
            )));
        }
        let logs = threshold(&document, "tlogs", root.transparency_logs()).map_err(in_place)?;
        let ct_logs = threshold(&document, "ctlogs", root.ct_logs()).map_err(in_place)?;
        let settings = json!({
            "transparencyLogs": logs, "ctLogs": ct_logs,
            "signedTimestamps": u8::from(!root.has_integrated_times()),
            "document": document,
        });
        named.insert(name, settings);
    }
    Ok(json!({"trustedRoots": named}))
}

/// Names the certificate chains at these paths of problems if they are in reverse order, and nothing else is wrong.
fn reversed_chains(document: &Value, mut paths: Vec<&str>) -> Option<String> {
    paths.dedup();
    let mut turned = document.clone();
    for path in &paths {
        let pointer = path.replace('[', "/").replace(']', "");
        let chain = turned.pointer_mut(&format!("/{pointer}/certChain/certificates"))?;
        chain.as_array_mut()?.reverse();
    }
    let root = TrustedRoot::parse(&turned.to_string()).ok()?;
    root.broken_links().is_empty().then(|| {
        let paths: Vec<_> = paths.iter().map(|path| format!("`{path}.certChain`")).collect();
        format!(
            "the certificates of {} are in reverse order: each has to come before the one that issued it",
            paths.join(" and ")
        )
    })
}

/// The required number of logs: one, or zero if the list is empty.
///
/// # Errors
///
/// The list has logs and none is usable. Zero would drop a check that the instance is made for.
fn threshold(document: &Value, key: &str, usable: usize) -> Result<u8, String> {
    let logs = list(document, key);
    if usable > 0 || logs.is_empty() {
        return Ok(u8::from(usable > 0));
    }
    let named = (0_usize..).zip(logs).map(|(index, log)| {
        let key_details = log
            .pointer("/publicKey/keyDetails")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let (url, hash) = (text(log, "baseUrl"), text(log, "hashAlgorithm"));
        let (url, key_details, hash) = (printable(url), printable(key_details), printable(hash));
        format!("`{key}[{index}]` ({url}: `{key_details}`, `{hash}`)")
    });
    let named: Vec<_> = named.collect();
    let setting = if key == "tlogs" {
        "transparencyLogs"
    } else {
        "ctLogs"
    };
    Err(format!(
        "no log in `{key}` is usable, because their keys or hash algorithms are not supported: {}; bundles cannot be \
         checked against them. To trust this root without such logs, write its settings yourself, with `{setting}: 0`",
        named.join(", ")
    ))
}

/// The name of a known instance, or the host of its certificate authority in characters of names
fn name_of(document: &Value) -> Option<String> {
    let authority = list(document, "certificateAuthorities").first()?;
    let uri = text(authority, "uri");
    let host = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    if let Some((_, name)) = KNOWN.iter().find(|(known, _)| *known == host) {
        return Some((*name).to_owned());
    }
    let name = host.to_ascii_lowercase();
    let name: String = name
        .chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() {
                one
            } else {
                '-'
            }
        })
        .take(MAX_NAME)
        .collect();
    let name = name.trim_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use pretend_sigstore::Instance;

    use super::*;
    use crate::import::Place;

    fn export(document: Value) -> Export {
        let (file, path) = ("root.json".to_owned(), String::new());
        Export {
            place: Place { file, path },
            document,
        }
    }

    fn root(uri: &str) -> Value {
        let mut document = Instance::new("a.example").trusted_root();
        document["certificateAuthorities"][0]["uri"] = uri.into();
        document
    }

    #[test]
    fn an_instance_is_named_by_its_authority() {
        for (uri, name) in [
            ("https://fulcio.sigstore.dev", "public-good"),
            ("fulcio.githubapp.com", "github"),
            (
                "https://Fulcio.internal.example:8443/ca",
                "fulcio-internal-example",
            ),
        ] {
            let section = section(vec![export(root(uri))], None).unwrap();
            assert!(
                section["trustedRoots"].get(name).is_some(),
                "{uri}: {section}"
            );
        }
        let unnamed = export(root(""));
        assert!(
            section(vec![unnamed.clone()], None)
                .unwrap_err()
                .contains("--name")
        );
        let named = section(vec![unnamed], Some("internal")).unwrap();
        assert!(named["trustedRoots"].get("internal").is_some());
    }

    #[test]
    fn thresholds_fit_what_the_root_has() {
        let mut without_logs = root("fulcio.githubapp.com");
        without_logs["tlogs"] = json!([]);
        without_logs["ctlogs"] = json!([]);
        let mut without_ct_logs = root("https://fulcio.sigstore.dev");
        without_ct_logs["ctlogs"] = json!([]);
        // No log signs the time of an entry.
        let mut rekor_v2 = root("https://fulcio.sigstore.dev");
        rekor_v2["tlogs"].as_array_mut().unwrap().remove(0);
        let mut one_unsupported = root("https://fulcio.sigstore.dev");
        one_unsupported["tlogs"][0]["publicKey"]["keyDetails"] = "ML_DSA_65".into();
        for (document, expected) in [
            (root("https://fulcio.sigstore.dev"), (1, 1, 0)),
            (without_logs, (0, 0, 1)),
            (without_ct_logs, (1, 0, 0)),
            (rekor_v2, (1, 1, 1)),
            (one_unsupported, (1, 1, 1)),
        ] {
            let section = section(vec![export(document)], Some("one")).unwrap();
            let number = |key: &str| section["trustedRoots"]["one"][key].as_u64().unwrap();
            let (logs, ct_logs, timestamps) = expected;
            assert_eq!(number("transparencyLogs"), logs);
            assert_eq!(number("ctLogs"), ct_logs);
            assert_eq!(number("signedTimestamps"), timestamps);
        }
    }

    /// A threshold of 0 would switch the check off.
    #[test]
    fn logs_of_which_none_is_usable_are_an_error() {
        for (list, setting) in [("tlogs", "transparencyLogs"), ("ctlogs", "ctLogs")] {
            let mut document = root("https://fulcio.sigstore.dev");
            for log in document[list].as_array_mut().unwrap() {
                log["publicKey"]["keyDetails"] = "ML_DSA_65".into();
            }
            let error = section(vec![export(document)], None).unwrap_err();
            for part in [
                format!("`{list}[0]` (https://"),
                "`ML_DSA_65`".to_owned(),
                format!("`{setting}: 0`"),
            ] {
                assert!(error.contains(&part), "{part}: {error}");
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_an_error() {
        let good = || root("https://fulcio.sigstore.dev");
        let mut foreign = good();
        let other = Instance::new("b.example").trusted_root();
        foreign["certificateAuthorities"][0]["certChain"]["certificates"][1] =
            other["certificateAuthorities"][0]["certChain"]["certificates"][1].clone();
        let mut broken = good();
        let certificate =
            &mut broken["certificateAuthorities"][0]["certChain"]["certificates"][0]["rawBytes"];
        let mut der = STANDARD.decode(certificate.as_str().unwrap()).unwrap();
        *der.last_mut().unwrap() ^= 1;
        *certificate = STANDARD.encode(der).into();
        let mut reversed = good();
        for key in ["certificateAuthorities", "timestampAuthorities"] {
            let chain = &mut reversed[key][0]["certChain"]["certificates"];
            chain.as_array_mut().unwrap().reverse();
        }
        let mut reversed_and_more = reversed.clone();
        reversed_and_more["mediaType"] = "x".into();
        for (roots, name, expected) in [
            (
                vec![reversed],
                None,
                "`certificateAuthorities[0].certChain` and `timestampAuthorities[0].certChain` are in reverse order",
            ),
            (vec![reversed_and_more], None, "is not the issuer of"),
            (vec![good(), good()], None, "is named `public-good` as well"),
            (vec![good(), good()], Some("one"), "for one trusted root"),
            (vec![json!({"mediaType": "x"})], None, "mediaType"),
            (
                vec![json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"})],
                None,
                "this is a Sigstore bundle",
            ),
            (
                vec![foreign],
                None,
                "is not the issuer of the certificate before it",
            ),
            (
                vec![broken],
                None,
                "`certificateAuthorities[0].certChain.certificates[0]` is not signed by the next certificate",
            ),
        ] {
            let roots = roots.into_iter().map(export).collect();
            let error = section(roots, name).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
