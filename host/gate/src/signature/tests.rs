//! Every way in which a signature is not accepted, and that the others are.

use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::*;
use crate::signer::Revocation;
use crate::vendor_key::{VendorKey, VendorKeyError};

const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const OTHER: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn key(secret: u8) -> VendorKey {
    VendorKey::from_secret(&[secret; 32]).unwrap()
}

/// Valid in the year 2026.
fn signer(secret: u8) -> Signer {
    Signer {
        public_key: key(secret).public().clone(),
        name: "a vendor".to_owned(),
        department: "market-regulation".to_owned(),
        valid_from: date(2026, 1, 1),
        valid_until: Some(date(2026, 12, 31)),
        revoked: None,
    }
}

fn revoked(signer: Signer) -> Signer {
    let revocation = Revocation { at: Timestamp::UNIX_EPOCH, by: "k1".to_owned(), reason: "lost".to_owned() };
    Signer { revoked: Some(revocation), ..signer }
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The document with one of its fields replaced.
fn with(field: &str, value: &str) -> String {
    let mut document = serde_json::to_value(key(1).sign(DIGEST)).unwrap();
    document[field] = value.into();
    document.to_string()
}

#[test]
fn a_signature_is_accepted_for_what_was_signed_by_a_key_that_counts_and_for_nothing_else() {
    let signers = [signer(1), signer(2), revoked(signer(3))];
    let noon = "2026-06-30T12:00:00+08:00";
    let good = key(1).sign(DIGEST).to_json();
    let foreign = serde_json::to_value(key(2).sign(DIGEST)).unwrap()["signature"].clone();
    let of_other = serde_json::to_value(key(1).sign(OTHER)).unwrap()["signature"].clone();
    let twice = format!("{},\"key\":\"{}\"}}", good.trim_end_matches('}'), key(1).public().id());
    let own = serde_json::to_value(key(1).sign(DIGEST)).unwrap()["signature"].clone();
    let listed = format!(r#"["{}","ed25519","{DIGEST}",{own}]"#, key(1).public().id());
    let cases = [
        (good.clone(), noon, "accepted"),
        (format!("\n {good}\n"), noon, "accepted"),
        // Days are those of Asia/Shanghai, the first and the last included.
        (good.clone(), "2025-12-31T15:59:59Z", "signature.not_yet_valid"),
        (good.clone(), "2025-12-31T16:00:00Z", "accepted"),
        (good.clone(), "2026-12-31T15:59:59Z", "accepted"),
        (good.clone(), "2026-12-31T16:00:00Z", "signature.expired"),
        (key(2).sign(DIGEST).to_json(), noon, "accepted"),
        (key(3).sign(DIGEST).to_json(), noon, "signature.revoked"),
        (key(4).sign(DIGEST).to_json(), noon, "signature.unknown_key"),
        (key(1).sign(OTHER).to_json(), noon, "signature.other_digest"),
        // A document that was put together.
        (with("key", key(2).public().id()), noon, "signature.bad_signature"),
        (with("signature", foreign.as_str().unwrap()), noon, "signature.bad_signature"),
        (with("signature", of_other.as_str().unwrap()), noon, "signature.bad_signature"),
        (with("digest", OTHER), noon, "signature.other_digest"),
        // Nothing that could be a signature.
        (String::new(), noon, "signature.malformed"),
        ("signed".to_owned(), noon, "signature.malformed"),
        ("{}".to_owned(), noon, "signature.malformed"),
        (listed, noon, "signature.malformed"),
        (" ".repeat(2000) + &good, noon, "signature.malformed"),
        (twice, noon, "signature.malformed"),
        (with("comment", "hello"), noon, "signature.malformed"),
        (with("algorithm", "none"), noon, "signature.malformed"),
        (with("algorithm", "rsa"), noon, "signature.malformed"),
        (with("signature", ""), noon, "signature.malformed"),
        (with("signature", "AAAA"), noon, "signature.malformed"),
        (with("signature", "not base64!"), noon, "signature.malformed"),
        (with("key", "110101199001010015"), noon, "signature.malformed"),
        (with("digest", "sha256:00"), noon, "signature.malformed"),
        (with("digest", &DIGEST["sha256:".len()..]), noon, "signature.malformed"),
    ];
    for (document, at, expected) in cases {
        let found = verify(&signers, document.as_bytes(), DIGEST, moment(at));
        let code = found.as_ref().map_or_else(SignatureError::code, |_| "accepted");
        assert_eq!(code, expected, "{document} at {at}");
        if let Err(error) = found {
            assert!(!error.to_string().contains("110101199001010015"), "{error}");
        }
    }
    assert!(verify(&signers, &[0xff; 40], DIGEST, moment(noon)).is_err());
}

#[test]
fn the_same_bytes_signed_for_another_purpose_prove_nothing() {
    let secret = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let bare = ed25519_dalek::Signer::sign(&secret, DIGEST.as_bytes());
    let document = SignatureDocument::new(key(1).public(), DIGEST, &bare).to_json();
    let signers = [signer(1)];
    let found = verify(&signers, document.as_bytes(), DIGEST, moment("2026-06-30T00:00:00Z"));
    assert_eq!(found.unwrap_err().code(), "signature.bad_signature");
}

#[test]
fn a_key_signs_for_its_department_only() {
    signer(1).signs_for("market-regulation").unwrap();
    let refused = signer(1).signs_for("housing").unwrap_err();
    assert_eq!(refused.code(), "signature.other_department");
    let said = refused.to_string();
    assert!(said.contains("`market-regulation`") && said.contains("`housing`"), "{said}");
}

#[test]
fn whether_a_signature_is_needed_is_the_policy_but_one_that_is_there_is_always_verified() {
    use SignaturePolicy::{Optional, Required};
    let signers = [signer(1)];
    let at = moment("2026-06-30T00:00:00Z");
    let (good, strange) = (key(1).sign(DIGEST).to_json(), key(2).sign(DIGEST).to_json());
    let cases = [
        (Required, Some(&good), "accepted"),
        (Required, Some(&strange), "signature.unknown_key"),
        (Required, None, "signature.missing"),
        (Optional, Some(&good), "accepted"),
        (Optional, Some(&strange), "signature.unknown_key"),
        (Optional, None, "accepted"),
    ];
    for (policy, document, expected) in cases {
        let found = policy.on_push(&signers, document.map(String::as_bytes), DIGEST, at);
        let code = found.as_ref().map_or_else(SignatureError::code, |_| "accepted");
        assert_eq!(code, expected, "{policy:?}");
        assert_eq!(found.is_ok_and(|signer| signer.is_some()), expected == "accepted" && document.is_some());

        let kept: Vec<_> = document
            .into_iter()
            .map(|document| ComponentSignature {
                signer: String::new(),
                name: String::new(),
                document: document.clone(),
                at,
            })
            .collect();
        let found = policy.on_activation(&signers, &kept, DIGEST, at);
        assert_eq!(found.map_or_else(|error| error.code(), |()| "accepted"), expected, "{policy:?}");
    }
}

#[test]
fn one_good_signature_of_several_is_enough_to_activate() {
    let at = moment("2026-06-30T00:00:00Z");
    let kept = [1, 3].map(|secret| ComponentSignature {
        signer: key(secret).public().id().to_owned(),
        name: String::new(),
        document: key(secret).sign(DIGEST).to_json(),
        at,
    });
    let activate = |signers: &[Signer]| SignaturePolicy::Required.on_activation(signers, &kept, DIGEST, at);
    assert_eq!(activate(&[signer(1), revoked(signer(3))]), Ok(()));
    assert_eq!(activate(&[revoked(signer(1)), signer(3)]), Ok(()));
    let newest = activate(&[revoked(signer(1))]).unwrap_err();
    assert_eq!(newest, SignatureError::Signer(SignerError::Revoked { key: key(1).public().id().to_owned() }));
}

#[test]
fn a_public_key_is_64_digits_of_a_point_and_its_id_is_of_its_hash() {
    // RFC 8032, section 7.1, test 1.
    let text = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let found = PublicKey::from_hex(text).unwrap();
    assert_eq!(found.to_hex(), text);
    assert_eq!(PublicKey::from_hex(&text.to_uppercase()), Some(found.clone()));
    assert_eq!(found.id(), &hex::encode(Sha256::digest(found.to_bytes()))[..16]);
    let weak = "00".repeat(32);
    let no_point = "02".repeat(32);
    for bad in ["", "d75a", &text[1..], &format!("+{}", &text[1..]), &format!("{text}00"), &weak, &no_point] {
        assert_eq!(PublicKey::from_hex(bad), None, "{bad}");
    }
}

#[test]
fn a_secret_key_is_read_back_from_what_was_written_and_from_what_other_tools_write() {
    let made = key(7);
    let text = made.to_pem().unwrap();
    assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{}", text.lines().next().unwrap());
    assert_eq!(VendorKey::from_pem(&text).unwrap().sign(DIGEST), made.sign(DIGEST));
    // RFC 8410, section 10.3.
    let plain = "-----BEGIN PRIVATE KEY-----\n\
                 MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                 -----END PRIVATE KEY-----\n";
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(VendorKey::from_pem(plain).unwrap().public().to_hex(), public);
    for bad in ["", "cg_0123_secret", &plain.replace("MC4C", "MC4D"), &plain.replace("PRIVATE", "PUBLIC")] {
        assert!(matches!(VendorKey::from_pem(bad), Err(VendorKeyError)), "{bad}");
    }
}
