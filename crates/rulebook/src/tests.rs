use std::collections::BTreeSet;

use super::*;

#[test]
fn every_page_can_be_read_and_no_id_stands_twice() {
    let mut seen = BTreeSet::new();
    for page in PAGES {
        let rules = parse(page.text).unwrap_or_else(|mistake| panic!("{}: {mistake}", page.name));
        assert!(!rules.is_empty(), "{} has no rules", page.name);
        for rule in rules {
            assert!(!rule.kind.is_empty(), "{} has no kind", rule.id);
            assert!(seen.insert(rule.id), "{} stands twice", rule.id);
        }
    }
}

#[test]
fn a_rule_is_found_by_its_id_in_any_case() {
    let (page, rule) = find("r8.5").unwrap();
    assert_eq!((page.name, rule.id), ("recovery", "R8.5"));
    assert_eq!(
        rule.anchor(),
        "r85-stopped-with-an-error-that-nobody-asked-for"
    );
    assert!(find("R999").is_none());
    assert!(find("").is_none());
}

#[test]
fn a_page_is_read() {
    let page = "# Page\n\nAbout.\n\n## Part\n\n### R1: One\n\nFirst.\nSecond.\n\n| a | b |\n|---|---|\n\nExample: this.\n\n\
                - Kind: Relance\n- Not tested: advice\n\n### R8.2: Two\n\n- Kind: Relance\n";
    let rules = parse(page).unwrap();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0].text, "First. Second.\n| a | b |\n|---|---|");
    assert_eq!(rules[0].example, Some("this."));
    assert!(!rules[0].needs_a_test());
    assert_eq!((rules[1].id, rules[1].title), ("R8.2", "Two"));
    assert!(rules[1].needs_a_test());
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (page, line) in [
        ("### One\n", 1),
        ("### R1x: One\n", 1),
        ("### R1: One\n\n- Colour: blue\n", 3),
        ("### R1: One\n- Kind\n", 2),
    ] {
        assert_eq!(parse(page).unwrap_err().line, line, "{page:?}");
    }
}

#[test]
fn rules_are_found_by_a_number_that_they_speak_of() {
    assert!(speaking_of(7031).contains(&"E7"), "{:?}", speaking_of(7031));
    assert!(speaking_of(1).is_empty());
}

#[test]
fn links_have_a_name_and_an_address() {
    let found: Vec<_> = links("[a](<https://a>), [b] and [c](<https://c>)").collect();
    assert_eq!(found, [("a", "https://a"), ("c", "https://c")]);
}
