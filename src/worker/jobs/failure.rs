//! Errors of the layers below as failures for the window.

use super::super::Failure;
use crate::document::SessionError;
use crate::erase::EraseError;
use crate::imaging::grabcut::SelectError;
use crate::imaging::io::PhotoError;

impl From<PhotoError> for Failure {
    fn from(error: PhotoError) -> Self {
        let failure = Self::from_error(error.key(), &error);
        let details = error.details().map_or(failure.details, str::to_owned);
        Self { details, ..failure }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::from_error(error.key(), &error)
    }
}

impl From<EraseError> for Failure {
    fn from(error: EraseError) -> Self {
        let key = match error {
            EraseError::SizeMismatch { .. } | EraseError::NotTheNetworksSize { .. } => "error-size-mismatch",
            EraseError::EmptyMask => "error-empty-mask",
            EraseError::FullMask => "error-full-mask",
            EraseError::NoSource => "error-no-source",
            EraseError::NoCandidate => "error-no-candidate",
            EraseError::UnknownModel { .. } => "error-unknown-model",
            EraseError::Network(_) => "error-network",
        };
        Self::from_error(key, &error)
    }
}

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        Self::from_error(error.key(), &error)
    }
}
