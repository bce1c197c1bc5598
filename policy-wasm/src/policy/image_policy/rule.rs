//! One rule.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::effect::{Effect, Exemption, MAX_TEXT};
use super::pattern::{self, KeptPattern};
use super::requirement::{self, Quorum, Requirement};
use crate::attestation::Attestor;
use crate::decision::Code;
use crate::image::NormalizedReference;
use crate::json::{Path, Report, Value, line};
use crate::policy::platform::Check;
use crate::policy::rule::EnforcementMode;
use policy_text::name::{is_dns_label, is_dns_subdomain};

/// A rule for the images that its `images` cover
#[derive(Debug)]
pub(crate) struct ImageRule<'a> {
    /// Index in the list
    pub(crate) index: usize,
    pub(crate) name: Cow<'a, str>,
    except_images: Vec<KeptPattern<'a>>,
    /// Namespaces of its Pods; `None` for all
    namespaces: Option<Vec<Cow<'a, str>>>,
    /// Service accounts of its Pods, `NAMESPACE/NAME`; `None` for all
    service_accounts: Option<Vec<Cow<'a, str>>>,
    pub(crate) effect: Effect<'a>,
    pub(crate) enforcement: EnforcementMode,
}

/// The fields of a rule, `images` first
pub(super) const FIELDS: [&str; 9] = [
    "images",
    "name",
    "exceptImages",
    "namespaces",
    "serviceAccounts",
    "require",
    "deny",
    "exempt",
    "enforcement",
];

const ENFORCEMENT: &[(&str, EnforcementMode)] = &[
    ("enforce", EnforcementMode::Enforced),
    ("dryrun", EnforcementMode::DryRun),
];

/// Maximum number of characters of a rule's name
const MAX_NAME: usize = 100;
/// Maximum number of entries in a list of namespaces or service accounts
const MAX_NAMES: usize = 1024;

impl<'a> ImageRule<'a> {
    /// Reads the rule at `index`; `None` with a problem reported if a required part is missing or invalid. `images`
    /// has been read before.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn read(index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut name, mut saw_name) = (None, false);
        let mut except_images = Vec::new();
        let (mut namespaces, mut service_accounts) = (None, None);
        let mut effects = Vec::new();
        let (mut enforcement, mut saw_enforcement) = (None, false);
        let was_object = value.object(|key, value| match key {
            "name" => {
                saw_name = true;
                name = line(value, MAX_NAME, Code::PolicyInvalidValue);
            }
            "exceptImages" => pattern::read_list(value, |pattern| except_images.push(pattern)),
            "namespaces" => {
                let expected = "expected the name of a namespace";
                namespaces = Some(read_names(value, is_dns_label, expected));
            }
            "serviceAccounts" => {
                let expected = "expected `NAMESPACE/SERVICE_ACCOUNT`";
                service_accounts = Some(read_names(value, is_account, expected));
            }
            "require" => effects.push(requirement::read_list(index, value).map(Effect::Require)),
            "deny" => {
                effects.push(line(value, MAX_TEXT, Code::PolicyInvalidValue).map(Effect::Deny));
            }
            "exempt" => effects.push(Exemption::read(value).map(Effect::Exempt)),
            "enforcement" => {
                saw_enforcement = true;
                enforcement = value.choice(
                    ENFORCEMENT,
                    Code::PolicyUnknownEnum,
                    Code::PolicyNumericEnum,
                );
            }
            _ => {}
        });
        let fields = [("name", saw_name)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        if was_object && effects.len() != 1 {
            let message = "expected exactly one of `require`, `deny` and `exempt`";
            report.push(Code::PolicyInvalidValue, path, message);
        }
        let effect = effects.pop()??;
        if saw_enforcement && matches!(effect, Effect::Exempt(_)) {
            let message = "an `exempt` rule has no `enforcement`";
            report.push(
                Code::PolicyInvalidValue,
                Path::Field(&path, "enforcement"),
                message,
            );
        }
        Some(Self {
            index,
            name: name?,
            except_images,
            namespaces,
            service_accounts,
            effect,
            enforcement: enforcement.unwrap_or(EnforcementMode::Enforced),
        })
    }

    /// Returns the number of patterns with which [`Self::excepts`] compares an image.
    pub(crate) const fn exceptions(&self) -> usize {
        self.except_images.len()
    }

    /// Whether `exceptImages` covers an image.
    pub(crate) fn excepts(&self, image: &NormalizedReference<'_>) -> bool {
        self.except_images
            .iter()
            .any(|pattern| pattern.matches(image))
    }

    /// Whether the rule is for the Pods of a namespace and service account; `None` if that depends on a namespace and
    /// there is none.
    pub(crate) fn is_for(&self, namespace: Option<&str>, service_account: &str) -> Option<bool> {
        if self.namespaces.is_none() && self.service_accounts.is_none() {
            return Some(true);
        }
        let namespace = namespace?;
        let namespaces = self.namespaces.as_ref();
        let accounts = self.service_accounts.as_ref();
        let is_account =
            |own: &Cow<'_, str>| own.split_once('/') == Some((namespace, service_account));
        Some(
            namespaces.is_none_or(|all| all.iter().any(|own| own == namespace))
                && accounts.is_none_or(|all| all.iter().any(is_account)),
        )
    }

    /// Returns the requirements; empty for rules with other effects.
    pub(crate) fn requirements(&self) -> &[Requirement<'a>] {
        match &self.effect {
            Effect::Require(requirements) => requirements,
            Effect::Deny(_) | Effect::Exempt(_) => &[],
        }
    }

    /// Returns the exemption; `None` for rules with other effects.
    pub(crate) const fn exemption(&self) -> Option<&Exemption<'a>> {
        match &self.effect {
            Effect::Exempt(exemption) => Some(exemption),
            Effect::Require(_) | Effect::Deny(_) => None,
        }
    }

    /// Returns the checks among the requirements.
    pub(crate) fn checks(&self) -> impl Iterator<Item = &Check<'a>> {
        let requirements = self.requirements().iter();
        requirements.filter_map(|requirement| match requirement {
            Requirement::Check(check) => Some(&**check),
            Requirement::Attestors(_) => None,
        })
    }

    /// Returns the quorums among the requirements.
    pub(crate) fn quorums(&self) -> impl Iterator<Item = &Quorum<'a>> {
        let requirements = self.requirements().iter();
        requirements.filter_map(|requirement| match requirement {
            Requirement::Attestors(quorum) => Some(quorum),
            Requirement::Check(_) => None,
        })
    }

    /// Reports attestors that are not in the settings, and attestors of one requirement that share a key.
    pub(crate) fn check_attestors<'l>(
        &self,
        find: impl Fn(&str) -> Option<&'l Attestor<'l>>,
        report: &Report,
    ) {
        for quorum in self.quorums() {
            quorum.check_attestors(self.index, &find, report);
        }
    }

    /// Calls `read` with the path of the rule at an index, which is built on the stack.
    pub(crate) fn at<T>(index: usize, read: impl FnOnce(Path<'_>) -> T) -> T {
        let root = Path::Root(super::DOCUMENT);
        let rules = Path::Field(&root, "rules");
        read(Path::Index(&rules, index))
    }
}

/// Reads a list of names, which must not be empty.
fn read_names<'a>(
    value: Value<'_, 'a>,
    is_valid: fn(&str) -> bool,
    expected: &str,
) -> Vec<Cow<'a, str>> {
    let report = value.report();
    let mut names = Vec::new();
    value.filled_list_within(MAX_NAMES, Code::PolicyLimit, |_, item| {
        let path = item.path();
        match item.text() {
            Some(name) if is_valid(&name) => names.push(name),
            Some(_) => report.push(Code::PolicyInvalidValue, path, expected),
            None => {}
        }
    });
    names
}

fn is_account(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(namespace, account)| is_dns_label(namespace) && is_dns_subdomain(account))
}
