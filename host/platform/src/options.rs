//! Where messages go, and what proves to the receiver who sent them.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use serde::Deserialize;

use crate::carrier::Pace;

/// Why options cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The URL is not one.
    #[error("the URL is malformed")]
    MalformedUrl(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another scheme than `http` and `https`.
    #[error("the URL begins with `{0}:`; it must be http or https")]
    Scheme(String),
    /// A name or password in a URL ends up in logs.
    #[error("the URL holds a user name or password; give a secret in a file instead")]
    Credentials,
    /// The token cannot be a header.
    #[error("the token holds characters that cannot be sent")]
    Token,
    /// The secret for signatures is too short.
    #[error("the secret is too short; it must have at least {shortest} bytes")]
    Secret {
        /// Bytes it must have.
        shortest: usize,
    },
    /// The profile says nothing of feedback.
    #[error("the profile has no [feedback]")]
    NoFeedback,
    /// The profile says nothing of pulls.
    #[error("the profile has no [pull]")]
    NoPull,
    /// A certificate or its key cannot be read.
    #[error("the certificate is not one in PEM form, with its key where it is the host's own")]
    Certificate(#[source] Option<reqwest::Error>),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// The token a platform knows this host by. `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct BearerToken(HeaderValue);

impl BearerToken {
    /// Takes the token, without the word `Bearer`.
    ///
    /// # Errors
    /// [`OptionsError::Token`] when it is empty or holds characters that cannot
    /// be sent in a header.
    pub fn new(token: &str) -> Result<Self, OptionsError> {
        if token.is_empty() {
            return Err(OptionsError::Token);
        }
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| OptionsError::Token)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Where a receiver takes messages: an http or https URL without credentials.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(Url);

impl TryFrom<String> for Endpoint {
    type Error = OptionsError;

    fn try_from(url: String) -> Result<Self, OptionsError> {
        Self::parse(&url)
    }
}

impl Endpoint {
    /// Takes the URL.
    ///
    /// # Errors
    /// [`OptionsError`] when it is malformed, is neither http nor https, or
    /// holds a name or password.
    pub fn parse(url: &str) -> Result<Self, OptionsError> {
        let url = Url::parse(url).map_err(|error| OptionsError::MalformedUrl(error.into()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OptionsError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OptionsError::Credentials);
        }
        Ok(Self(url))
    }

    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }

    /// The address of a path below this one. Profiles begin their paths with `/`.
    pub(crate) fn below(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url
    }

    /// Whether nobody between here and there can read along.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// How messages are delivered to one receiver.
#[derive(Debug, Clone)]
pub struct DeliveryOptions<P> {
    /// Where they go.
    pub endpoint: Endpoint,
    /// What proves to the receiver who sent them.
    pub proof: P,
    /// Time one attempt may take, from connecting to the last byte answered.
    pub deadline: Duration,
    /// How hard it is tried.
    pub pace: Pace,
}

/// How feedback is delivered: with a token, where the platform asks for one.
pub type PlatformOptions = DeliveryOptions<Option<BearerToken>>;

impl<P> DeliveryOptions<P> {
    /// Ten seconds an attempt, at the usual pace.
    #[must_use]
    pub fn new(endpoint: Endpoint, proof: P) -> Self {
        Self { endpoint, proof, deadline: Duration::from_secs(10), pace: Pace::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_urls_are_taken() {
        assert!(Endpoint::parse("http://127.0.0.1:9/feedback").is_ok());
        assert!(Endpoint::parse("https://platform.example/feedback").is_ok());
        let cases = [
            ("platform.example/feedback", "the URL is malformed"),
            ("ftp://platform.example", "the URL begins with `ftp:`; it must be http or https"),
            (
                "https://name:word@platform.example",
                "the URL holds a user name or password; give a secret in a file instead",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(Endpoint::parse(url).unwrap_err().to_string(), expected, "{url}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let cases = [
            ("http://127.0.0.1:9/", true),
            ("http://[::1]:9/", true),
            ("http://localhost/", true),
            ("http://10.0.0.1/", false),
            ("http://localhost.example/", false),
        ];
        for (url, expected) in cases {
            assert_eq!(Endpoint::parse(url).unwrap().is_loopback(), expected, "{url}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let token = BearerToken::new("very-secret").unwrap();
        assert!(!format!("{token:?}").contains("secret"));
        assert!(BearerToken::new("line\nbreak").is_err());
        assert!(BearerToken::new("").is_err());
    }
}
