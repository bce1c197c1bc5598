use alloc::format;
use alloc::string::{String, ToString as _};

use super::*;

const HASH: &str = "db0mna/zNgUtHbb60hemfaghRzqJ4vDNncguvJTRBG0=";
const LINE: &str = "\u{2014} rekor.example.test 4bWI9DBFAiEA\n";

fn note(head: &str, signatures: &str) -> String {
    format!("{head}\n{signatures}")
}

#[test]
fn well_formed_checkpoints() {
    for (head, signatures, size) in [
        (
            format!("rekor.example.test - 42\n11\n{HASH}\n"),
            LINE.to_string(),
            11,
        ),
        (
            format!("o\n0\n{HASH}\nTimestamp: 1\nmore\n"),
            LINE.to_string(),
            0,
        ),
        (
            format!("o\n9223372036854775807\n{HASH}\n"),
            LINE.repeat(32),
            9_223_372_036_854_775_807,
        ),
    ] {
        let note = note(&head, &signatures);
        let checkpoint = Checkpoint::parse(&note).unwrap();
        assert_eq!(checkpoint.size, size);
        assert_eq!(
            checkpoint.signed, head,
            "the line break before the blank line is signed"
        );
    }
}

#[test]
fn malformed_checkpoints() {
    let head = format!("o\n11\n{HASH}\n");
    let with_size = |size: &str| note(&format!("o\n{size}\n{HASH}\n"), LINE);
    for (text, expected) in [
        (String::new(), "it has no blank line"),
        (head.clone(), "it has no blank line"),
        (note(&head, ""), "it does not end with a line break"),
        (
            note(&head, LINE.trim_end()),
            "it does not end with a line break",
        ),
        (
            note(&head, &format!("\n{LINE}")),
            "it has more than one blank line",
        ),
        (
            note(&head, &format!("{LINE}\n{LINE}")),
            "it has more than one blank line",
        ),
        (
            note(&head, &format!("{LINE}\n")),
            "it has more than one blank line",
        ),
        (
            note(&head, &LINE.replace('\n', "\r\n")),
            "it has a carriage return",
        ),
        (note(&format!("\n11\n{HASH}\n"), LINE), "it has no origin"),
        (with_size("011"), "its tree size is not a decimal number"),
        (with_size("+1"), "its tree size is not a decimal number"),
        (
            with_size("9223372036854775808"),
            "its tree size is not a decimal number",
        ),
        (
            note("o\n11\nAAAA\n", LINE),
            "its root hash is not 32 bytes in base64",
        ),
        (
            note("o\n11\n", LINE),
            "its root hash is not 32 bytes in base64",
        ),
        (
            note(&head, &LINE.repeat(33)),
            "it has more than 32 signatures",
        ),
        (
            note(&head, "- rekor AAAAAAA=\n"),
            "a signature line is malformed",
        ),
        (
            note(&head, "\u{2014} rekor\n"),
            "a signature line is malformed",
        ),
        (
            note(&head, "\u{2014}  AAAAAAA=\n"),
            "a signature line is malformed",
        ),
        (
            note(&head, "\u{2014} a\u{a0}b AAAAAAA=\n"),
            "a signature line is malformed",
        ),
        (
            note(&head, "\u{2014} rekor AAAAAAA= x\n"),
            "a signature line is malformed",
        ),
        (
            note(&head, "\u{2014} rekor AAAAAAAAAA=\n"),
            "a signature line is malformed",
        ),
        // The hint alone has four bytes.
        (
            note(&head, "\u{2014} rekor AAAAAA==\n"),
            "a signature line is malformed",
        ),
        (
            note(&format!("{head}{}\n", "x".repeat(16 << 10)), LINE),
            "it has more than 16 KiB",
        ),
    ] {
        assert_eq!(
            Checkpoint::parse(&text).map(|_| ()),
            Err(expected),
            "{text:?}"
        );
    }
}

#[test]
fn no_prefix_of_a_checkpoint_is_one() {
    let whole = note(&format!("o\n11\n{HASH}\n"), LINE);
    assert!(Checkpoint::parse(&whole).is_ok());
    for (end, _) in whole.char_indices() {
        let (prefix, _) = whole.split_at(end);
        assert!(Checkpoint::parse(prefix).is_err(), "{end}");
    }
}
