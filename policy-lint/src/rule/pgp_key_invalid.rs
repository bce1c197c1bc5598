//! OpenPGP keys that are expired, revoked or not for signing.

use policy_wasm::time::Time;

use super::example::PGP_KEY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-pgp-key-invalid",
    severity: Severity::Error,
    what: "an OpenPGP key is expired, revoked or not for signing",
    why: "All signatures of such a key are invalid, including those dated before the expiry, since the signer chooses \
          the date in a signature. Images without another attestation are denied.",
    example: PGP_KEY,
    avoid: "mDMEZZIAgBYJKwYBBAHaRw8BAQdAgnCrpXJB2N9l4/VgDpNTw84UN/DxDcWLeKJa
            ITUsc9i0H2V4cGlyaW5nIDxleHBpcmluZ0BleGFtcGxlLmNvbT6IlgQTFggAPhYh
            BI8n6cg3WuhJG1l+oDTgLLcIQTAbBQJlkgCAAhsDBQkATxoABQsJCAcCBhUKCQgL
            AgQWAgMBAh4BAheAAAoJEDTgLLcIQTAbNsUBALK4z732W1bFZlrgst5an6VlVdfe
            p2S3l8GpKCD0nQAtAQDWiRwb8GGF6Isk7Wj3+D6wI96OYBfScRgIPvSnxLeYCA==
            =u68Q",
    prefer: "mDMEZZIAgBYJKwYBBAHaRw8BAQdA7AQxY1M+xxBUXVMrl+g3thW1U/19PecUbahs
            MlEy9WS0HWVkMjU1MTkgPGVkMjU1MTlAZXhhbXBsZS5jb20+iJAEExYIADgWIQTQ
            qpayeWPxf2/WSLcvvhCp/eEBygUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe
            AQIXgAAKCRAvvhCp/eEByllYAQDNUg73grOTnco1k5DRY8UhfFWMHzvk21VFDVZl
            zvMODQD/QqkKmRwjxe0j1ZNR8XiFgxO4MteGI3amm11g2xElZgE=
            =B9t5",
    check: Check::Dated(check),
};

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    for key in settings.keys() {
        let usable = key.decode().map(|key| key.may_sign_at(now));
        if let Some(Err(reason)) = usable {
            findings.push(
                Diagnostic::new(
                    key.span(),
                    "its signatures are invalid",
                    format!("the OpenPGP key {reason}"),
                )
                .help(
                    "export the key again if it has been renewed (`gpg --export --armor`); otherwise add a new key, sign \
                     the images with it, and remove this one",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    const REVOKED: &str = "        - asciiArmoredPgpPublicKey: |
            -----BEGIN PGP PUBLIC KEY BLOCK-----

            mDMEZZIAgBYJKwYBBAHaRw8BAQdAZ+vjvkw+EYhTw4f1yWqn4eMXcjKb2UVgA+S4
            BRDvj/yIeAQgFggAIBYhBDcF2n9zS7WZ7VKXo+AVJP7beghnBQJlkgCAAh0AAAoJ
            EOAVJP7beghnw9AA/2w0xgrewcyMFVtoF35uSkF7d+cPjkl7ei+FqIQ0QLWZAP9s
            1ABRrFnuK0SvIhl2V1Kw5O69/gJo35EwWj4G3ZgdB7QdcmV2b2tlZCA8cmV2b2tl
            ZEBleGFtcGxlLmNvbT6IkAQTFggAOBYhBDcF2n9zS7WZ7VKXo+AVJP7beghnBQJl
            kgCAAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEOAVJP7beghnaTsBAMZB
            u0qcd9J5+iIle46P9Lb0pXAt7bE4gP6BBnFoTZSUAP9if06x7t7V73l5CjZBzRJ/
            RdVe4kvEc2PRRdnnyskhBQ==
            =qQW/
            -----END PGP PUBLIC KEY BLOCK-----
";
    const ENCRYPTS: &str = "        - asciiArmoredPgpPublicKey: |
            -----BEGIN PGP PUBLIC KEY BLOCK-----

            mDMEZZIAgBYJKwYBBAHaRw8BAQdAD4p9+b6SVxeQvOsOHuYck0IU7f55vCdkbEtB
            SLrsHjO0F21haWwgPG1haWxAZXhhbXBsZS5jb20+iJAEExYIADgWIQS5Q9KqMmbA
            EaLCf3hCcO2hfoJu1AUCZZIAgAIbAQULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
            CRBCcO2hfoJu1LnUAQCo2SkD+xDejFhRwC6yGepvsQD1syb5ox7zo9yEWGBErgEA
            wlLWtcUwECkzlV96HZu2hDd3tgtdWELZqgspYEPX1QK4OARlkgCAEgorBgEEAZdV
            AQUBAQdADYUiTeAL4TiXAnPuA7LPdtnq0mNPyI22WEmEM2Gab38DAQgHiHgEGBYI
            ACAWIQS5Q9KqMmbAEaLCf3hCcO2hfoJu1AUCZZIAgAIbDAAKCRBCcO2hfoJu1Etw
            AQCJJRpgAEui6XEkbLOjZTPzhDMCSdWqp2R3h37AucuyXgEAkewC0VKxmO7NEVJh
            G1U0yy4DT9dE7zSzhB47IYRIXQE=
            =5Wb8
            -----END PGP PUBLIC KEY BLOCK-----
";

    #[test]
    fn a_revoked_key_and_one_that_only_encrypts_are_found() {
        for key in [REVOKED, ENCRYPTS] {
            let avoided = RULE.avoided();
            let (before, rest) = avoided.split_once("        - ascii").unwrap();
            let (_, after) = rest.split_once("evidence:").unwrap();
            let yaml = format!("{before}{key}evidence:{after}");
            assert_eq!(found(&RULE, &yaml), ["asciiArmoredPgpPublicKey"]);
        }
    }
}
