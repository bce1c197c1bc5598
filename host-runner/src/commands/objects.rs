//! Reads the settings and objects of a command. Problems with single objects or files are collected and
//! printed at the end.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::args::{ContextArgs, EvidenceArgs};
use crate::emit;
use crate::fields::text;
use crate::foreign;
use crate::inputs::{self, Request};
use crate::no_result::NoResult;

use super::check_stdin;
use crate::problems::{Problems, WithoutKind};
use crate::terminal::{self, counted, printable};

/// Settings, requests, and the problems of reading them
#[derive(Debug)]
pub(crate) struct Objects<const N: usize> {
    pub(crate) settings: [Value; N],
    pub(crate) requests: Vec<Request>,
    pub(crate) problems: Problems,
}

/// Reads settings files and objects.
///
/// # Errors
///
/// Settings cannot be read; the error names each file.
pub(crate) fn read<const N: usize>(
    settings: [&Path; N],
    files: &[PathBuf],
    context: &ContextArgs,
    evidence: &EvidenceArgs,
) -> Result<Objects<N>> {
    let replay = evidence.replay().map(PathBuf::as_path);
    let all = files.iter().map(PathBuf::as_path).chain(settings);
    check_stdin(all.chain(replay))?;
    let mut errors = Vec::new();
    let settings = settings.map(|path| match foreign::settings(path) {
        Ok(settings) => settings,
        Err(error) => {
            errors.push(error.to_string());
            Value::Null
        }
    });
    if !errors.is_empty() {
        bail!("{}", errors.join("\nerror: "));
    }
    let (mut requests, mut problems) = (Vec::new(), Problems::default());
    for path in files {
        let mut walk = match inputs::walk(path) {
            Ok(walk) => walk,
            Err(error) => {
                problems.add(&error);
                continue;
            }
        };
        for file in core::mem::take(&mut walk.files) {
            let mut without_kind = WithoutKind::default();
            let found = inputs::found(&file, context.namespace.as_deref());
            for found in found.unwrap_or_else(|error| vec![Err(error)]) {
                match without_kind.note(found) {
                    Some(Ok(request)) => requests.push(request),
                    Some(Err(error)) => problems.add(&error),
                    None => {}
                }
            }
            without_kind.finish(&file, &mut walk, &mut problems);
        }
        emit::skipped(&walk.skipped);
    }
    if let Some(namespace) = &context.namespace {
        note_other_namespaces(&requests, namespace);
    }
    Ok(Objects {
        settings,
        requests,
        problems,
    })
}

/// Prints a note of the manifests that name another namespace than `--namespace`, which are denied.
fn note_other_namespaces(requests: &[Request], namespace: &str) {
    let own = |request: &Request| {
        let is_given = text(&request.request, "namespace") == namespace;
        let own = request.request.pointer("/object/metadata/namespace")?;
        let own = own
            .as_str()
            .filter(|own| !own.is_empty() && *own != namespace);
        own.filter(|_| is_given).map(str::to_owned)
    };
    let mut others = requests
        .iter()
        .filter_map(|request| Some((request, own(request)?)));
    let Some((first, own)) = others.next() else {
        return;
    };
    let more = match others.count() {
        0 => String::new(),
        count => format!(", and of {}", counted(count, "other object")),
    };
    let (source, own) = (&first.source, printable(&own));
    terminal::note(&format!(
        "--namespace does not replace the namespace `{own}` of `{source}`{more}: leave it out, or such an object is \
         denied, as kubectl refuses it"
    ));
}

/// The requests to evaluate, the settings, and the problems to print at the end
type Asked<const N: usize> = (Vec<Request>, [Value; N], Problems);

impl<const N: usize> Objects<N> {
    /// The requests that the exported webhook rules of one of the settings match; prints a note about the
    /// others.
    ///
    /// # Errors
    ///
    /// There is nothing to evaluate, or problems leave no request.
    pub(crate) fn asked(self, context: &ContextArgs) -> Result<Asked<N>, NoResult> {
        let Self {
            settings,
            requests,
            problems,
        } = self;
        let is_asked = |request: &Request| {
            let mut settings = settings.iter();
            settings.any(|one| is_asked(request, one, context))
        };
        let (asked, others): (Vec<_>, Vec<_>) = requests.into_iter().partition(is_asked);
        emit::not_asked(&others);
        if asked.is_empty() && problems.is_empty() {
            return Err(anyhow!("nothing to evaluate: no object has images").into());
        }
        if asked.is_empty() {
            return Err(NoResult::Problems(problems));
        }
        Ok((asked, settings, problems))
    }
}

/// Whether the exported webhook rules of these settings match the object of a request.
pub(crate) fn is_asked(request: &Request, settings: &Value, context: &ContextArgs) -> bool {
    request.is_asked(settings, context.strict_kinds)
}
