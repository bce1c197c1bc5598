//! The pattern languages of policies. Each has its own type, so that a pattern cannot be matched by the rules of
//! another language.
//!
//! | type | where | compared with | special |
//! | --- | --- | --- | --- |
//! | [`NamePattern`] | `admissionWhitelistPatterns[].namePattern` of a project-singleton policy | the bytes of the image string | a name alone covers no tag and no digest |
//! | [`AllowPattern`] | `imageAllowlist.allowPattern[]` of a platform policy | name, tag and digest, each by itself | a name alone covers every tag and digest; `**` only after `/` |
//! | [`TrustedDirectory`] | `trustedDirectoryCheck.trustedDirPatterns[]` | the directory that the image is in | `*` also at the beginning, for a part of a subdomain |
//! | [`SourceRepository`] | `slsaCheck.rules[].trustedSourceRepoPatterns[]` | the address of a repository, without its scheme | wildcards only after `/`, and never for nothing |
//! | [`BuilderId`] | `trustedBuilder` of the same, `evidence.authenticators.provenance[].builderId` | a `builder.id` as it is written | `*` only in `@*` and `/*` at the end, there for any text, never for nothing |
//! | [`ImagePattern`] | `imagePolicy.rules[].images[]`, `exceptImages[]` | host, path, tag and digest as runtimes complete them | `*` in a label or segment, `**` only as last segment or alone, `:-` no tag, `@-` no digest |
//!
//! In all but the last two, a final `*` stands for text without a slash and `**` for any text; matching is
//! case-sensitive, without normalization.

mod allow;
mod builder_id;
mod glob;
mod image;
mod name;
mod source_repository;
mod trusted_directory;

pub use allow::{AllowPattern, AllowPatternError};
pub use builder_id::{BuilderId, BuilderIdError};
pub use image::{ImagePattern, ImagePatternError, PlainImagePattern, PlainImagePatterns};
pub use name::{NamePattern, NamePatternError};
pub use source_repository::{SourceRepository, SourceRepositoryError};
pub use trusted_directory::{ImageDirectory, TrustedDirectory, TrustedDirectoryError};

/// Maximum length of a pattern, in bytes
const MAX_LENGTH: usize = 512;

#[cfg(test)]
mod tests;
