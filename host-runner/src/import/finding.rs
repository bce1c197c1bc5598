//! Findings of an import.

/// One finding
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// Absent where it is about the import as a whole
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
    /// Advice
    pub(crate) help: Option<String>,
}

/// Severity
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Something without effect was left out or renamed
    Note,
    /// Something was put right, or may not be what it seems
    Warning,
    /// The settings decide otherwise than the policy did, until something is added to them
    Lacking,
    /// There are no settings
    Error,
}

/// Place in an export
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Name of the file in messages
    pub(crate) file: String,
    /// Empty for all of it
    pub(crate) path: String,
}

impl Place {
    /// The place of a field, as validation names it: keys that are not plain stand in brackets.
    pub(crate) fn field(&self, key: &str) -> Self {
        let is_plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        self.below(&if is_plain {
            format!(".{key}")
        } else {
            format!("[{key}]")
        })
    }

    /// The place of an item.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.below(&format!("[{index}]"))
    }

    /// The place at the end of a path that begins with `.` or `[`.
    pub(crate) fn below(&self, rest: &str) -> Self {
        let path = format!("{}{rest}", self.path);
        Self {
            file: self.file.clone(),
            path: path.trim_start_matches('.').to_owned(),
        }
    }
}

/// All that was found so far
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn push<'p>(
        &mut self,
        level: Level,
        place: impl Into<Option<&'p Place>>,
        message: impl Into<String>,
    ) {
        self.0.push(Finding {
            level,
            place: place.into().cloned(),
            message: message.into(),
            help: None,
        });
    }

    /// Adds findings of another import.
    pub(crate) fn extend(&mut self, findings: Vec<Finding>) {
        self.0.extend(findings);
    }

    /// Whether this was found somewhere.
    pub(crate) fn has(&self, message: &str) -> bool {
        self.0.iter().any(|finding| finding.message == message)
    }

    /// Adds to the last finding what the reader can do.
    pub(crate) fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.0.last_mut() {
            last.help = Some(help.into());
        }
    }

    /// The gravest last, where they are seen. What was found twice is told once.
    pub(crate) fn in_order(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.level);
        let mut once: Vec<Finding> = Vec::new();
        for finding in self.0 {
            if !once.contains(&finding) {
                once.push(finding);
            }
        }
        once
    }
}
