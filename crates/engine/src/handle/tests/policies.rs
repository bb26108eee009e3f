use relance_scm::PolicyName;
use relance_scm::RecoveryPolicy;
use relance_scm::manager::PolicyInfo;

use super::*;
use crate::policies::Policies;

#[test]
fn x105_policies_are_for_administrators_and_for_those_who_may_read_a_service_that_uses_them() {
    let folder =
        Folder(std::env::temp_dir().join(format!("relance-policies-{}", std::process::id())));
    let (handle, _) = manager(&folder);
    let mut policies = Policies::default();
    let named = |name: &str| RecoveryPolicy::new(name.parse::<PolicyName>().unwrap());
    for name in ["hidden", "open", "unused"] {
        policies.put(named(name)).unwrap();
    }
    let change = publisher::Change::Policies(policies.into());
    let services = [("reads", "open", "CCLC"), ("sees", "hidden", "LC")];
    let services = services.map(|(name, policy, rights)| {
        let mut config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/a");
        named(policy).put_on(&mut config);
        let sddl = format!("D:(A;;{rights};;;S-1-22-1-33)");
        config.security = Some(Box::new(sddl.parse().unwrap()));
        let record = ServiceRecord::new(ServiceId(2), Arc::new(config));
        publisher::Change::Service(Arc::new(record))
    });
    handle.publisher.publish([change]);
    handle.publisher.publish(services);
    let seen = |sids: &[Sid]| {
        let infos = wait(|reply| handle.query_policies(&caller(sids), reply)).unwrap();
        let shown = |info: &PolicyInfo| format!("{} {:?}", info.policy.name, info.used_by);
        infos.iter().map(shown).collect::<Vec<_>>()
    };
    let all = ["hidden [\"sees\"]", "open [\"reads\"]", "unused []"];
    assert_eq!(seen(&[Sid::Administrators]), all);
    assert_eq!(seen(&[Sid::UnixUser(33)]), ["open [\"reads\"]"]);
    assert!(seen(&[Sid::UnixUser(34), Sid::Everyone]).is_empty());
}
