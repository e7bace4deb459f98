//! Files of the web in a program without the feature `net`: there are none.

use super::{Answer, FetchOptions, FetchRequest, Known};
use crate::error::FetchError;

/// Asks no server.
#[derive(Debug, Default)]
pub(super) struct Http;

impl Http {
    #[expect(clippy::unused_self, reason = "it has the form of the one with the feature")]
    pub(super) fn get(
        &self,
        _url: &str,
        _wanted: &FetchRequest,
        _known: Known,
        _options: &FetchOptions,
    ) -> Result<Answer, FetchError> {
        Err(FetchError::NoNetwork)
    }
}
