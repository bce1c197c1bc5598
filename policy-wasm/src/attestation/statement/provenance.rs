//! SLSA provenance v0.2 and v1.

mod build_type;
mod workflow;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::payload;
use super::{BODY, Rejection};
use crate::json::{Raw, Value};
use crate::time::Time;

/// SLSA provenance: how a builder built the subjects of a statement
///
/// Texts are unchanged: no scheme, branch or `.git` is removed from an address, only the part after `#` that
/// `BuildKit` writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance<'p> {
    /// Id of the builder; never empty. v0.2: `builder.id`; v1: `runDetails.builder.id`
    pub builder_id: Cow<'p, str>,
    /// Build type, which determines the meaning of the parameters; never empty.
    /// v0.2: `buildType`; v1: `buildDefinition.buildType`
    pub build_type: Cow<'p, str>,
    /// Address of the repository that the build's configuration was read from.
    /// v0.2: `invocation.configSource.uri`; v1: the external parameter that the build type has for
    /// it, where the build type is known
    pub config_repository: Option<Cow<'p, str>>,
    /// The configuration file in that repository, or another entry point.
    /// v0.2: `invocation.configSource.entryPoint`; v1: as above
    pub config_path: Option<Cow<'p, str>>,
    /// Addresses of the build's inputs: sources, base images and tools. A trusted address among them does not make
    /// the source of the build trusted.
    /// v0.2: `materials[].uri`; v1: `buildDefinition.resolvedDependencies[].uri`
    pub materials: Vec<Cow<'p, str>>,
    /// v0.2: `metadata.buildStartedOn`; v1: `runDetails.metadata.startedOn`
    pub started: Option<Time>,
    /// v0.2: `metadata.buildFinishedOn`; v1: `runDetails.metadata.finishedOn`
    pub finished: Option<Time>,
    /// v1: `buildDefinition.externalParameters`, unparsed; empty if there is none
    external_parameters: &'p str,
    /// The build's inputs, unparsed; empty if there are none.
    /// v0.2: `materials`; v1: `buildDefinition.resolvedDependencies`
    inputs: &'p str,
    /// v0.2: `invocation.configSource.digest`, unparsed; empty if there is none
    config_digest: &'p str,
}

/// The fields of either version while parsing
#[derive(Default)]
struct Fields<'p> {
    builder_id: Option<Cow<'p, str>>,
    build_type: Option<Cow<'p, str>>,
    config_repository: Option<Cow<'p, str>>,
    config_path: Option<Cow<'p, str>>,
    external_parameters: Option<Raw<'p>>,
    inputs: Option<Raw<'p>>,
    config_digest: Option<Raw<'p>>,
    materials: Vec<Cow<'p, str>>,
    started: Option<Time>,
    finished: Option<Time>,
}

impl<'p> Provenance<'p> {
    pub(super) fn read_v0_2(predicate: Raw<'p>) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        payload::read(predicate, BODY, |predicate| {
            predicate.object(|key, value| match key {
                "builder" => fields.read_builder(value),
                "buildType" => fields.build_type = value.text(),
                "invocation" => fields.read_invocation(value),
                "materials" => fields.read_inputs(value),
                "metadata" => fields.read_times(value, "buildStartedOn", "buildFinishedOn"),
                _ => {}
            });
        })?;
        fields.complete("predicate.builder.id", "predicate.buildType")
    }

    pub(super) fn read_v1(predicate: Raw<'p>) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        payload::read(predicate, BODY, |predicate| {
            predicate.object(|key, value| match key {
                "buildDefinition" => fields.read_build_definition(value),
                "runDetails" => {
                    value.object(|key, value| match key {
                        "builder" => fields.read_builder(value),
                        "metadata" => fields.read_times(value, "startedOn", "finishedOn"),
                        _ => {}
                    });
                }
                _ => {}
            });
        })?;
        fields.read_config()?;
        fields.complete(
            "predicate.runDetails.builder.id",
            "predicate.buildDefinition.buildType",
        )
    }
}

impl<'p> Fields<'p> {
    fn read_builder(&mut self, value: Value<'_, 'p>) {
        value.object(|key, value| {
            if key == "id" {
                self.builder_id = value.text();
            }
        });
    }

    fn read_invocation(&mut self, value: Value<'_, 'p>) {
        value.object(|key, value| {
            if key == "configSource" {
                value.object(|key, value| match key {
                    "uri" => self.config_repository = value.text(),
                    "entryPoint" => self.config_path = value.text(),
                    "digest" => self.config_digest = Some(value.raw()),
                    _ => {}
                });
            }
        });
    }

    fn read_build_definition(&mut self, value: Value<'_, 'p>) {
        value.object(|key, value| match key {
            "buildType" => self.build_type = value.text(),
            "externalParameters" => self.external_parameters = Some(value.raw()),
            "resolvedDependencies" => self.read_inputs(value),
            _ => {}
        });
    }

    fn read_inputs(&mut self, value: Value<'_, 'p>) {
        let inputs = value.hand_to(|value| self.read_materials(value));
        self.inputs = Some(inputs);
    }

    /// Materials without an address are identified by digest only and skipped.
    fn read_materials(&mut self, value: Value<'_, 'p>) {
        value.list(|_, item| {
            item.object(|key, value| {
                if key == "uri" {
                    self.materials.extend(value.text());
                }
            });
        });
    }

    fn read_times(&mut self, value: Value<'_, 'p>, started: &str, finished: &str) {
        value.object(|key, value| {
            if key == started {
                self.started = payload::time(value);
            } else if key == finished {
                self.finished = payload::time(value);
            }
        });
    }

    /// Reads the configuration after all fields, because the build type may come after the parameters.
    fn read_config(&mut self) -> Result<(), Rejection> {
        let (Some(parameters), Some(build_type)) = (self.external_parameters, &self.build_type)
        else {
            return Ok(());
        };
        if let Some(config) = build_type::config_of(build_type) {
            self.config_repository = config.repository.find(parameters)?;
            self.config_path = config.path.find(parameters)?;
        }
        Ok(())
    }

    /// Checks the required fields.
    fn complete(self, builder_id: &str, build_type: &str) -> Result<Provenance<'p>, Rejection> {
        let unless_empty = |text: Option<Cow<'p, str>>| text.filter(|text| !text.is_empty());
        let builder_id = payload::required(unless_empty(self.builder_id), builder_id)?;
        let build_type = payload::required(unless_empty(self.build_type), build_type)?;
        let repository = self
            .config_repository
            .map(|address| build_type::repository(&build_type, address));
        Ok(Provenance {
            builder_id,
            build_type,
            config_repository: unless_empty(repository),
            config_path: unless_empty(self.config_path),
            materials: self.materials,
            started: self.started,
            finished: self.finished,
            external_parameters: self.external_parameters.map_or("", Raw::text),
            inputs: self.inputs.map_or("", Raw::text),
            config_digest: self.config_digest.map_or("", Raw::text),
        })
    }
}

#[cfg(test)]
mod tests;
