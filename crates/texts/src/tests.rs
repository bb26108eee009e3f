use std::time::Duration;

use crate::{Human, Label, Lang, Message, Sentence, Text, Value, all, find, quoted, why, word};

#[test]
fn numbers_are_ordered_as_each_language_does() {
    let ordinal = |number: u32, lang| word::Ordinal { number }.text().of(lang);
    assert_eq!(
        [1, 2, 3, 4, 11, 12, 13, 21, 111, 122].map(|number| ordinal(number, Lang::En)),
        [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"
        ]
    );
    assert_eq!(
        [1, 2, 21].map(|number| ordinal(number, Lang::Fr)),
        ["1er", "2e", "21e"]
    );
}

#[test]
fn durations_are_written_as_each_language_does() {
    let human = |ms, lang| Human(Duration::from_millis(ms)).of(lang);
    assert_eq!(human(250, Lang::En), "0.25 s");
    assert_eq!(human(1, Lang::En), "1 ms");
    assert_eq!(human(9, Lang::Fr), "9\u{A0}ms");
    assert_eq!(human(10, Lang::En), "0.01 s");
    let short = |micros| Human(Duration::from_micros(micros)).of(Lang::En);
    assert_eq!(
        [short(1), short(640), short(9999)],
        ["0.1 ms", "0.6 ms", "9 ms"]
    );
    assert_eq!(human(0, Lang::En), "0 s");
    assert_eq!(human(250, Lang::Fr), "0,25\u{A0}s");
    assert_eq!(human(349_200_000, Lang::En), "4 d 1 h");
    assert_eq!(human(349_200_000, Lang::Fr), "4\u{A0}j\u{A0}1\u{A0}h");
}

#[test]
fn counts_choose_the_plural_of_their_language() {
    assert_eq!(
        [0, 1, 2].map(|n| Lang::En.cardinal(n)),
        ["other", "one", "other"]
    );
    assert_eq!(
        [0, 1, 2].map(|n| Lang::Fr.cardinal(n)),
        ["one", "one", "other"]
    );
}

#[test]
fn a_message_is_found_by_its_id_and_built_from_named_values() {
    for words in all() {
        assert_eq!(find(words.id()), Some(words), "{}", words.id());
    }
    assert_eq!(find("why-"), None);
    let text = Text::build(
        "word-exit-signal-named",
        vec![("name", "KILL".into()), ("signal", 9.into())],
    );
    let text = text.expect("both parameters are there");
    assert_eq!(text.of(Lang::En), "signal 9 (KILL)");
    assert_eq!(
        text,
        word::ExitSignalNamed {
            signal: 9,
            name: "KILL"
        }
        .text()
    );
    assert_eq!(
        Text::build("word-exit-signal-named", vec![("signal", 9.into())]),
        None
    );
}

#[test]
fn values_are_said_in_the_language_of_the_sentence() {
    let ended = why::EndCrashed {
        exit: word::ExitStatus { status: 3_u8 },
        state: word::STATE_RUNNING,
    };
    assert_eq!(
        ended.text().of(Lang::Fr),
        "son processus s’est terminé avec le code de sortie 3 alors qu’il était en marche (RUNNING), sans annoncer STOPPED"
    );
    let both = Value::Sentences(
        [
            why::NO_FAILURE_SHUTDOWN.into(),
            Sentence::foreign("as it came"),
        ]
        .into(),
    );
    assert_eq!(
        both.of(Lang::En),
        "Nothing that ends in a shutdown is a failure (R8.12).; as it came"
    );
    assert_eq!(Value::from(vec![1, 2]).of(Lang::Fr), "1, 2");
    let label = Label {
        en: "Memory, at most".into(),
        fr: "Mémoire, au plus".into(),
    };
    let labels = Value::from(vec![Value::from(label), "Umask".into()]);
    assert_eq!(labels.of(Lang::En), "Memory, at most; Umask");
    assert_eq!(labels.of(Lang::Fr), "Mémoire, au plus\u{202F}; Umask");
    assert_eq!(quoted("a\nb").of(Lang::En), "a\\nb");
}

#[test]
fn the_language_is_the_readers_choice() {
    let choose = Lang::choose;
    assert_eq!(choose(Some("fr"), Some("en")), Lang::Fr);
    assert_eq!(choose(None, Some("de, fr-CA;q=0.8, en;q=0.5")), Lang::Fr);
    assert_eq!(choose(Some("xx"), None), Lang::En);
    assert_eq!(choose(None, Some("é")), Lang::En);
    let terminal = |set: &[(&str, &str)]| {
        let get = |name: &str| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Lang::of_environment(get)
    };
    assert_eq!(terminal(&[]), Lang::En);
    assert_eq!(terminal(&[("LANG", "fr_FR.UTF-8")]), Lang::Fr);
    assert_eq!(
        terminal(&[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "C.UTF-8")]),
        Lang::En
    );
    assert_eq!(
        terminal(&[("LC_MESSAGES", "de_DE"), ("LANG", "fr_FR")]),
        Lang::En
    );
    assert_eq!(
        terminal(&[("RELANCE_LANG", "fr"), ("LC_ALL", "C")]),
        Lang::Fr
    );
}

/// What was copied and not translated is as long as a sentence, and the same in both languages.
#[test]
fn no_english_sentence_stands_in_the_french_files() {
    for words in all() {
        let [english, french] = Lang::ALL.map(|lang| words.of(lang));
        let is_sentence = english.split(' ').filter(|word| word.len() > 2).count() > 3;
        assert!(
            !is_sentence || english != french,
            "{}: {french}",
            words.id()
        );
    }
}

/// What the manager refuses is read by programs, in pages and in files too, where nothing is called `--memory-max`: a
/// setting has the name that it has everywhere, and an option stands in a command that can be typed.
#[test]
fn errors_of_the_manager_name_settings_and_whole_commands() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (lang, file) in ["en", "fr"]
        .into_iter()
        .flat_map(|lang| ["start", "setting", "error", "refused"].map(|file| (lang, file)))
    {
        let path = folder.join(lang).join(file).with_extension("ftl");
        let text = std::fs::read_to_string(&path).expect("it is there");
        for line in text.lines() {
            let mut before = 0;
            while let Some(at) = line[before..].find("--").map(|at| before + at) {
                let clause = line[..at].rsplit([';', '(', ')', '`']).next().unwrap_or("");
                assert!(clause.contains("relance "), "{}: {line}", path.display());
                before = at + 2;
            }
        }
    }
}
