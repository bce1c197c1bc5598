//! Administrator-supplied evidence: statements and scans in the settings, which need no signature.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::stored_scan;
use crate::attestation::Rejection;
use crate::attestation::statement::{Predicate, Statement};
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Path, Report};
use crate::policy::authenticators::Purpose;
use crate::policy::platform::StoredScan;
use crate::settings::Settings;

/// Administrator-supplied evidence, read once for a request, whatever the number of images
#[derive(Debug)]
pub(crate) struct SettingsStatements<'a> {
    /// Statements with their index in the settings
    statements: Vec<(usize, Statement<'a>)>,
    /// Indices of the statements about each image
    about: BTreeMap<Digest, Vec<usize>>,
    scans: BTreeMap<Digest, Rc<StoredScan<'a>>>,
}

impl<'a> SettingsStatements<'a> {
    pub(crate) fn read(settings: &Settings<'a>, report: &Report) -> Self {
        let mut statements = Vec::new();
        let mut about: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
        each_statement(settings, report, |index, statement| {
            let digests = statement.subjects().iter().filter_map(|one| one.sha256());
            for digest in crate::set(digests) {
                about.entry(digest).or_default().push(statements.len());
            }
            statements.push((index, statement));
        });
        let mut scans = BTreeMap::new();
        for (digest, scan) in stored_scan::read_all(settings, report) {
            scans.insert(digest, Rc::new(scan));
        }
        Self {
            statements,
            about,
            scans,
        }
    }

    /// Parses all of it and reports problems.
    pub(crate) fn check(settings: &Settings<'a>, report: &Report) {
        each_statement(settings, report, |index, statement| {
            predicate(index, &statement, report);
        });
        stored_scan::read_all(settings, report);
    }

    /// Returns the predicates of the statements about an image, for one purpose.
    pub(crate) fn predicates(
        &self,
        digest: Digest,
        purpose: Purpose,
        report: &Report,
    ) -> impl Iterator<Item = Predicate<'a>> {
        let is_wanted = move |statement: &Statement<'_>| purpose.reads(statement.predicate_type());
        let places = self.about.get(&digest).into_iter().flatten();
        let statements = places.filter_map(|place| self.statements.get(*place));
        let wanted = statements.filter(move |(_, statement)| is_wanted(statement));
        wanted.filter_map(|(index, statement)| predicate(*index, statement, report))
    }

    /// Returns the stored scan of an image.
    pub(crate) fn scan(&self, digest: Digest) -> Option<Rc<StoredScan<'a>>> {
        self.scans.get(&digest).cloned()
    }
}

/// Parses the predicate of a statement.
fn predicate<'a>(
    index: usize,
    statement: &Statement<'a>,
    report: &Report,
) -> Option<Predicate<'a>> {
    statement
        .predicate()
        .map_err(|rejection| refuse(index, &rejection, report))
        .ok()
}

/// Reads the statements; a predicate type that no check reads is a problem.
fn each_statement<'a>(
    settings: &Settings<'a>,
    report: &Report,
    mut each: impl FnMut(usize, Statement<'a>),
) {
    let statements = settings.evidence.statements.iter().enumerate();
    for (index, raw) in statements.filter(|(_, raw)| raw.is_object()) {
        let statement = match Statement::read(raw.text().as_bytes()) {
            Ok(statement) => statement,
            Err(rejection) => {
                refuse(index, &rejection, report);
                continue;
            }
        };
        let has_digest = statement
            .subjects()
            .iter()
            .any(|one| one.sha256().is_some());
        let problem = if !Purpose::any_reads(statement.predicate_type()) {
            let kind = crate::quote(statement.predicate_type());
            alloc::format!("no check reads a predicate of type {kind}")
        } else if !has_digest {
            "no subject has a SHA-256 digest".to_string()
        } else {
            each(index, statement);
            continue;
        };
        refuse(index, &Rejection::PayloadInvalid(problem), report);
    }
}

fn refuse(index: usize, rejection: &Rejection, report: &Report) {
    let root = Path::Root("evidence.statements");
    // The rejection's prefix about the signature does not apply, since these are not signed.
    let message = match rejection {
        Rejection::PayloadInvalid(detail) => detail.clone(),
        other => other.to_string(),
    };
    report.push(Code::EvidenceInvalid, Path::Index(&root, index), message);
}
