//! Signatures as data-sharing gateways want them: an application key, a time and
//! a digest over parts in an order of the platform's choosing.
//!
//! MD5 and SHA-1 are here because platforms ask for them. They prove little; the
//! transport has to be encrypted all the same.

use std::fmt;

use creditgate_credit::calendar::LOCAL_OFFSET;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Digest as _;

use super::date::DateForm;

/// What a host shows a platform that knows it. `Debug` shows nothing of it.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The application key the platform gave out; empty where there is none.
    pub app_key: String,
    /// The secret for signatures; empty where there is none.
    pub secret: Vec<u8>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(…)")
    }
}

/// How the signature is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningScheme {
    /// MD5 over the parts.
    Md5,
    /// SHA-1 over the parts.
    Sha1,
    /// SHA-256 over the parts.
    Sha256,
    /// SM3 (GB/T 32905) over the parts.
    Sm3,
    /// HMAC-SHA256 of the parts under the secret.
    HmacSha256,
}

/// Case of the hexadecimal digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HexCase {
    /// `a` to `f`.
    #[default]
    Lower,
    /// `A` to `F`.
    Upper,
}

/// Where key, time and signature stand in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningPlace {
    /// In headers.
    Header,
    /// In the address.
    Query,
    /// Among the fields of the body.
    #[default]
    Body,
}

/// One part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Part {
    /// The application key.
    AppKey,
    /// The secret.
    Secret,
    /// The time of the request.
    Time,
    /// Every parameter of the request with key and time, sorted by name, as
    /// `name=value` joined by `&`; empty ones are left out.
    Parameters,
    /// The body as it is sent.
    Body,
    /// These words.
    Text(String),
}

impl TryFrom<String> for Part {
    type Error = serde::de::value::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const KNOWN: &[&str] = &["app_key", "secret", "time", "parameters", "body", "text:…"];
        Ok(match (text.as_str(), text.strip_prefix("text:")) {
            (_, Some(words)) => Self::Text(words.to_owned()),
            ("app_key", _) => Self::AppKey,
            ("secret", _) => Self::Secret,
            ("time", _) => Self::Time,
            ("parameters", _) => Self::Parameters,
            ("body", _) => Self::Body,
            _ => return Err(serde::de::Error::unknown_variant(&text, KNOWN)),
        })
    }
}

/// `[signing]` of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// How the signature is computed.
    pub scheme: SigningScheme,
    /// What is signed, in this order.
    pub parts: Vec<Part>,
    /// Stands between the parts.
    #[serde(default)]
    pub separator: String,
    /// Form of the time.
    #[serde(default = "compact")]
    pub time: DateForm,
    /// Case of the signature.
    #[serde(default)]
    pub case: HexCase,
    /// Where key, time and signature stand.
    #[serde(default)]
    pub place: SigningPlace,
    /// Name of the key's field.
    #[serde(default = "app_key")]
    pub key_field: String,
    /// Name of the time's field.
    #[serde(default = "request_time")]
    pub time_field: String,
    /// Name of the signature's field.
    #[serde(default = "sign")]
    pub sign_field: String,
}

const fn compact() -> DateForm {
    DateForm::Compact
}

fn app_key() -> String {
    "appKey".to_owned()
}

fn request_time() -> String {
    "requestTime".to_owned()
}

fn sign() -> String {
    "sign".to_owned()
}

impl Signing {
    /// Key and time as fields of a request at this instant.
    pub(crate) fn fields(&self, credentials: &Credentials, now: Timestamp) -> Vec<(String, String)> {
        let time = self.time.write(LOCAL_OFFSET.to_datetime(now)).unwrap_or_default();
        vec![(self.key_field.clone(), credentials.app_key.clone()), (self.time_field.clone(), time)]
    }

    /// The signature of a request. `parameters` holds everything the request
    /// says, key and time included.
    pub(crate) fn sign(
        &self,
        credentials: &Credentials,
        parameters: &[(String, String)],
        body: &[u8],
    ) -> String {
        let mut signed: Vec<u8> = Vec::new();
        for (position, part) in self.parts.iter().enumerate() {
            if position > 0 {
                signed.extend_from_slice(self.separator.as_bytes());
            }
            match part {
                Part::AppKey => signed.extend_from_slice(credentials.app_key.as_bytes()),
                Part::Secret => signed.extend_from_slice(&credentials.secret),
                Part::Time => {
                    let time = parameters.iter().find(|(name, _)| *name == self.time_field);
                    signed.extend_from_slice(time.map_or("", |(_, time)| time).as_bytes());
                }
                Part::Parameters => signed.extend_from_slice(sorted(parameters).as_bytes()),
                Part::Body => signed.extend_from_slice(body),
                Part::Text(words) => signed.extend_from_slice(words.as_bytes()),
            }
        }
        in_hex(&self.digest(credentials, &signed), self.case)
    }

    fn digest(&self, credentials: &Credentials, signed: &[u8]) -> Vec<u8> {
        match self.scheme {
            SigningScheme::Md5 => md5::Md5::digest(signed).to_vec(),
            SigningScheme::Sha1 => sha1::Sha1::digest(signed).to_vec(),
            SigningScheme::Sha256 => sha2::Sha256::digest(signed).to_vec(),
            SigningScheme::Sm3 => sm3::Sm3::digest(signed).to_vec(),
            SigningScheme::HmacSha256 => match Hmac::<sha2::Sha256>::new_from_slice(&credentials.secret) {
                Ok(mut mac) => {
                    mac.update(signed);
                    mac.finalize().into_bytes().to_vec()
                }
                // HMAC takes keys of every length.
                Err(_) => Vec::new(),
            },
        }
    }
}

fn sorted(parameters: &[(String, String)]) -> String {
    let mut said: Vec<&(String, String)> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    said.sort();
    said.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn in_hex(bytes: &[u8], case: HexCase) -> String {
    match case {
        HexCase::Lower => hex::encode(bytes),
        HexCase::Upper => hex::encode_upper(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signing(scheme: SigningScheme, parts: Vec<Part>) -> Signing {
        Signing {
            scheme,
            parts,
            separator: String::new(),
            time: DateForm::Compact,
            case: HexCase::Lower,
            place: SigningPlace::Body,
            key_field: app_key(),
            time_field: request_time(),
            sign_field: sign(),
        }
    }

    fn credentials(secret: &[u8]) -> Credentials {
        Credentials { app_key: "app".to_owned(), secret: secret.to_vec() }
    }

    #[test]
    fn every_digest_gives_its_published_vector() {
        let cases = [
            (SigningScheme::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (SigningScheme::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (SigningScheme::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (SigningScheme::Sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ];
        for (scheme, expected) in cases {
            let signing = signing(scheme, vec![Part::Text("abc".to_owned())]);
            assert_eq!(signing.sign(&credentials(b""), &[], b""), expected, "{scheme:?}");
        }
        // RFC 4231, test case 2.
        let hmac = signing(SigningScheme::HmacSha256, vec![Part::Body]);
        assert_eq!(
            hmac.sign(&credentials(b"Jefe"), &[], b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn parts_are_joined_in_the_order_of_the_profile() {
        let now: Timestamp = "2026-08-07T08:00:00Z".parse().unwrap();
        let mut signing = signing(SigningScheme::Md5, vec![Part::AppKey, Part::Secret, Part::Time]);
        signing.case = HexCase::Upper;
        let credentials = credentials(b"s3cret");
        let fields = signing.fields(&credentials, now);
        assert_eq!(fields[1], ("requestTime".to_owned(), "20260807160000".to_owned()));
        // printf 'apps3cret20260807160000' | md5sum
        let expected = md5_of("apps3cret20260807160000").to_ascii_uppercase();
        assert_eq!(signing.sign(&credentials, &fields, b""), expected);
        signing.time = DateForm::EpochMs;
        assert_eq!(signing.fields(&credentials, now)[1].1, "1786089600000");
    }

    #[test]
    fn all_parameters_are_sorted_and_empty_ones_left_out() {
        let mut signing = signing(SigningScheme::Md5, vec![Part::Parameters, Part::Secret]);
        signing.separator = "&key=".to_owned();
        let parameters = [("b", "2"), ("a", "1"), ("none", ""), ("appKey", "app")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(signing.sign(&credentials(b"s"), &parameters, b""), md5_of("a=1&appKey=app&b=2&key=s"));
    }

    #[test]
    fn credentials_are_not_shown() {
        assert!(!format!("{:?}", credentials(b"very-secret")).contains("secret"));
    }

    fn md5_of(text: &str) -> String {
        in_hex(&md5::Md5::digest(text.as_bytes()), HexCase::Lower)
    }
}
