//! What the administrator vouches for by writing it into the settings: statements and stored scans,
//! which nobody has to have signed.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::StoredScan;
use crate::attestation::Rejection;
use crate::attestation::statement::{Predicate, Statement};
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Path, Report};
use crate::settings::{Purpose, Settings};

/// All of it, read once for a request, whatever the number of images
#[derive(Debug)]
pub(crate) struct Vouched<'a> {
    /// Each with its place in the list
    statements: Vec<(usize, Statement<'a>)>,
    /// Those about an image, by their places among the statements
    about: BTreeMap<Digest, Vec<usize>>,
    scans: BTreeMap<Digest, Rc<StoredScan<'a>>>,
}

impl<'a> Vouched<'a> {
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
        for (digest, scan) in StoredScan::all(settings, report) {
            scans.insert(digest, Rc::new(scan));
        }
        Self {
            statements,
            about,
            scans,
        }
    }

    /// Reads all of it to the end, for what is wrong with it.
    pub(crate) fn check(settings: &Settings<'a>, report: &Report) {
        each_statement(settings, report, |index, statement| {
            predicate(index, &statement, report);
        });
        StoredScan::all(settings, report);
    }

    /// What the statements about an image say, for one purpose.
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

    /// The stored scan of an image.
    pub(crate) fn scan(&self, digest: Digest) -> Option<Rc<StoredScan<'a>>> {
        self.scans.get(&digest).cloned()
    }
}

/// Reads what a statement says.
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

/// Reads the statements; one that no check would read has no business here.
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
    // Nobody has signed these, so that it is only the rest that is wrong.
    let message = match rejection {
        Rejection::PayloadInvalid(detail) => detail.clone(),
        other => other.to_string(),
    };
    report.push(Code::EvidenceInvalid, Path::Index(&root, index), message);
}
