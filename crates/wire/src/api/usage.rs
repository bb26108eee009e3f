//! What running services use, as JSON.

use relance_scm::manager::Usage;
use relance_scm::{ScmError, ServiceId, Win32Error};
use relance_texts::{error, quoted};
use serde::{Deserialize, Serialize};

/// `GET /v1/usage`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct UsageQuery {
    /// Only of these services, by their identities: `1,7,12`; of all if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<String>,
}

impl UsageQuery {
    /// A question about these services.
    #[must_use]
    pub fn of(ids: Option<&[ServiceId]>) -> Self {
        let list = |ids: &[ServiceId]| {
            let words: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
            words.join(",")
        };
        Self { ids: ids.map(list) }
    }

    /// Which services are asked for.
    ///
    /// # Errors
    /// 87 for what is not a number.
    pub fn read(&self) -> Result<Option<Vec<ServiceId>>, ScmError> {
        let Some(ids) = &self.ids else {
            return Ok(None);
        };
        let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
        let ids = ids.map(|id| {
            id.parse().map(ServiceId).map_err(|_| {
                ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::NoIdentity { text: quoted(id) },
                )
            })
        });
        ids.collect::<Result<_, _>>().map(Some)
    }
}

/// What the processes of one service use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageBody {
    /// The service's identity in the database.
    pub id: u32,
    /// Processor time since they were started, user and system.
    pub cpu_ms: u64,
    /// Memory that they hold now: what their control group is charged with, else the resident memory.
    pub memory_bytes: u64,
    /// The most that they ever held at a time; left out where the kernel does not count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_peak_bytes: Option<u64>,
    /// How many there are.
    pub processes: u32,
}

/// `GET /v1/usage`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageReply {
    /// Of each service that runs.
    pub usage: Vec<UsageBody>,
}

impl From<&[Usage]> for UsageReply {
    fn from(usage: &[Usage]) -> Self {
        let usage = usage.iter().map(|usage| UsageBody {
            id: usage.service.0,
            cpu_ms: usage.cpu_ms,
            memory_bytes: usage.memory_bytes,
            memory_peak_bytes: usage.memory_peak_bytes,
            processes: usage.processes,
        });
        Self {
            usage: usage.collect(),
        }
    }
}

impl From<&UsageReply> for Vec<Usage> {
    fn from(reply: &UsageReply) -> Self {
        let usage = reply.usage.iter().map(|body| Usage {
            service: ServiceId(body.id),
            cpu_ms: body.cpu_ms,
            memory_bytes: body.memory_bytes,
            memory_peak_bytes: body.memory_peak_bytes,
            processes: body.processes,
        });
        usage.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_read_back_and_nonsense_is_named() {
        let ids = [ServiceId(1), ServiceId(12)];
        assert_eq!(UsageQuery::of(Some(&ids)).read(), Ok(Some(ids.to_vec())));
        assert_eq!(UsageQuery::default().read(), Ok(None));
        let bad = UsageQuery {
            ids: Some("1,x".into()),
        };
        assert!(bad.read().unwrap_err().sentence().contains("\"x\""));
    }
}
