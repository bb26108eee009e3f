//! Who may do what with a service, in words: the list on the tab "Security", and giving and taking rights.
//! As everywhere nothing is saved unseen: the first press shows what would come of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::ServiceInfo;
use relance_scm::security::{Access, Ace, AceKind, NamedChange, SecurityDescriptor, words};
use relance_scm::{ScmError, ServiceName};
use relance_wire::api::AccessChangeBody;

use super::{field, show};
use crate::form::Form;
use crate::lang::Lang;
use crate::layout;
use crate::reply::{Answer, problem, status};
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
            h2 #access { (lang.t("Who may do what", "Qui peut faire quoi")) }
            (list(access, lang, viewer.is_administrator().then_some((viewer, name))))
            @if access.is_default { p.dim { (lang.t("This is the default; nothing is stored.", "C’est la valeur par défaut ; rien n’est enregistré.")) } }
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
        form.card method="post" action=(ACTION) aria-label=(lang.t("Give rights", "Donner des droits")) {
            h2 { (lang.t("Give somebody rights", "Donner des droits à quelqu’un")) }
            (layout::key(viewer))
            input type="hidden" name="name" value=(name);
            input type="hidden" name="give" value="1";
            (field(
                lang.t("User or group", "Utilisateur ou groupe"),
                lang.t("As alice, user:alice or group:web", "Par exemple alice, user:alice ou group:web"),
                &html! { input name="who" required autocomplete="off" spellcheck="false"; },
            ))
            @for word in given {
                label.check { input type="checkbox" name="grant" value=(word.word); span { (label(word.word, lang)) } }
            }
            div.row.end { button.primary type="submit" { (lang.t("Give…", "Donner…")) } }
        }
    }
}

/// The access list as a table; for those who may change it, with what takes an entry away.
fn list(access: &Access, lang: Lang, changing: Option<(&Viewer, &ServiceName)>) -> Markup {
    let entries = access.descriptor.dacl.iter().zip(&access.names);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("Access list", "Liste d’accès")) {
            table {
                thead { tr {
                    th scope="col" { (lang.t("Who", "Qui")) }
                    th scope="col" { (lang.t("May do", "Peut faire")) }
                    @if changing.is_some() { th scope="col" { (lang.t("Change", "Changer")) } }
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
            button type="submit" { (lang.t("Remove…", "Retirer…")) }
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
                (who(name, lang))
                (lang.t(
                    " can have anything run under the account of the manager: a user who may change a service’s program and account has its power.",
                    " peut faire exécuter n’importe quoi sous le compte du gestionnaire : qui peut changer le programme et le compte d’un service a son pouvoir.",
                ))
            }
        }
    }
}

/// A name as people say it.
fn who(name: &str, lang: Lang) -> String {
    let set = match name {
        "manager" => lang.t("The manager itself", "Le gestionnaire"),
        "administrators" => lang.t("Administrators", "Administrateurs"),
        "local-users" => lang.t(
            "Anybody on this machine",
            "Toute personne sur cette machine",
        ),
        "services" => lang.t("Services", "Services"),
        "everyone" => lang.t("Everybody", "Tout le monde"),
        "authenticated-users" => lang.t(
            "Everybody with an account",
            "Toute personne ayant un compte",
        ),
        _ => "",
    };
    match (set, name.split_once(':')) {
        ("", Some(("user", user))) => format!("{} {user}", lang.t("User", "Utilisateur")),
        ("", Some(("group", group))) => format!("{} {group}", lang.t("Group", "Groupe")),
        ("", _) => name.to_owned(),
        (set, _) => set.to_owned(),
    }
}

fn rule(ace: &Ace, lang: Lang) -> Markup {
    html! {
        @if ace.kind == AceKind::Allow { (lang.t("may", "peut")) }
        @else { strong.bad { (lang.t("may not", "ne peut pas")) } }
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
        "query" => lang.t("see it", "le voir"),
        "start" => lang.t("start it", "le démarrer"),
        "stop" => lang.t("stop it", "l’arrêter"),
        "pause" => lang.t("pause it", "le suspendre"),
        "control" => lang.t("send its own controls", "envoyer ses propres contrôles"),
        "logs" => lang.t("read what it prints", "lire sa sortie"),
        "config" => lang.t("change it", "le modifier"),
        "delete" => lang.t("delete it", "le supprimer"),
        "rights" => lang.t("say who may do what", "dire qui peut quoi"),
        "restart" => lang.t("restart it", "le redémarrer"),
        "all" => lang.t("do everything", "tout faire"),
        other => other,
    }
}

/// `POST /rights`: shows what would come of it, or with `confirm` does it.
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
            let content = html! {
                section.card {
                    h2 { (lang.t("Not saved", "Non enregistré")) }
                    (problem(&error))
                    a.button href=(Tab::Security.href(&name)) { (lang.t("Back", "Retour")) }
                }
            };
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
            h2 #review { (lang.t("Who could do what then", "Qui pourrait alors faire quoi")) }
            (list(access, lang, None))
            (warnings(access, lang))
            p.code { (access.descriptor) }
            form.row method="post" action=(ACTION) {
                (layout::key(viewer))
                @for (key, value) in &form.0 {
                    @if !["key", "confirm"].contains(&key.as_str()) {
                        input type="hidden" name=(key) value=(value);
                    }
                }
                button.primary type="submit" name="confirm" value="1" { (lang.t("Save", "Enregistrer")) }
                a.button href=(Tab::Security.href(name)) { (lang.t("Do not save", "Ne pas enregistrer")) }
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
