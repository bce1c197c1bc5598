//! The pretend Sigstore instance of a suite, and its trusted root in the place of one in the settings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::sigstore::TrustedRoot;
use policy_wasm::sigstore::certificate::Certificate;
use policy_wasm::sigstore::moment::Moment;
use policy_wasm::time::Time;
use pretend_sigstore::{Instance, Log, TimestampAuthority};
use serde_json::{Value, json};

use crate::fields::{list, text};

/// An instance that signs in the place of a production one
#[derive(Debug)]
pub(super) struct PretendRoot {
    pub(super) instance: Instance,
    /// Logs of the trusted root; the first is in every bundle that has entries
    pub(super) logs: Vec<Log>,
    pub(super) timestamp_authorities: Vec<TimestampAuthority>,
}

/// The lists of a trusted root, with the path of an entry's period
const LISTS: [(&str, &str); 4] = [
    ("tlogs", "/publicKey/validFor"),
    ("ctlogs", "/publicKey/validFor"),
    ("certificateAuthorities", "/validFor"),
    ("timestampAuthorities", "/validFor"),
];

impl PretendRoot {
    /// Replaces the document of the trusted root with this name.
    ///
    /// The new document has at most as many operators as the old one, of the same kinds of logs, and its entries end
    /// when the last one of the old list ends: a bundle that production denies for them is denied in the suite too. A
    /// document that is malformed stays, so that the module refuses it.
    pub(super) fn replace(name: &str, document: &mut Value) -> Self {
        let instance = Instance::new(&format!("{name}.sigstore.example"));
        let mut pretend = Self {
            instance,
            logs: vec![Log::RekorV1, Log::RekorV2],
            timestamp_authorities: vec![TimestampAuthority::P384, TimestampAuthority::P256],
        };
        if let Ok(root) = TrustedRoot::parse(&document.to_string()) {
            *document = pretend.limit(document, &root);
        }
        pretend
    }

    /// Drops the parties that a trusted root does not have, and returns the document with the others.
    fn limit(&mut self, original: &Value, root: &TrustedRoot) -> Value {
        let mut document = self.instance.trusted_root();
        if !root.has_integrated_times() {
            self.logs.reverse();
            if let Some(logs) = document.get_mut("tlogs").and_then(Value::as_array_mut) {
                logs.reverse();
            }
        }
        self.logs.truncate(root.transparency_logs());
        self.timestamp_authorities
            .truncate(root.timestamp_authorities());
        let unusable = root.unusable_logs();
        for (name, period) in LISTS {
            let Some(parties) = document.get_mut(name).and_then(Value::as_array_mut) else {
                continue;
            };
            parties.truncate(match name {
                "tlogs" => self.logs.len(),
                "ctlogs" => root.ct_logs(),
                "timestampAuthorities" => self.timestamp_authorities.len(),
                _ => 1,
            });
            let old = (0_usize..).zip(list(original, name));
            let old = old.filter(|(index, _)| !unusable.contains(&format!("{name}[{index}]")));
            let ends = old.map(|(_, party)| end(party, period));
            let last = ends.collect::<Option<Vec<_>>>().unwrap_or_default();
            let Some(last) = last.into_iter().max() else {
                continue;
            };
            for party in parties {
                let period = party.pointer_mut(period).and_then(Value::as_object_mut);
                if let Some(period) = period {
                    period.insert("end".to_owned(), json!(last.to_string()));
                }
            }
        }
        document
    }
}

/// The end of a log or of an authority with its certificates; `None` if it has none
fn end(party: &Value, period: &str) -> Option<Time> {
    let own = party.pointer(period).map(|period| text(period, "end"));
    let own = own.and_then(|end| Some(Moment::parse(end).ok()?.to_time()));
    let chain = party.get("certChain").unwrap_or(&Value::Null);
    let certificates = list(chain, "certificates").iter();
    certificates.filter_map(expiry).chain(own).min()
}

fn expiry(certificate: &Value) -> Option<Time> {
    let der = STANDARD.decode(text(certificate, "rawBytes")).ok()?;
    Some(Certificate::read(&der).ok()?.not_after())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A trusted root of production, and the one in its place
    fn replaced(change: impl Fn(&mut Value)) -> (Value, PretendRoot) {
        let mut document = Instance::new("production.example").trusted_root();
        change(&mut document);
        let pretend = PretendRoot::replace("production", &mut document);
        (document, pretend)
    }

    fn counts(document: &Value) -> [usize; 3] {
        ["tlogs", "ctlogs", "timestampAuthorities"].map(|name| list(document, name).len())
    }

    #[test]
    fn an_instance_has_no_more_operators_than_the_trusted_root() {
        type Change = fn(&mut Value);
        let unsupported = |log: &mut Value| log["publicKey"]["keyDetails"] = "ML_DSA_65".into();
        let rows: [(Change, [usize; 3]); 6] = [
            (|_| (), [2, 1, 2]),
            (
                |root| drop(root["tlogs"].as_array_mut().unwrap().pop()),
                [1, 1, 2],
            ),
            (
                |root| {
                    root["tlogs"]
                        .as_array_mut()
                        .unwrap()
                        .iter_mut()
                        .for_each(|log| log["operator"] = "one".into());
                },
                [1, 1, 2],
            ),
            (
                |root| drop(root["timestampAuthorities"].as_array_mut().unwrap().pop()),
                [2, 1, 1],
            ),
            (|root| root["ctlogs"] = json!([]), [2, 0, 2]),
            (|root| root["tlogs"] = json!([]), [0, 1, 2]),
        ];
        for (change, expected) in rows {
            let (document, pretend) = replaced(change);
            assert_eq!(counts(&document), expected);
            assert_eq!(pretend.logs.len(), expected[0]);
            assert_eq!(pretend.timestamp_authorities.len(), expected[2]);
        }
        let (document, _) = replaced(|root| unsupported(&mut root["ctlogs"][0]));
        assert_eq!(counts(&document), [2, 0, 2]);
        let (document, pretend) = replaced(|root| unsupported(&mut root["tlogs"][0]));
        assert_eq!(counts(&document), [1, 1, 2]);
        // The only log signs no time.
        assert_eq!(pretend.logs, [Log::RekorV2]);
        let key = &document["tlogs"][0]["publicKey"]["keyDetails"];
        assert_eq!(key, "PKIX_ED25519");
    }

    #[test]
    fn an_instance_ends_with_the_last_party_of_the_trusted_root() {
        let ended = |list: &'static str, period: &'static str| {
            replaced(move |root| {
                let parties = root[list].as_array_mut().unwrap();
                for (year, party) in (2001..).zip(parties) {
                    let period = party.pointer_mut(period).unwrap();
                    period["end"] = format!("{year}-01-01T00:00:00Z").into();
                }
            })
            .0
        };
        for ((list, period), last) in LISTS.into_iter().zip([2002, 2001, 2001, 2002]) {
            let document = ended(list, period);
            for party in document[list].as_array().unwrap() {
                let end = &party.pointer(period).unwrap()["end"];
                assert_eq!(*end, format!("{last}-01-01T00:00:00Z"), "{list}");
            }
        }
        let (document, _) = replaced(|root| {
            root["tlogs"][0]["publicKey"]["validFor"]["end"] = "2001-01-01T00:00:00Z".into();
        });
        let period = &document["tlogs"][0]["publicKey"]["validFor"];
        assert!(period.get("end").is_none(), "{period}");
    }

    #[test]
    fn a_malformed_document_stays() {
        let (document, _) = replaced(|root| *root = json!({"tlogs": [1]}));
        assert_eq!(document, json!({"tlogs": [1]}));
    }
}
