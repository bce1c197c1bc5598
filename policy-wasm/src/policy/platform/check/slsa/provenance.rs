//! Whether the provenance of an image satisfies a rule of `slsaCheck`.

mod source;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::SlsaRule;
use crate::attestation::statement::{Predicate, Provenance};
use crate::decision::{Code, Reason};
use crate::policy::authenticators::Purpose;
use crate::policy::platform::{Facts, Outcome, TrustedStatement, missing};
use source::{Builder, Source};

/// Requires one statement that satisfies one rule completely: statements are never combined.
pub(super) fn judge<'t>(rules: &[SlsaRule<'_>], facts: &mut impl Facts<'t>) -> Outcome {
    let builders: Vec<_> = facts
        .authenticators()
        .of(Purpose::Provenance)
        .map(|one| one.builder_id.as_deref().unwrap_or_default())
        .collect();
    let about_image = facts.statements(Purpose::Provenance);
    let (mut problems, mut found) = (BTreeSet::new(), BTreeSet::new());
    let mut saw_provenance = false;
    for TrustedStatement {
        by,
        signatory,
        predicate,
        ..
    } in about_image.trusted()
    {
        let Predicate::Provenance(provenance) = predicate else {
            continue;
        };
        saw_provenance = true;
        let own = by.map(|index| builders.get(index).copied().unwrap_or_default());
        let source = match signatory {
            None => Source::of_key(provenance, own),
            Some(signatory) => Source::of_identity(provenance, own.unwrap_or_default(), signatory),
        };
        let source = match source {
            Ok(source) => source,
            Err(problem) => {
                problems.insert(problem);
                continue;
            }
        };
        for rule in rules {
            match satisfy(rule, provenance, &source) {
                Ok(()) => {
                    found.insert(describe(provenance, &source));
                }
                Err(problem) => {
                    problems.insert(problem);
                }
            }
        }
    }
    if let Some(description) = found.into_iter().next() {
        return Outcome::passed(description).with_note(about_image.untrusted());
    }
    let mut reasons = facts.failures();
    reasons.extend(about_image.errors.iter().cloned());
    if saw_provenance {
        let said = facts.context().meter.say(problems.len());
        let details = problems.into_iter().take(said);
        let details = details.map(|(code, message)| Reason::new(code, message));
        let message = "No provenance satisfies any rule";
        let reason = Reason::new(Code::NoMatchingProvenance, message);
        reasons.push(reason.with_details(details.collect()));
    } else if reasons.is_empty() {
        reasons.push(missing("provenance"));
    }
    Outcome::not_found(reasons).with_note(about_image.untrusted())
}

/// Whether provenance satisfies a rule.
fn satisfy(
    rule: &SlsaRule<'_>,
    provenance: &Provenance<'_>,
    source: &Source<'_>,
) -> Result<(), (Code, String)> {
    let is_trusted = match source.builder {
        Builder::Id(id) => rule.builder.is(id),
        Builder::Authenticator(builder_id) => rule.builder.is_named(builder_id),
    };
    if !is_trusted {
        let message = alloc::format!(
            "Builder {} is not the rule's trusted builder",
            crate::quote(&provenance.builder_id)
        );
        return Err((Code::ProvenanceBuilderNotTrusted, message));
    }
    let repository = source.repository.as_deref();
    if rule.config_based && (repository.is_none() || source.path.is_none()) {
        let message = "The build has no configuration file in a repository";
        return Err((Code::ProvenanceConfigNotTopLevel, message.into()));
    }
    if !rule.names_repositories() {
        return Ok(());
    }
    // Other inputs of the build (base images, tools) are not the source of its configuration.
    match repository {
        Some(repository) if rule.trusts_repository(repository) => Ok(()),
        Some(repository) => {
            let message = alloc::format!(
                "No pattern of the rule matches repository {}",
                crate::quote(repository)
            );
            Err((Code::ProvenanceSourceNotTrusted, message))
        }
        None => {
            let message = "Provenance does not name the repository of the build's configuration";
            Err((Code::ProvenanceSourceNotTrusted, message.into()))
        }
    }
}

fn describe(provenance: &Provenance<'_>, source: &Source<'_>) -> String {
    let builder = crate::quote(&provenance.builder_id);
    match &source.repository {
        Some(repository) => {
            alloc::format!(
                "Image was built by {builder} from {}",
                crate::quote(repository)
            )
        }
        None => alloc::format!("Image was built by {builder}"),
    }
}
