//! The tab "Security": who may do what with the service (A18 to A28).

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::security::{AceKind, SecurityDescriptor, Sid};
use relance_wire::api::ChangeConfigRequest;

use super::{Tab, edit_form, field};
use crate::form::Form;
use crate::lacking::{Feature, reason};
use crate::lang::Lang;
use crate::viewer::Viewer;

pub(crate) fn tab(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let own = info.config.security.as_deref();
    if let (None, Some(reason)) = (own, reason(Feature::DefaultSecurity, lang)) {
        return html! { p.note.warn { (reason) } };
    }
    let default = SecurityDescriptor::default_for_service();
    let fields = html! {
        h2 { (lang.t("Who may do what", "Qui peut faire quoi")) }
        (entries(own.unwrap_or(&default), lang))
        @if own.is_none() { p.dim { (lang.t("This is the default; nothing is stored.", "C’est la valeur par défaut ; rien n’est enregistré.")) } }
        (field(
            lang.t("As SDDL text", "En texte SDDL"),
            lang.t("Empty goes back to the default.", "Vide revient à la valeur par défaut."),
            &html! { textarea.code name="security" rows="4" spellcheck="false" { (own.map(ToString::to_string).unwrap_or_default()) } },
        ))
    };
    edit_form(viewer, info, Tab::Security, &fields)
}

/// The access list as a table, in the order that decides.
pub(crate) fn entries(descriptor: &SecurityDescriptor, lang: Lang) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("Access list", "Liste d’accès")) {
            table {
                thead { tr {
                    th scope="col" { (lang.t("Who", "Qui")) }
                    th scope="col" { (lang.t("Rule", "Règle")) }
                    th scope="col" { (lang.t("May", "Peut")) }
                } }
                tbody {
                    @for ace in &descriptor.dacl {
                        tr {
                            th scope="row" { (who(&ace.sid, lang)) }
                            td { @if ace.kind == AceKind::Allow { (lang.t("may", "peut")) } @else { strong.bad { (lang.t("may not", "ne peut pas")) } } }
                            td { (ace.rights.map_generic()) }
                        }
                    }
                }
            }
        }
    }
}

fn who(sid: &Sid, lang: Lang) -> String {
    match sid {
        Sid::LocalSystem => lang.t("The manager itself", "Le gestionnaire").to_owned(),
        Sid::Administrators => lang.t("Administrators", "Administrateurs").to_owned(),
        Sid::Interactive => lang
            .t(
                "Anybody on this machine",
                "Toute personne sur cette machine",
            )
            .to_owned(),
        Sid::Service => lang.t("Services", "Services").to_owned(),
        Sid::Everyone => lang.t("Everybody", "Tout le monde").to_owned(),
        Sid::AuthenticatedUsers => lang
            .t(
                "Everybody with an account",
                "Toute personne ayant un compte",
            )
            .to_owned(),
        Sid::UnixUser(uid) => format!("{} {uid}", lang.t("User", "Utilisateur")),
        Sid::UnixGroup(gid) => format!("{} {gid}", lang.t("Group", "Groupe")),
        Sid::Other(text) => account(sid).unwrap_or_else(|| text.to_string()),
    }
}

/// The account behind an identifier, as its system names it.
#[cfg(windows)]
fn account(sid: &Sid) -> Option<String> {
    let (domain, name) = relance_windows::accounts::name_of(sid).ok()?;
    Some(format!(r"{domain}\{name}"))
}

/// Identifiers of Windows stand for nobody here.
#[cfg(unix)]
fn account(_: &Sid) -> Option<String> {
    None
}

/// The change that the field asks for.
pub(crate) fn read(form: &Form) -> ChangeConfigRequest {
    let text = form.text("security").trim().to_owned();
    ChangeConfigRequest {
        security: Some((!text.is_empty()).then_some(text)),
        ..ChangeConfigRequest::default()
    }
}
