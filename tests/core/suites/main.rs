//! The core as a native library, in one program: no module is built for it.

mod certificates;
mod corpus;
mod curves;
mod denials;
mod evidence;
mod image_policy;
mod image_policy_settings;
mod index_policy;
mod platform;
mod platform_settings;
mod pod_schema;
mod properties;
mod rsa;
mod settings;
mod sigstore_settings;
mod vectors;
