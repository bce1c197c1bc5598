//! The core as a native library, in one program: no module is built for it.

mod corpus;
mod denials;
mod evidence;
mod p256;
mod platform;
mod platform_settings;
mod pod_schema;
mod properties;
mod settings;
mod sigstore_settings;
mod vectors;
