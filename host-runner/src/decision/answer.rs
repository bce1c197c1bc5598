//! Answers of modules: a Decision, or the admission response of a policy that returns no Decision.

use serde_json::Value;

use super::Decision;
use super::part::parts;

/// A module's answer
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// As the module wrote it
    json: Vec<u8>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Decision(Box<Decision>),
    Response(Box<Response>),
}

parts! {
    /// An admission response; its fields belong to the admission controller and are passed on as they are
    pub(crate) struct Response {
        /// Whether the request is admitted, as in a Decision
        pub(crate) allowed: Option<Value> = "allowed",
        /// Whether the request is admitted
        pub(crate) accepted: Option<Value> = "accepted",
        /// Message of the denial
        pub(crate) message: Option<Value> = "message",
        /// HTTP status of the denial
        pub(crate) code: Option<Value> = "code",
        /// Warnings for the deployer
        pub(crate) warnings: Option<Value> = "warnings",
        /// Recorded in the audit log by the API server
        pub(crate) audit_annotations: Option<Value> = "audit_annotations",
        /// The object to store instead of the one in the request
        pub(crate) mutated_object: Option<Value> = "mutated_object",
    }
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Not valid JSON.
    pub(crate) fn parse(json: Vec<u8>) -> serde_json::Result<Self> {
        let decision: Box<Decision> = serde_json::from_slice(&json)?;
        let content = if decision.kind == "Decision" {
            Content::Decision(decision)
        } else {
            Content::Response(serde_json::from_slice(&json)?)
        };
        Ok(Self { json, content })
    }

    /// Whether the request is admitted; an answer that does not say so denies.
    pub(crate) fn is_admitted(&self) -> bool {
        match &self.content {
            Content::Decision(decision) => decision.allowed,
            Content::Response(response) => response.is_admitted(),
        }
    }

    /// The Decision, or else the admission response.
    pub(crate) fn decision(&self) -> Result<&Decision, &Response> {
        match &self.content {
            Content::Decision(decision) => Ok(decision),
            Content::Response(response) => Err(response),
        }
    }

    /// Like [`Self::decision`], by value.
    pub(crate) fn into_decision(self) -> Result<Decision, Box<Response>> {
        match self.content {
            Content::Decision(decision) => Ok(*decision),
            Content::Response(response) => Err(response),
        }
    }

    /// Returns the document as the module wrote it, for output in JSON.
    ///
    /// # Errors
    ///
    /// A part that is not read is nested too deeply.
    pub(crate) fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.json)
    }
}

impl Response {
    /// The message; empty if there is none.
    pub(crate) fn message(&self) -> &str {
        let message = self.message.as_ref().and_then(Value::as_str);
        message.unwrap_or_default()
    }

    /// Whether the request is admitted; a response that does not say so, or says something else too, denies.
    pub(crate) fn is_admitted(&self) -> bool {
        let mut said = [&self.allowed, &self.accepted].into_iter().flatten();
        let is_said = self.allowed.is_some() || self.accepted.is_some();
        is_said && said.all(|flag| *flag == Value::Bool(true))
    }

    /// Returns a Decision that has only the outcome.
    pub(crate) fn outcome(&self) -> Decision {
        Decision {
            allowed: self.is_admitted(),
            ..Decision::default()
        }
    }
}
