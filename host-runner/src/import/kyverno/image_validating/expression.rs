//! Expressions in CEL that count the verified signatures of each image.

/// A count of signatures, or attestations, for each image
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verified<'e> {
    /// Name of the attestation; `None` for signatures of the image
    pub(super) attestation: Option<&'e str>,
    pub(super) attestors: Vec<&'e str>,
    /// Number of attestors that are required
    pub(super) count: usize,
}

/// The counts that an expression demands, all of them; `None` if it is of another form.
pub(super) fn verified(expression: &str) -> Option<Vec<Verified<'_>>> {
    let parts = expression.split("&&").map(|part| one(part.trim()));
    parts.collect()
}

/// Reads `images.LIST.map(V, verifyImageSignatures(V, [attestors.NAME])).all(E, E > 0)`.
fn one(text: &str) -> Option<Verified<'_>> {
    let mut rest = Words(text);
    rest.expect("images")?;
    rest.expect(".")?;
    rest.name()?;
    rest.expect(".map(")?;
    let image = rest.name()?;
    rest.expect(",")?;
    let function = rest.name()?;
    rest.expect("(")?;
    (rest.name()? == image).then_some(())?;
    rest.expect(",")?;
    let attestation = match function {
        "verifyImageSignatures" => None,
        "verifyAttestationSignatures" => {
            rest.expect("attestations.")?;
            let name = rest.name()?;
            rest.expect(",")?;
            Some(name)
        }
        _ => return None,
    };
    rest.expect("[")?;
    let mut attestors = Vec::new();
    loop {
        rest.expect("attestors.")?;
        attestors.push(rest.name()?);
        if rest.expect(",").is_none() {
            break;
        }
    }
    rest.expect("]")?;
    rest.expect(")")?;
    rest.expect(")")?;
    rest.expect(".all(")?;
    let each = rest.name()?;
    rest.expect(",")?;
    (rest.name()? == each).then_some(())?;
    let operator = [">=", "==", ">"]
        .into_iter()
        .find(|operator| rest.expect(operator).is_some())?;
    let number: usize = rest.name()?.parse().ok()?;
    let count = number.checked_add(usize::from(operator == ">"))?;
    rest.expect(")")?;
    // Exactly so many are at least so many only if there are no more.
    let is_possible = match operator {
        "==" => count == attestors.len(),
        _ => (1..=attestors.len()).contains(&count),
    };
    (rest.0.trim().is_empty() && is_possible).then_some(Verified {
        attestation,
        attestors,
        count,
    })
}

/// The rest of a text, read word by word
struct Words<'e>(&'e str);

impl<'e> Words<'e> {
    /// Steps over a text.
    fn expect(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(text)?;
        Some(())
    }

    /// Steps over a name or number.
    fn name(&mut self) -> Option<&'e str> {
        let rest = self.0.trim_start();
        let is_in = |one: char| one.is_ascii_alphanumeric() || one == '_';
        let end = rest.find(|one| !is_in(one)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(end)?;
        self.0 = rest;
        (!name.is_empty()).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_signatures_are_read() {
        let expression = "images.containers.map(image, verifyImageSignatures(image, [attestors.build])).all(e, e > 0)";
        let build = Verified {
            attestation: None,
            attestors: vec!["build"],
            count: 1,
        };
        assert_eq!(verified(expression), Some(vec![build]));
        let expression = "images.containers.map(i, verifyImageSignatures(i, [attestors.a, attestors.b])).all(n, n == 2)\n &&\n \
                          images.containers.map(i, verifyAttestationSignatures(i, attestations.sbom, [attestors.a])).all(n, n >= 1)";
        let both = Verified {
            attestation: None,
            attestors: vec!["a", "b"],
            count: 2,
        };
        let sbom = Verified {
            attestation: Some("sbom"),
            attestors: vec!["a"],
            count: 1,
        };
        assert_eq!(verified(expression), Some(vec![both, sbom]));
    }

    #[test]
    fn other_expressions_are_not_read() {
        for expression in [
            "",
            "true",
            "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(n, n >= 0)",
            "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(n, n > 1)",
            "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).exists(n, n > 0)",
            "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(n, n > 0) || true",
            "images.containers.map(i, verifyImageSignatures(i, [attestors.a, attestors.b])).all(n, n == 1)",
            "images.containers.map(i, verifyImageSignatures(j, [attestors.a])).all(n, n > 0)",
            "images.containers.map(i, extractPayload(i, attestations.sbom).format == 'x').all(n, n)",
        ] {
            assert_eq!(verified(expression), None, "{expression}");
        }
    }
}
