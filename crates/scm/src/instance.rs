//! Instances: services that are one template several times, like `worker@1` to `worker@8` (X52).
//!
//! The name alone makes a service an instance: what is before its last `@` is the template, what is
//! behind it the instance. Each is a service of its own, with its record, counter and log.

use std::borrow::Cow;

use crate::name::ServiceName;

/// Stands for the instance in texts of a configuration.
const INSTANCE: &str = "%i";
/// Stands for [`INSTANCE`] itself.
const ESCAPED: &str = "%%i";

/// Whether a name is that of a template: the name of its instances up to the `@`.
#[must_use]
pub fn is_template(name: &str) -> bool {
    name.len() > 1 && name.ends_with('@')
}

/// The name of an instance of a template.
///
/// # Errors
/// `ERROR_INVALID_NAME` (123) by C1.
pub fn name_of(template: &str, number: u32) -> Result<ServiceName, crate::ScmError> {
    ServiceName::new(format!("{template}{number}"))
}

impl ServiceName {
    /// The template with its `@`, and the instance: `worker@` and `3` of `worker@3`. `None` for a name
    /// that is not that of an instance.
    #[must_use]
    pub fn instance(&self) -> Option<(&str, &str)> {
        let at = self.as_str().rfind('@')? + 1;
        let (template, instance) = self.as_str().split_at(at);
        (is_template(template) && !instance.is_empty()).then_some((template, instance))
    }

    /// A text of the configuration of this service as its process gets it: `%i` is the instance, `%%i` is
    /// `%i`. Unchanged if the service is not an instance.
    #[must_use]
    pub fn fill_in<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some((_, instance)) = self.instance() else {
            return Cow::Borrowed(text);
        };
        if !text.contains(INSTANCE) {
            return Cow::Borrowed(text);
        }
        let parts = text.split(ESCAPED);
        let parts: Vec<String> = parts.map(|part| part.replace(INSTANCE, instance)).collect();
        Cow::Owned(parts.join(INSTANCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ServiceName {
        ServiceName::new(text).expect("a name")
    }

    #[test]
    fn x52_an_instance_is_known_by_its_name() {
        assert_eq!(name("worker@3").instance(), Some(("worker@", "3")));
        assert_eq!(name("a@b@mail").instance(), Some(("a@b@", "mail")));
        for other in ["worker", "worker@", "@3"] {
            assert_eq!(name(other).instance(), None, "{other}");
        }
        assert!(is_template("worker@") && !is_template("@") && !is_template("worker@1"));
        assert_eq!(name_of("worker@", 12).expect("a name"), name("worker@12"));
    }

    #[test]
    fn x52_the_instance_is_filled_in() {
        let worker = name("worker@3");
        assert_eq!(worker.fill_in("--queue=q%i-%i"), "--queue=q3-3");
        assert_eq!(worker.fill_in("100%%i of %i, %d %"), "100%i of 3, %d %");
        assert_eq!(name("worker").fill_in("%i %%i"), "%i %%i");
        // The text that was filled in is not searched again.
        assert_eq!(name("worker@%i").fill_in("a%i"), "a%i");
    }
}
