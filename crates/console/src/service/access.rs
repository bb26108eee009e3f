//! Who may do what with a service, in words: the list on the tab "Security", and giving and taking rights.
//! As on all forms, the first press shows the effect, and the second saves.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::ServiceInfo;
use relance_scm::security::{Access, Ace, AceKind, NamedChange, SecurityDescriptor, words};
use relance_scm::{ScmError, ServiceName};
use relance_texts::console;
use relance_wire::api::AccessChangeBody;

use super::{field, show};
use crate::form::Form;
use crate::lang::Lang;
use crate::layout;
use crate::reply::{Answer, not_saved, status};
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Where rights are given and taken.
const ACTION: &str = "/rights";

/// Who may do what, with the names that the manager knows; where it does not say, by identifiers.
pub(super) async fn of(viewer: &Viewer, info: &ServiceInfo) -> Access {
    let name = info.config.service_name.clone();
    let asked = viewer.ask(move |manager, caller, reply| {
        manager.query_access(caller, &name, reply);
    });
    asked.await.unwrap_or_else(|_| {
        let stored = info.config.security.as_deref();
        let descriptor = stored.map_or_else(SecurityDescriptor::default_for_service, Clone::clone);
        let sids = descriptor.dacl.iter().map(|ace| ace.sid.to_string().into());
        Access {
            names: sids.collect(),
            is_default: stored.is_none(),
            descriptor,
        }
    })
}

/// The list, in the order that decides, and what can be done with it.
pub(super) fn section(viewer: &Viewer, name: &ServiceName, access: &Access) -> Markup {
    let lang = viewer.lang();
    html! {
        section.card aria-labelledby="access" {
            h2 #access { (console::WHO_MAY_DO_WHAT.of(lang)) }
            (list(access, lang, viewer.is_administrator().then_some((viewer, name))))
            @if access.is_default { p.dim { (console::THIS_IS_THE_DEFAULT.of(lang)) } }
            (warnings(access, lang))
        }
        @if viewer.is_administrator() { (give(viewer, name)) }
    }
}

/// The form that gives somebody rights.
fn give(viewer: &Viewer, name: &ServiceName) -> Markup {
    let lang = viewer.lang();
    let given = words::WORDS.iter().filter(|word| word.word != "query");
    html! {
        form.card method="post" action=(ACTION) aria-label=(console::GIVE_RIGHTS.of(lang)) data-keep="" {
            h2 { (console::GIVE_SOMEBODY_RIGHTS.of(lang)) }
            (layout::key(viewer))
            input type="hidden" name="name" value=(name);
            input type="hidden" name="give" value="1";
            (field(
                console::USER_OR_GROUP.of(lang),
                console::AS_ALICE_USER_ALICE.of(lang),
                &html! { input name="who" required autocomplete="off" spellcheck="false"; },
            ))
            @for word in given {
                label.check { input type="checkbox" name="grant" value=(word.word); span { (label(word.word, lang)) } }
            }
            div.row.end { button.primary type="submit" { (console::GIVE.of(lang)) } }
        }
    }
}

/// The access list as a table; for those who may change it, with what takes an entry away.
fn list(access: &Access, lang: Lang, changing: Option<(&Viewer, &ServiceName)>) -> Markup {
    let entries = access.descriptor.dacl.iter().zip(&access.names);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(console::ACCESS_LIST.of(lang)) {
            table.cards {
                thead { tr {
                    th scope="col" { (console::WHO.of(lang)) }
                    th scope="col" { (console::MAY_DO.of(lang)) }
                    @if changing.is_some() { th scope="col" { (console::CHANGE.of(lang)) } }
                } }
                tbody {
                    @for (ace, name) in entries {
                        tr {
                            th scope="row" { (who(name, lang)) }
                            td { (rule(ace, lang)) " " (rights(ace, lang)) }
                            @if let Some((viewer, service)) = changing {
                                td { (forget(viewer, service, ace, lang)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn forget(viewer: &Viewer, service: &ServiceName, ace: &Ace, lang: Lang) -> Markup {
    html! {
        form method="post" action=(ACTION) {
            (layout::key(viewer))
            input type="hidden" name="name" value=(service);
            input type="hidden" name="who" value=(ace.sid);
            input type="hidden" name="forget" value="1";
            button type="submit" { (console::REMOVE.of(lang)) }
        }
    }
}

fn warnings(access: &Access, lang: Lang) -> Markup {
    let powerful: Vec<&Ace> = access.descriptor.powerful().collect();
    let entries = access.descriptor.dacl.iter().zip(&access.names);
    let names = entries.filter(|(ace, _)| powerful.contains(ace));
    html! {
        @for (_, name) in names {
            p.note.warn {
                (lang.say(console::Powerful { who: who(name, lang) }))
            }
        }
    }
}

/// A name as people say it.
fn who(name: &str, lang: Lang) -> String {
    let set = match name {
        "manager" => console::THE_MANAGER_ITSELF.of(lang),
        "administrators" => console::ADMINISTRATORS.of(lang),
        "local-users" => console::ANYBODY_ON_THIS_MACHINE.of(lang),
        "services" => console::SERVICES.of(lang),
        "everyone" => console::EVERYBODY.of(lang),
        "authenticated-users" => console::EVERYBODY_WITH_AN_ACCOUNT.of(lang),
        _ => "",
    };
    match (set, name.split_once(':')) {
        ("", Some(("user", user))) => format!("{} {user}", console::USER.of(lang)),
        ("", Some(("group", group))) => format!("{} {group}", console::GROUP.of(lang)),
        ("", _) => name.to_owned(),
        (set, _) => set.to_owned(),
    }
}

fn rule(ace: &Ace, lang: Lang) -> Markup {
    html! {
        @if ace.kind == AceKind::Allow { (console::MAY.of(lang)) }
        @else { strong.bad { (console::MAY_NOT.of(lang)) } }
    }
}

fn rights(ace: &Ace, lang: Lang) -> String {
    let words = words::of(ace.rights);
    let labels: Vec<&str> = words.iter().map(|word| label(word, lang)).collect();
    labels.join(", ")
}

/// A right as people say it; one that has no word is named as it is.
fn label(word: &str, lang: Lang) -> &str {
    match word {
        "query" => console::SEE_IT.of(lang),
        "start" => console::START_IT.of(lang),
        "stop" => console::STOP_IT.of(lang),
        "pause" => console::PAUSE_IT.of(lang),
        "control" => console::SEND_ITS_OWN_CONTROLS.of(lang),
        "logs" => console::READ_WHAT_IT_PRINTS.of(lang),
        "config" => console::CHANGE_IT.of(lang),
        "delete" => console::DELETE_IT.of(lang),
        "rights" => console::SAY_WHO_MAY_DO.of(lang),
        "restart" => console::RESTART_IT.of(lang),
        "all" => console::DO_EVERYTHING.of(lang),
        other => other,
    }
}

/// `POST /rights`: shows the effect, or with `confirm` makes the change.
pub(crate) async fn change(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let name = form.name()?;
    let info = viewer.service(&name).await?;
    let is_trial = !form.has("confirm");
    match ask(&viewer, &name, &form, is_trial).await {
        Ok(_) if !is_trial => {
            let there = format!("{}&saved=1", Tab::Security.href(&name));
            Ok(Redirect::to(&there).into_response())
        }
        Ok(access) => {
            let content = review(&viewer, &name, &access, &form);
            Ok(show(
                &viewer,
                &info,
                Tab::Security,
                &content,
                false,
                StatusCode::OK,
            ))
        }
        Err(error) => {
            let lang = viewer.lang();
            let back = html! {
                a.button href=(Tab::Security.href(&name)) { (console::BACK.of(lang)) }
            };
            let content = not_saved(&error, lang, &back);
            let code = status(&error);
            Ok(show(&viewer, &info, Tab::Security, &content, false, code))
        }
    }
}

async fn ask(
    viewer: &Viewer,
    name: &ServiceName,
    form: &Form,
    is_trial: bool,
) -> Result<Access, ScmError> {
    let (name, change) = (name.clone(), read(form)?);
    viewer
        .ask(move |manager, caller, reply| {
            manager.change_access(caller, &name, vec![change], is_trial, reply);
        })
        .await
}

/// What the form asks for: to give what is ticked, or to forget all that is said of somebody.
fn read(form: &Form) -> Result<NamedChange, ScmError> {
    let words = || form.all("grant").map(ToOwned::to_owned).collect();
    let body = AccessChangeBody {
        who: form.text("who").trim().to_owned(),
        grant: form.has("give").then(words),
        revoke: form.has("forget").then(Vec::new),
    };
    NamedChange::try_from(&body)
}

fn review(viewer: &Viewer, name: &ServiceName, access: &Access, form: &Form) -> Markup {
    let lang = viewer.lang();
    html! {
        section.card aria-labelledby="review" {
            h2 #review tabindex="-1" { (console::WHO_COULD_DO_WHAT.of(lang)) }
            (list(access, lang, None))
            (warnings(access, lang))
            p.code { (access.descriptor) }
            form.row method="post" action=(ACTION) data-keep="" {
                (layout::key(viewer))
                @for (key, value) in &form.0 {
                    @if !["key", "confirm"].contains(&key.as_str()) {
                        input type="hidden" name=(key) value=(value);
                    }
                }
                button.primary type="submit" name="confirm" value="1" { (console::ACCESS_SAVE.of(lang)) }
                a.button href=(Tab::Security.href(name)) { (console::DO_NOT_SAVE.of(lang)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::security::Give;

    use super::*;

    #[test]
    fn what_a_form_asks_for() {
        let of = |text: &str| read(&Form::parse(text.as_bytes())).map(|change| change.give);
        let restart = words::parse(["restart"]).unwrap();
        assert_eq!(
            of("who=alice&give=1&grant=start&grant=stop"),
            Ok(Give::Grant(restart))
        );
        assert_eq!(of("who=alice&forget=1"), Ok(Give::Forget));
        assert!(of("who=alice&give=1").is_err(), "nothing is ticked");
        assert!(of("who=alice&give=1&grant=fly").is_err());
    }

    #[test]
    fn every_word_has_a_label_in_both_languages() {
        for word in words::WORDS {
            for lang in [Lang::En, Lang::Fr] {
                assert_ne!(label(word.word, lang), word.word);
            }
        }
    }
}
