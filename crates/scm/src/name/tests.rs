use super::*;

fn code(name: &str) -> u32 {
    ServiceName::new(name).map_or_else(|e| e.code().to_raw(), |_| 0)
}

#[test]
fn c1_names_keep_their_case_and_compare_without_it() {
    let name = ServiceName::new("Éclair Mailer").unwrap();
    assert_eq!(name.as_str(), "Éclair Mailer");
    assert_eq!(name, ServiceName::new("éCLAIR mAILER").unwrap());
    assert_eq!(name.key(), ServiceName::new("éclair mailer").unwrap().key());
    assert_ne!(name, ServiceName::new("Eclair Mailer").unwrap());
}

#[test]
fn c1_blanks_and_commas_are_legal_slashes_and_control_characters_are_not() {
    assert_eq!(code("a b,c"), 0);
    assert_eq!(code("a"), 0);
    for bad in ["", "a/b", "a\\b", "a\0b", "a\nb", "\u{7f}"] {
        assert_eq!(code(bad), 123, "{bad:?}");
    }
}

#[test]
fn c1_length_is_counted_in_utf16_units() {
    assert_eq!(code(&"x".repeat(256)), 0);
    assert_eq!(code(&"x".repeat(257)), 123);
    assert_eq!(code(&"𝄞".repeat(128)), 0);
    assert_eq!(code(&"𝄞".repeat(129)), 123);
}

#[test]
fn c2_an_empty_display_name_stands_for_the_service_name() {
    assert!(check_display_name("").is_ok());
    assert!(check_display_name(&"x".repeat(256)).is_ok());
    assert!(check_display_name(&"x".repeat(257)).is_err());
    assert!(check_display_name("bell\u{7}").is_err());
}

#[test]
fn folding_never_changes_the_number_of_characters() {
    assert_eq!(fold_case("straße"), "STRAßE");
    assert_eq!(fold_case("ŉ").chars().count(), 1);
}
