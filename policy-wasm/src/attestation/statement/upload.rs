//! Upload times of images: this project's own predicate, since no published one exists.

use super::payload;
use super::{BODY, Rejection};
use crate::json::Raw;
use crate::time::Time;

/// `{"uploadTime": "2024-02-29T23:59:59Z"}`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    /// `uploadTime`: the time at which the registry received the image
    pub time: Time,
}

impl Upload {
    pub(super) fn read(predicate: Raw<'_>) -> Result<Self, Rejection> {
        let mut time = None;
        payload::read(predicate, BODY, |predicate| {
            predicate.object(|key, value| {
                if key == "uploadTime" {
                    time = payload::time(value);
                }
            });
        })?;
        let time = payload::required(time, "predicate.uploadTime")?;
        Ok(Self { time })
    }
}
