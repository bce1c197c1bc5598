//! `alwaysDeny`

use super::{CheckDocument, Facts, Outcome, Place};
use crate::decision::{Code, Reason};
use crate::image::ImageReference;
use crate::json::{Report, Value};

/// Denies every image
#[derive(Debug)]
pub(crate) struct AlwaysDeny;

impl<'a> CheckDocument<'a> for AlwaysDeny {
    fn read(_: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let flag = value.flag()?;
        if !flag {
            let message = "must be `true`; remove the check to not deny";
            report.push(Code::PolicyAlwaysDenyFalse, path, message);
        }
        Some(Self)
    }

    fn judge<'t>(
        &self,
        _: &ImageReference<'_>,
        _: Option<&mut impl Facts<'t>>,
        _: &Report,
    ) -> Option<Outcome> {
        let message = "Denied by an always_deny check";
        let reason = Reason::new(Code::AlwaysDeny, message);
        Some(Outcome::refused(alloc::vec![reason]))
    }
}
