use super::*;

fn descriptor(text: &str) -> SecurityDescriptor {
    text.parse().unwrap()
}

#[test]
fn a18_a28_the_default_descriptor() {
    let text = SecurityDescriptor::default_for_service().to_string();
    assert_eq!(
        text,
        "D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)\
         (A;;CCLCSWLORC;;;IU)(A;;CCLCSWLOCRRC;;;SU)S:(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)"
    );
    assert_eq!(descriptor(&text), SecurityDescriptor::default_for_service());
}

#[test]
fn a19_a20_a21_what_the_default_gives() {
    let default = SecurityDescriptor::default_for_service();
    let rights = |sid| default.effective_rights(&[sid]);
    assert!(rights(Sid::Administrators).contains(AccessRights::ALL_ACCESS));
    assert!(
        !rights(Sid::LocalSystem).contains(AccessRights::CHANGE_CONFIG),
        "A19"
    );
    let peer = rights(Sid::Interactive);
    assert!(peer.contains(AccessRights::QUERY_STATUS.union(AccessRights::INTERROGATE)));
    assert!(!peer.contains(AccessRights::USER_DEFINED_CONTROL), "A28");
    assert!(
        rights(Sid::Service).contains(AccessRights::USER_DEFINED_CONTROL),
        "A21"
    );
    assert_eq!(rights(Sid::UnixUser(33)), AccessRights::NONE);
}

#[test]
fn a24_the_order_of_entries_decides() {
    let me = [Sid::UnixUser(7), Sid::Interactive];
    let deny_first = descriptor("D:(D;;WP;;;S-1-22-1-7)(A;;RPWP;;;IU)");
    assert_eq!(deny_first.effective_rights(&me), AccessRights::START);
    let allow_first = descriptor("D:(A;;RPWP;;;IU)(D;;WP;;;S-1-22-1-7)");
    assert!(
        allow_first
            .effective_rights(&me)
            .contains(AccessRights::STOP)
    );
    let group = descriptor("D:(A;;GA;;;S-1-22-2-50)");
    assert_eq!(
        group.effective_rights(&[Sid::UnixGroup(50)]),
        AccessRights::ALL_ACCESS
    );
}

#[test]
fn sddl_reads_back() {
    for text in [
        "D:",
        "O:BAG:SYD:(D;;WP;;;WD)(A;;RPWP;;;S-1-5-21-1-2-3-1001)",
        "D:(A;;0x600;;;AU)(A;;GAGXGWGR;;;SY)",
    ] {
        assert_eq!(descriptor(text).to_string(), text);
    }
}

#[test]
fn unreadable_descriptors_are_refused_with_1338() {
    for text in [
        "",
        "S:(AU;FA;CC;;;WD)",
        "D:(A;;CC;;;SY",
        "D:(X;;CC;;;SY)",
        "D:(A;;C;;;SY)",
        "D:(A;;QQ;;;SY)",
        "D:(A;;CC;;;)",
        "D:(A;;CC;;;S-1-22-1-x)",
        "X:foo",
        "D:(A;;0xzz;;;SY)",
        "é",
    ] {
        let error = text.parse::<SecurityDescriptor>().unwrap_err();
        assert_eq!(error.code().to_raw(), 1338, "{text}");
    }
}

/// A1 to A13, as SDDL spells them.
#[test]
fn the_letters_and_numbers_of_the_rights() {
    let rights = [
        ("CC", 0x0001),
        ("DC", 0x0002),
        ("LC", 0x0004),
        ("SW", 0x0008),
        ("RP", 0x0010),
        ("WP", 0x0020),
        ("DT", 0x0040),
        ("LO", 0x0080),
        ("CR", 0x0100),
        ("SD", 0x1_0000),
        ("RC", 0x2_0000),
        ("WD", 0x4_0000),
        ("WO", 0x8_0000),
        ("0x8000", 0x8000),
        ("CCDCLCSWRPWPDTLOCRSDRCWDWO", 0xF_01FF),
    ];
    for (letters, number) in rights {
        let one = descriptor(&format!("D:(A;;{letters};;;SY)"));
        let granted = one.effective_rights(&[Sid::LocalSystem]);
        assert_eq!(granted.to_raw(), number, "{letters}");
    }
    assert_eq!(AccessRights::ALL_ACCESS.to_raw(), 0xF_01FF, "A12");
}
