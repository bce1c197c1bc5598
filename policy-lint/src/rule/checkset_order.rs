//! Order of check sets for service accounts and for namespaces.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-checkset-order",
    severity: Severity::Info,
    what: "a check set for a service account comes after one for a namespace",
    why: "The first check set whose scope matches a Pod applies. Within one namespace, the service account must \
          come first; Google recommends to put all service accounts first.",
    example: "gkePolicy:
  checkSets:
{part}
    - checks: [{alwaysDeny: true}]
",
    avoid: "    - scope: {kubernetesNamespace: shop}
      checks: [{imageFreshnessCheck: {maxUploadAgeDays: 30}}]
    - scope: {kubernetesServiceAccount: 'batch:nightly'}
      checks: [{imageFreshnessCheck: {maxUploadAgeDays: 90}}]
",
    prefer: "    - scope: {kubernetesServiceAccount: 'batch:nightly'}
      checks: [{imageFreshnessCheck: {maxUploadAgeDays: 90}}]
    - scope: {kubernetesNamespace: shop}
      checks: [{imageFreshnessCheck: {maxUploadAgeDays: 30}}]
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let check_sets = settings.check_sets();
    for of_policy in check_sets.chunk_by(|a, b| core::ptr::eq(a.policy, b.policy)) {
        let mut first_namespace = None;
        for check_set in of_policy {
            let Some(scope) = check_set.node.get("scope") else {
                continue;
            };
            match (scope.get("kubernetesServiceAccount"), first_namespace) {
                (Some(account), Some(namespace)) => findings.push(
                    Diagnostic::new(
                        account.span,
                        "comes after a check set for a namespace",
                        "check sets for service accounts belong before those for namespaces",
                    )
                    .because(namespace, "this namespace comes first")
                    .help("move the check set up: before the first one with `kubernetesNamespace`"),
                ),
                (Some(_), None) => {}
                (None, _) => {
                    let namespace = scope.get("kubernetesNamespace");
                    first_namespace = first_namespace.or_else(|| namespace.map(|node| node.span));
                }
            }
        }
    }
}
