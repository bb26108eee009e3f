//! The named policies that a manager keeps (X101), and their form in the database: one value, written in the same
//! commit as the changes of services.

use std::collections::BTreeMap;

use relance_scm::recovery_policy::POLICIES_MAX;
use relance_scm::{PolicyName, RecoveryPolicy, ScmError, Win32Error};
use relance_texts::{error, shown};
use relance_wire::api::PolicyBody;
use serde_json::Value as Json;

/// All policies at one moment.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    known: BTreeMap<PolicyName, RecoveryPolicy>,
    /// Policies that cannot be read are kept as they are, because a newer version may have written
    /// them: name, and the reason.
    unreadable: Vec<(Json, String)>,
}

impl Policies {
    /// What a database has.
    pub(crate) fn read(text: Option<&str>) -> Self {
        let list = text.unwrap_or("[]");
        let list: Vec<Json> = match serde_json::from_str(list) {
            Ok(list) => list,
            Err(error) => {
                let kept = (Json::from(list), error.to_string());
                return Self {
                    unreadable: vec![kept],
                    ..Self::default()
                };
            }
        };
        let mut policies = Self::default();
        for json in list {
            match policy(&json) {
                Ok(policy) => {
                    policies.known.insert(policy.name.clone(), policy);
                }
                Err(problem) => policies.unreadable.push((json, problem)),
            }
        }
        policies
    }

    /// As the database has it.
    pub(crate) fn text(&self) -> String {
        let known = self.known.values().map(|policy| {
            let body = PolicyBody::from(policy);
            serde_json::to_value(body).expect("plain structures")
        });
        let unreadable = self.unreadable.iter().map(|(json, _)| json.clone());
        Json::from(known.chain(unreadable).collect::<Vec<_>>()).to_string()
    }

    /// Those that cannot be read, by their names, and why.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = (&str, &str)> {
        let unreadable = self.unreadable.iter();
        unreadable.map(|(json, problem)| (name_in(json), problem.as_str()))
    }

    /// In the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &RecoveryPolicy> {
        self.known.values()
    }

    pub(crate) fn find(&self, name: &PolicyName) -> Option<&RecoveryPolicy> {
        self.known.get(name)
    }

    /// The same, of one that must be there.
    ///
    /// # Errors
    /// 1168.
    pub(crate) fn require(&self, name: &PolicyName) -> Result<&RecoveryPolicy, ScmError> {
        self.find(name).ok_or_else(|| {
            let policy = shown(name);
            ScmError::new(Win32Error::NOT_FOUND, error::NoPolicy { policy })
        })
    }

    /// Adds a policy, in the place of the one of that name.
    ///
    /// # Errors
    /// 1816 when there are too many.
    pub(crate) fn put(&mut self, policy: RecoveryPolicy) -> Result<(), ScmError> {
        let is_new = !self.known.contains_key(&policy.name);
        if is_new && self.known.len() >= POLICIES_MAX {
            let most = POLICIES_MAX;
            let sentence = error::TooManyPolicies { most };
            return Err(ScmError::new(Win32Error::NOT_ENOUGH_QUOTA, sentence));
        }
        let name = policy.name.as_str();
        self.unreadable.retain(|(json, _)| name_in(json) != name);
        self.known.insert(policy.name.clone(), policy);
        Ok(())
    }

    /// Takes a policy out; whether it was there.
    pub(crate) fn remove(&mut self, name: &PolicyName) -> bool {
        self.known.remove(name).is_some()
    }
}

fn policy(json: &Json) -> Result<RecoveryPolicy, String> {
    let body: PolicyBody =
        serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    RecoveryPolicy::try_from(&body).map_err(|error| error.to_string())
}

fn name_in(json: &Json) -> &str {
    json["name"].as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> RecoveryPolicy {
        RecoveryPolicy::new(name.parse().expect("a name"))
    }

    #[test]
    fn x101_policies_read_back() {
        let mut policies = Policies::read(None);
        policies.put(named("b")).expect("there is room");
        policies.put(named("a")).expect("there is room");
        let read = Policies::read(Some(&policies.text()));
        let names: Vec<&str> = read.iter().map(|policy| policy.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let error = read.require(&named("c").name).expect_err("not there");
        assert_eq!(error.code(), Win32Error::NOT_FOUND);
    }

    #[test]
    fn x101_what_a_newer_version_wrote_is_kept_and_named() {
        let newer = r#"[{"name":"a"},{"name":"new","extensions":{"from_the_future":1}}]"#;
        let mut policies = Policies::read(Some(newer));
        let unreadable: Vec<_> = policies.unreadable().collect();
        assert!(
            matches!(&unreadable[..], [("new", problem)] if problem.contains("from_the_future"))
        );
        assert!(policies.text().contains("from_the_future"));
        // An unreadable policy of that name is replaced.
        policies.put(named("new")).expect("there is room");
        assert!(!policies.text().contains("from_the_future"));
        assert_eq!(Policies::read(Some("not JSON")).unreadable().count(), 1);
    }

    #[test]
    fn x101_no_more_are_kept_than_the_bound() {
        let mut policies = Policies::default();
        for number in 0..POLICIES_MAX {
            policies
                .put(named(&format!("p{number}")))
                .expect("there is room");
        }
        let error = policies.put(named("one-more")).expect_err("one too many");
        assert_eq!(error.code(), Win32Error::NOT_ENOUGH_QUOTA);
        policies.put(named("p0")).expect("it is there already");
    }
}
