//! What a form or a query string says: names and values, in their order.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::error;

/// Names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    /// From `a=1&b=2`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of a name, unless it is empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value of a name, or nothing; line ends as Unix has them.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().replace("\r\n", "\n")
    }

    /// The lines of a field, without empty ones.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        self.text(name)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    }

    /// All values of a name.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.given(name)?.trim().parse().ok()
    }

    /// Where to go afterwards: a place of this console.
    pub(crate) fn back(&self) -> &str {
        self.given("back")
            .filter(|path| is_place(path))
            .unwrap_or("/")
    }

    /// The service it is about.
    pub(crate) fn name(&self) -> Result<ServiceName, ScmError> {
        let name = self
            .get("name")
            .ok_or_else(|| ScmError::new(Win32Error::INVALID_PARAMETER, error::NAME_IT))?;
        ServiceName::new(name)
    }
}

/// Whether a browser takes this for a place of this console. It leaves out tabs and line ends before it
/// looks: `/`, a tab and `/evil.example` is another server.
pub(crate) fn is_place(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// The query string.
pub(crate) struct Query(pub(crate) Form);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Form::parse(query.as_bytes())))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = BytesRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes = axum::body::Bytes::from_request(request, state).await?;
        Ok(Self::parse(&bytes))
    }
}

/// `NAME=VALUE&...` for links.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order_and_their_characters() {
        let form = Form::parse(b"name=a%2Fb+c&at=1&at=2&empty=");
        assert_eq!(form.get("name"), Some("a/b c"));
        assert_eq!(form.all("at").collect::<Vec<_>>(), ["1", "2"]);
        assert!(form.has("empty") && form.given("empty").is_none());
        assert_eq!(query(&[("name", "a&b="), ("q", "")]), "name=a%26b%3D");
    }

    #[test]
    fn the_way_back_stays_here() {
        let back = |path: &str| Form(vec![("back".into(), path.into())]).back().to_owned();
        assert_eq!(back("/service/general?name=x"), "/service/general?name=x");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\r\n/evil.example",
            "",
        ] {
            assert_eq!(back(elsewhere), "/");
        }
    }
}
