//! Certificates that are none, and handshakes with a real TLS server that asks
//! for the host's.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::*;

#[test]
fn what_is_no_certificate_is_refused() {
    let mut options = ConnectorOptions::new("city", Endpoint::parse("https://c.example").unwrap());
    options.tls.authority = Some(b"no certificate".to_vec());
    let refused = options.client(LONGEST_QUERY);
    assert!(matches!(refused, Err(OptionsError::Certificate(None))));
    options.tls = TlsOptions { authority: None, identity: Some(b"no key".to_vec()) };
    let refused = options.client(LONGEST_QUERY);
    assert!(matches!(refused, Err(OptionsError::Certificate(Some(_)))));
}

/// Who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate with its key.
struct Signed {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn sign(&self, name: &str) -> Signed {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        Signed { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }

    fn pem(&self) -> Vec<u8> {
        self.certificate.pem().into_bytes()
    }
}

impl Signed {
    fn pem(&self) -> Vec<u8> {
        [self.certificate.pem(), self.key.serialize_pem()].concat().into_bytes()
    }
}

/// A platform that answers only to certificates its authority signed.
fn platform(authority: &Authority) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut known = RootCertStore::empty();
    known.add(authority.certificate.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(known), Arc::clone(&provider));
    let Signed { certificate, key } = authority.sign("127.0.0.1");
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(&listener, &Arc::new(config)));
    address
}

/// Answers every request that gets through the handshake.
fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
    for stream in listener.incoming() {
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
        let mut line = String::new();
        // A handshake that fails ends here.
        while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
            line.clear();
        }
        if line == "\r\n" {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            stream.get_mut().write_all(answer).unwrap();
        }
    }
}

#[tokio::test]
async fn r115_a_platform_that_asks_for_the_hosts_certificate_gets_it_and_no_other_is_taken() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let address = platform(&ours);
    let url = format!("https://{address}/query");
    let cases = [
        ("ours on both sides", &ours, Some(ours.sign("host").pem()), true),
        ("none of the host's", &ours, None, false),
        ("the host's, signed by somebody else", &ours, Some(foreign.sign("host").pem()), false),
        ("a platform the host does not trust", &foreign, Some(ours.sign("host").pem()), false),
    ];
    for (case, trusted, identity, taken) in cases {
        let mut options = ConnectorOptions::new("city", Endpoint::parse(&url).unwrap());
        options.tls = TlsOptions { authority: Some(trusted.pem()), identity };
        let answer = options.client(LONGEST_QUERY).unwrap().get(&url).send().await;
        assert_eq!(answer.as_ref().is_ok_and(|answer| answer.status() == 200), taken, "{case}: {answer:?}");
    }
}
