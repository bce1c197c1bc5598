//! Periods of keys (`keys`) while test keys stand in for them.

use alloc::collections::BTreeSet;

use policy_wasm::{Budget, validate_settings};
use serde_json::Value;

/// Returns the indices of the entries whose ids no key has.
pub(super) fn without_key(settings: &Value) -> BTreeSet<usize> {
    if settings.get("keys").is_none() {
        return BTreeSet::new();
    }
    let problems = validate_settings(settings.to_string().as_bytes(), &Budget::DEFAULT);
    let index = |path: &str| {
        path.strip_prefix("keys[")?
            .strip_suffix("].id")?
            .parse()
            .ok()
    };
    problems.iter().filter_map(|one| index(&one.path)).collect()
}

/// Gives the test key the period of the one key that it replaced. A test key in the place of several keys has none.
///
/// `before` are the entries that already had no key.
pub(super) fn take_over(
    settings: &mut Value,
    before: &BTreeSet<usize>,
    replaced: usize,
    test_key: &str,
) {
    let lost: Vec<_> = without_key(settings).difference(before).copied().collect();
    let Some(entries) = settings.get_mut("keys").and_then(Value::as_array_mut) else {
        return;
    };
    if let ([index], 1) = (lost.as_slice(), replaced) {
        if let Some(id) = entries
            .get_mut(*index)
            .and_then(|entry| entry.get_mut("id"))
        {
            *id = test_key.into();
        }
        return;
    }
    let mut index = 0_usize..;
    entries.retain(|_| index.next().is_none_or(|index| !lost.contains(&index)));
}

#[cfg(test)]
mod tests {
    use policy_lint::suite::SignerAlgorithm;
    use serde_json::json;

    use super::*;
    use crate::fields::{items, text};
    use crate::suite::signer::TestKey;
    use crate::suite::stand_in::KeyStandIn;

    fn key(name: &str) -> TestKey {
        TestKey::new(name, SignerAlgorithm::EcdsaP256).unwrap()
    }

    /// Settings with attestors `a` of one key and `ab` of two, and these entries of `keys`.
    fn settings(periods: &[(&TestKey, &str)]) -> Value {
        let attestor = |name: &str, keys: &[&str]| {
            let keys: Vec<_> = keys.iter().map(|one| key(one).entry()).collect();
            let note = format!("projects/p/notes/{name}");
            json!({"name": name, "userOwnedGrafeasNote": {"noteReference": note, "publicKeys": keys}})
        };
        let entries = periods.iter();
        let entries = entries.map(|(key, end)| json!({"id": key.id(), "notAfter": end}));
        json!({
            "policy": {"defaultAdmissionRule": {
                "evaluationMode": "REQUIRE_ATTESTATION", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
                "requireAttestationsBy": ["projects/p/attestors/a", "projects/p/attestors/ab"],
            }},
            "attestors": [
                attestor("projects/p/attestors/a", &["a"]),
                attestor("projects/p/attestors/ab", &["b1", "b2"]),
            ],
            "keys": entries.collect::<Vec<_>>(),
        })
    }

    /// The entries of `keys` after a test key has replaced the keys of an attestor.
    fn periods(mut settings: Value, attestor: &str) -> Vec<(String, String)> {
        let stands_for = format!("projects/p/attestors/{attestor}");
        KeyStandIn::new(&mut settings, &stands_for, key("test"), &mut Vec::new()).unwrap();
        let entries = items(settings.get("keys")).iter();
        let entry = |entry: &Value| {
            (
                text(entry, "id").to_owned(),
                text(entry, "notAfter").to_owned(),
            )
        };
        entries.map(entry).collect()
    }

    #[test]
    fn a_test_key_has_the_period_of_the_key_that_it_replaces() {
        let (a, b, test) = (key("a"), key("b1"), key("test"));
        let settings = settings(&[(&a, "2027-01-31"), (&b, "2028-01-31")]);
        let expected = [(&test, "2027-01-31"), (&b, "2028-01-31")];
        let expected = expected.map(|(key, end)| (key.id().to_owned(), end.to_owned()));
        assert_eq!(periods(settings, "a"), expected);
    }

    #[test]
    fn a_test_key_in_the_place_of_several_has_no_period() {
        let (a, b1, b2) = (key("a"), key("b1"), key("b2"));
        let kept = vec![(a.id().to_owned(), "2027-01-31".to_owned())];
        for replaced in [&[&b1][..], &[&b1, &b2]] {
            let mut entries = vec![(&a, "2027-01-31")];
            entries.extend(replaced.iter().map(|one| (*one, "2028-01-31")));
            assert_eq!(periods(settings(&entries), "ab"), kept);
        }
    }

    /// The problem of the settings is reported, and not repaired.
    #[test]
    fn an_entry_for_no_key_stays() {
        let unlisted = key("unlisted");
        let left = periods(settings(&[(&unlisted, "2027-01-31")]), "a");
        assert_eq!(left, [(unlisted.id().to_owned(), "2027-01-31".to_owned())]);
    }
}
