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

fn changed(sddl: &str, give: Give) -> String {
    let sid = Sid::UnixUser(1000);
    descriptor(sddl)
        .with(&AccessChange { sid, give })
        .to_string()
}

const RESTART: AccessRights = AccessRights::START.union(AccessRights::STOP);

#[test]
fn a_grant_is_an_entry_of_its_own_and_lets_see_the_service() {
    let granted = |sddl| changed(sddl, Give::Grant(RESTART));
    assert_eq!(
        granted("D:(A;;CC;;;IU)"),
        "D:(A;;CCLCSWRPWPLORC;;;S-1-22-1-1000)(A;;CC;;;IU)"
    );
    // It adds to what there is, behind what is denied to others; a denial of its own goes.
    assert_eq!(
        granted("D:(D;;WP;;;WD)(D;;RPDT;;;S-1-22-1-1000)(A;;SD;;;S-1-22-1-1000)"),
        "D:(D;;WP;;;WD)(D;;DT;;;S-1-22-1-1000)(A;;CCLCSWRPWPLOSDRC;;;S-1-22-1-1000)"
    );
    let once = granted("D:");
    assert_eq!(granted(&once), once);
}

#[test]
fn what_is_revoked_goes_and_an_empty_entry_with_it() {
    let sddl = "D:(A;;RPWP;;;S-1-22-1-1000)(A;;RPWP;;;S-1-22-2-1000)";
    assert_eq!(
        changed(sddl, Give::Revoke(AccessRights::STOP)),
        "D:(A;;RP;;;S-1-22-1-1000)(A;;RPWP;;;S-1-22-2-1000)"
    );
    let group = "D:(A;;RPWP;;;S-1-22-2-1000)";
    assert_eq!(changed(sddl, Give::Revoke(RESTART)), group);
    assert_eq!(changed(sddl, Give::Forget), group);
    let logs = changed("D:", Give::Grant(AccessRights::READ_OUTPUT));
    assert_eq!(logs, "D:(A;;0x2028d;;;S-1-22-1-1000)");
    assert_eq!(changed(&logs, Give::Revoke(AccessRights::ALL_ACCESS)), "D:");
    // Generic rights are split into what is left of them.
    let all = changed("D:(A;;GA;;;S-1-22-1-1000)", Give::Revoke(words::POWERFUL));
    assert_eq!(all, "D:(A;;CCLCSWRPWPDTLOCRSDRC;;;S-1-22-1-1000)");
}

#[test]
fn rights_have_words_and_words_rights() {
    assert_eq!(words::parse(["start", " Stop"]).unwrap(), RESTART);
    assert_eq!(words::parse(["restart"]).unwrap(), RESTART);
    let error = words::parse(["reload"]).unwrap_err();
    assert!(error.sentence().contains("query, start, stop"), "{error}");
    let of = |raw| words::of(AccessRights::from_raw(raw)).join(", ");
    assert_eq!(of(0x2_008D), "query");
    assert_eq!(of(0x2_01FD), "query, start, stop, pause, control");
    assert_eq!(of(0xF_01FF), "all");
    assert_eq!(of(0x1000_0000), "all");
    assert_eq!(of(0x34), "start, stop, QUERY_STATUS");
    assert_eq!(of(0x4_0000), "WRITE_DAC");
    assert_eq!(of(0x8000), "0x8000");
    assert_eq!(of(0x2_028D), "query, logs");
    for word in words::WORDS {
        let shown = words::of(word.rights);
        assert_eq!(
            words::parse(shown.iter().map(|word| &**word)).unwrap(),
            word.rights
        );
    }
}

#[test]
fn a27_who_may_have_anything_run_as_the_manager() {
    let powerful = |sddl: &str| descriptor(sddl).powerful().count();
    assert_eq!(
        descriptor(&SecurityDescriptor::default_for_service().to_string())
            .powerful()
            .count(),
        0
    );
    for right in ["DC", "WD", "WO", "GA", "GW"] {
        assert_eq!(
            powerful(&format!("D:(A;;{right};;;S-1-22-1-1000)")),
            1,
            "{right}"
        );
        assert_eq!(
            powerful(&format!("D:(D;;{right};;;S-1-22-1-1000)")),
            0,
            "{right}"
        );
    }
    assert_eq!(
        powerful("D:(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;S-1-22-1-0)(A;;RPWP;;;WD)"),
        0
    );
}

#[test]
fn blanks_between_the_parts_do_not_move_when_they_are_written_again() {
    let read = descriptor(" S:(AU;FA;RP;;;WD) D:(A;;RP;;;BA) O:BA ");
    assert_eq!(read.to_string(), "O:BAD:(A;;RP;;;BA)S:(AU;FA;RP;;;WD)");
    assert_eq!(descriptor(&read.to_string()), read);
}

#[test]
fn a_parenthesis_that_is_never_closed_swallows_nothing() {
    for text in [
        "D:(A;;RP;;;BA)G:(",
        "D:(A;;RP;;;BA)S:(AU;FA;RP;;;WD",
        "O:(D:(A;;RP;;;BA)",
    ] {
        let refused = text.parse::<SecurityDescriptor>().unwrap_err();
        assert_eq!(refused.code().to_raw(), 1338, "{text}");
    }
}
