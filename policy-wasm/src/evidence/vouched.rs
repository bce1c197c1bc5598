//! What the administrator vouches for by writing it into the settings: statements and stored scans,
//! which nobody has to have signed.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::StoredScan;
use crate::attestation::statement::Statement;
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Path, Report};
use crate::settings::{Purpose, Settings};

/// All of it, read once for a request, whatever the number of images
#[derive(Debug)]
pub(crate) struct Vouched<'a> {
    statements: Vec<Statement<'a>>,
    scans: BTreeMap<Digest, Rc<StoredScan<'a>>>,
}

impl<'a> Vouched<'a> {
    pub(crate) fn read(settings: &Settings<'a>, report: &Report) -> Self {
        let mut statements = Vec::new();
        each_statement(settings, report, |_, statement| statements.push(statement));
        let mut scans = BTreeMap::new();
        for (digest, scan) in StoredScan::all(settings, report) {
            scans.insert(digest, Rc::new(scan));
        }
        Self { statements, scans }
    }

    /// Reads all of it to the end, for what is wrong with it.
    pub(crate) fn check(settings: &Settings<'a>, report: &Report) {
        each_statement(settings, report, |path, statement| {
            if let Err(rejection) = statement.predicate() {
                report.push(Code::EvidenceInvalid, path, rejection.to_string());
            }
        });
        StoredScan::all(settings, report);
    }

    /// The statements about an image, for one purpose.
    pub(crate) fn statements(
        &self,
        digest: Digest,
        purpose: Purpose,
    ) -> impl Iterator<Item = &Statement<'a>> {
        self.statements.iter().filter(move |statement| {
            purpose.reads(statement.predicate_type()) && statement.attests(digest).is_some()
        })
    }

    /// The stored scan of an image.
    pub(crate) fn scan(&self, digest: Digest) -> Option<Rc<StoredScan<'a>>> {
        self.scans.get(&digest).cloned()
    }
}

/// Reads the statements; one that no check would read has no business here.
fn each_statement<'a>(
    settings: &Settings<'a>,
    report: &Report,
    mut each: impl FnMut(Path<'_>, Statement<'a>),
) {
    settings.each_statement(report, |path, raw| {
        let problem = match Statement::read(raw.text().as_bytes()) {
            Ok(statement) if Purpose::any_reads(statement.predicate_type()) => {
                return each(path, statement);
            }
            Ok(statement) => {
                let kind = crate::quote(statement.predicate_type());
                alloc::format!("no check reads a predicate of type {kind}")
            }
            Err(rejection) => rejection.to_string(),
        };
        report.push(Code::EvidenceInvalid, path, problem);
    });
}
