//! `CheckType` and `CheckKind`, which are made of the table of the types of checks.

use super::CheckType;
use crate::policy::authenticators::Purpose;

/// The evidence that a check reads
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckEvidence {
    /// None: the check judges only the image's name
    Nothing,
    /// Attestations in any form
    Attestations,
    /// Signatures of cosign
    Signatures,
    /// Trusted statements for a purpose
    Statements(Purpose),
}

/// Makes the types of checks of a table.
///
/// Each row has the variant, the type of its document (a [`CheckDocument`](super::CheckDocument)), the field of a check
/// that says the type, the type's name in Decisions, and the evidence that it reads.
macro_rules! check_types {
    (<$lifetime:lifetime> $($(#[doc = $doc:literal])+
        $variant:ident($document:ty) = $field:literal, $name:literal: $evidence:expr,)+) => {
        /// Type of a check of a platform policy
        ///
        /// Source: the checks of `CheckSet` in
        /// [Google's API](https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.policies).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CheckType {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl CheckType {
            /// Every type
            pub const ALL: [Self; [$($field),+].len()] = [$(Self::$variant),+];

            /// The field of a check that says its type.
            #[must_use]
            pub const fn field(self) -> &'static str {
                match self { $(Self::$variant => $field,)+ }
            }

            /// The name of the type in Decisions, as in Google's logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns the evidence that checks of this type read.
            #[must_use]
            pub const fn evidence(self) -> CheckEvidence {
                match self { $(Self::$variant => $evidence,)+ }
            }
        }

        /// A check's document, by its type
        #[derive(Debug)]
        pub(crate) enum CheckKind<$lifetime> {
            $($(#[doc = $doc])+ $variant($document),)+
        }

        impl<$lifetime> CheckKind<$lifetime> {
            fn read(kind: CheckType, place: Place, value: Value<'_, $lifetime>) -> Option<Self> {
                match kind {
                    $(CheckType::$variant => CheckDocument::read(place, value).map(Self::$variant),)+
                }
            }

            /// Returns the type of this check.
            pub(crate) const fn check_type(&self) -> CheckType {
                match self { $(Self::$variant(_) => CheckType::$variant,)+ }
            }

            /// Parses all parts that `read` left unparsed.
            fn check(
                &self,
                builders: &[Cow<'_, str>],
                sigstore: Option<&Sigstore<$lifetime>>,
                loading: Loading<'_>,
                report: &Report,
            ) {
                match self {
                    $(Self::$variant(check) => check.check(builders, sigstore, loading, report),)+
                }
            }

            /// Decodes the keys of the check, looks up its identities, and reports unusable ones.
            fn load_keys(
                &self,
                sigstore: Option<&Sigstore<$lifetime>>,
                loading: Loading<'_>,
                report: &Report,
            ) -> CheckKeys<$lifetime> {
                match self {
                    $(Self::$variant(check) => check.load_keys(sigstore, loading, report),)+
                }
            }

            /// Judges an image; `facts` are those about its digest. `None` if the check needs them and there are none.
            pub(crate) fn judge<'t>(
                &self,
                image: &ImageReference<'_>,
                facts: Option<&mut impl Facts<'t>>,
                report: &Report,
            ) -> Option<Outcome> {
                match self { $(Self::$variant(check) => check.judge(image, facts, report),)+ }
            }
        }
    };
}
pub(super) use check_types;

impl CheckType {
    /// The type that a field of a check says.
    #[must_use]
    pub fn of_field(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.field() == field)
    }

    /// The type with a name in Decisions.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}
