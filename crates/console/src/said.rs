//! Refusals, in the words of a page.

use relance_scm::ScmError;
use relance_texts::Text;

use crate::lang::Lang;

/// A refusal in the words of a page. Where its sentence names a command, it has another one (its attribute
/// `page`), which says what to press.
pub(crate) fn said(error: &ScmError, lang: Lang) -> String {
    let sentence = error.to_sentence();
    let of_page = sentence.text().and_then(|text| {
        let values = text.values().map(|(name, value)| (name, value.clone()));
        Text::build(&format!("{}.page", text.id()), values.collect())
    });
    of_page.map_or_else(|| sentence.of(lang), |text| text.of(lang))
}

#[cfg(test)]
mod tests {
    use relance_scm::Win32Error;
    use relance_texts::{all, error, find, refused};

    use super::*;

    #[test]
    fn a_page_says_what_to_press_and_not_what_to_type() {
        let pending = ScmError::new(
            Win32Error::SERVICE_NOT_ACTIVE,
            refused::RestartPending { service: "web" },
        );
        assert_eq!(
            said(&pending, Lang::En),
            "web is not running, but a restart is pending and goes on; Cancel recovery cancels it"
        );
        let plain = ScmError::new(
            Win32Error::SERVICE_NOT_ACTIVE,
            refused::NotActive { service: "web" },
        );
        assert_eq!(said(&plain, Lang::En), "web is not running; start it first");
        let reader = ScmError::new(Win32Error::ACCESS_DENIED, error::READ_ONLY);
        assert!(said(&reader, Lang::En).contains("role administrator"));
    }

    #[test]
    fn no_refusal_of_a_control_names_a_command() {
        let of_controls = all().filter(|words| {
            let area = ["refused-", "start-"];
            area.iter().any(|area| words.id().starts_with(area)) && !words.id().contains('.')
        });
        let names_command = |words: &relance_texts::Words| words.of(Lang::En).contains("relance ");
        let left: Vec<_> = of_controls
            .filter(names_command)
            .filter(|words| {
                let page = find(&format!("{}.page", words.id()));
                page.is_none_or(|page| names_command(&page))
            })
            // A page cannot replace the guardian, so its sentence is left as it is.
            .filter(|words| words.id() != "start-older-guardian")
            .map(relance_texts::Words::id)
            .collect();
        assert_eq!(left, [""; 0]);
    }
}
