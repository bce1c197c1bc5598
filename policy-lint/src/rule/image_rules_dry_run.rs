//! Image policies of which every rule is in dry run.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{ImageRule, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-image-rules-dry-run",
    severity: Severity::Error,
    what: "all rules of `imagePolicy` are in dry run, and `unmatchedImages` is `deny`",
    why: "Rules in dry run do not count for `unmatchedImages`. So no rule in force covers any image, and every image is \
          denied. To try the rules, admit unmatched images meanwhile.",
    example: "imagePolicy:
  unmatchedImages: admit
  rules:
    - name: shop
      images: [registry.example/shop/**]
      require: [{check: {trustedDirectoryCheck: {trustedDirPatterns: [registry.example/shop]}}}]
      enforcement: dryrun
",
    avoid: "unmatchedImages: deny",
    prefer: "unmatchedImages: admit",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let rules = settings.image_rules();
    let is_dry_run = !rules.is_empty() && rules.iter().all(|rule| rule.dry_run().is_some());
    let unmatched = settings.setting(&["imagePolicy", "unmatchedImages"]);
    let Some(unmatched) = unmatched.filter(|node| is_dry_run && node.text() == Some("deny")) else {
        return;
    };
    let mut diagnostic = Diagnostic::new(
        unmatched.span,
        "denies every image",
        "every image is denied, because all rules of `imagePolicy` are in dry run",
    );
    if let Some(span) = rules.iter().find_map(ImageRule::dry_run) {
        diagnostic = diagnostic.because(span, "this rule does not count");
    }
    findings.push(
        diagnostic.help("set `unmatchedImages: admit` during the roll-out, or enforce a rule"),
    );
}
