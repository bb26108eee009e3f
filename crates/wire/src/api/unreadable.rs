//! A service that the manager could not load, as JSON.

use relance_scm::manager::UnreadableService;
use serde::{Deserialize, Serialize};

use super::text::SentenceBody;

/// A service that is stored, and not managed because its row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnreadableBody {
    /// Its name, as far as it can be read.
    pub name: String,
    /// What is wrong, and what mends it.
    pub problem: SentenceBody,
}

impl From<&UnreadableService> for UnreadableBody {
    fn from(service: &UnreadableService) -> Self {
        Self {
            name: service.name.to_string(),
            problem: (&service.problem).into(),
        }
    }
}

impl From<&UnreadableBody> for UnreadableService {
    fn from(body: &UnreadableBody) -> Self {
        Self {
            name: body.name.as_str().into(),
            problem: (&body.problem).into(),
        }
    }
}
