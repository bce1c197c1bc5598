//! Helpers for tests of importers.

use policy_wasm::Budget;
use serde_json::Value;

use crate::import::System;
use crate::import::draft::{Draft, Finished};
use crate::import::source::Document;
use crate::import::{Import, Level};
use crate::inputs;

/// An ECDSA key in PEM, as a block of YAML under this indentation.
pub(in crate::import) fn key(number: usize, indent: usize) -> String {
    let pem = [BUILD, QA][number];
    let space = " ".repeat(indent);
    let lines = pem.lines().map(|line| format!("\n{space}{line}"));
    format!("|{}", lines.collect::<String>())
}

/// Public keys whose private halves nobody has
const BUILD: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoaC7XUAQ6Aj3D6bZOcJl6l7NbFqJ
PzRfYArej0+VlaULtY1pGYYRvC9UwWh8x8gehRtiGlh4Lw/uahkjcS91Og==
-----END PUBLIC KEY-----";
const QA: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
-----END PUBLIC KEY-----";

/// The result of an import
pub(in crate::import) struct Outcome {
    pub(in crate::import) import: Import,
}

/// Imports documents of a system.
#[track_caller]
pub(in crate::import) fn outcome(system: &System, text: &str, sigstore: Option<Value>) -> Outcome {
    let mut draft = Draft::new(sigstore);
    outcome_with(system, text, &mut draft);
    let Finished { import, .. } = draft.finish();
    Outcome { import }
}

/// Imports documents of a system into a draft.
#[track_caller]
pub(in crate::import) fn outcome_with(system: &System, text: &str, draft: &mut Draft) {
    let documents = Document::parse("it.yaml", text.to_owned()).unwrap();
    for document in &documents {
        assert!((system.reads)(&document.to_json()), "{text}");
    }
    (system.import)(&documents, draft);
}

impl Outcome {
    /// The rules of `imagePolicy`.
    #[track_caller]
    pub(in crate::import) fn is_policy(&self, yaml: &str) {
        let expected = inputs::parse(yaml).unwrap().remove(0);
        let found = &self.import.settings["imagePolicy"];
        assert_eq!(found, &expected, "\n{}", crate::yaml::document(found));
    }

    /// Line and beginning of each finding that makes the import incomplete, and of each warning.
    #[track_caller]
    pub(in crate::import) fn says(&self, expected: &[(&str, Level, &str)]) {
        let findings = self
            .import
            .findings
            .iter()
            .filter(|finding| finding.level != Level::Note);
        let found: Vec<_> = findings
            .map(|finding| {
                let file = finding.place.as_ref().map_or("", |place| &place.file);
                let line = file.rsplit(':').next().unwrap();
                (line, finding.level, finding.message.as_str())
            })
            .collect();
        let is_said = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, expected)| {
                found.0 == expected.0 && found.1 == expected.1 && found.2.contains(expected.2)
            });
        assert!(is_said, "{found:#?}");
    }

    /// Validation has nothing to say about the parts of the settings that are Google's.
    #[track_caller]
    pub(in crate::import) fn is_valid(&self) {
        let settings = self.import.settings.to_string();
        let problems = policy_wasm::validate_settings(settings.as_bytes(), &Budget::DEFAULT);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}
