//! Kubernetes manifests from settings: Kubewarden policies, and roles.
//!
//! | to read about | go to |
//! | --- | --- |
//! | how settings keep their author's text | `export/settings.rs` |
//! | which deployments a policy has, and what each is granted | `export/deployment.rs` |
//! | which requests come before them | `export/webhook.rs` |
//! | their texts | `export/manifest.rs`, `export/policies_yml.rs` |
//! | who may do what | `export/rbac.rs` |

mod deployment;
mod manifest;
mod policies_yml;
mod rbac;
mod settings;
mod webhook;

pub(crate) use deployment::{Deployment, Mode};
pub(crate) use manifest::Manifest;
pub(crate) use policies_yml::policies_yml;
pub(crate) use rbac::{Grants, Note, Subject};
pub(crate) use settings::SettingsText;
pub(crate) use webhook::{Plural, WebhookRule, Workloads};
