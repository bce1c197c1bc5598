//! The content of a timestamp token.

use super::super::Malformed;
use super::super::algorithm::AlgorithmIdentifier;
use super::super::certificate::Extension;
use super::super::der::{self, Tag, constructed};
use super::super::moment::Moment;
use super::UNSUPPORTED_HASH;
use crate::Hash;

/// `TSTInfo` (RFC 3161, section 2.4.2)
#[derive(Debug, Clone, Copy)]
pub(super) struct TstInfo<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) imprint_algorithm: Hash,
    pub(super) imprint: &'a [u8],
    pub(super) moment: Moment,
}

impl<'a> TstInfo<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let info = der::document(bytes, super::MAX_BYTES)?;
        info.expect(Tag::SEQUENCE)?;
        let mut fields = info.elements();
        if fields.any()?.number()? != 1 {
            return Err(Malformed::new("version: is not 1"));
        }
        fields
            .any()?
            .oid()
            .map_err(|problem| problem.of("policy"))?;
        let mut imprint = fields.take(Tag::SEQUENCE)?.elements();
        let imprint_algorithm = AlgorithmIdentifier::read(imprint.any()?)
            .and_then(|algorithm| {
                algorithm
                    .hash()
                    .ok_or_else(|| Malformed::new(UNSUPPORTED_HASH))
            })
            .map_err(|problem| problem.of("messageImprint"))?;
        let digest = imprint.take(Tag::OCTET_STRING)?.contents;
        imprint.end()?;
        fields
            .any()?
            .integer()
            .map_err(|problem| problem.of("serialNumber"))?;
        let moment = fields
            .any()?
            .moment()
            .map_err(|problem| problem.of("genTime"))?;
        fields.take_if(Tag::SEQUENCE)?; // accuracy
        fields.take_if(Tag::BOOLEAN)?; // ordering
        fields.take_if(Tag::INTEGER)?; // nonce
        fields.take_if(constructed(0))?; // tsa
        if let Some(extensions) = fields.take_if(constructed(1))? {
            let extensions = Extension::read_all(extensions);
            let extensions = extensions.map_err(|problem| problem.of("extensions"))?;
            if let Some(critical) = extensions.iter().find(|it| it.is_critical) {
                let oid = critical.oid;
                let problem = alloc::format!("extension {oid} is critical and not supported");
                return Err(problem.into());
            }
        }
        fields.end()?;
        Ok(Self {
            bytes,
            imprint_algorithm,
            imprint: digest,
            moment,
        })
    }
}
