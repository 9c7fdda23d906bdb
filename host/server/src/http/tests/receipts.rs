//! The key of receipts: replaced by who says so, never lost without a word.

use super::*;
use crate::HostError;
use crate::host::rotate_receipt_key;

const ROTATE: &str = "/v1/admin/receipt-keys:rotate";

impl TestHost {
    async fn key_set(&self) -> Vec<Value> {
        let set = self.send(Method::GET, "/.well-known/jwks.json", "", "").await.expect(200);
        set["keys"].as_array().unwrap().clone()
    }

    async fn is_genuine(&self, receipt: &Value) -> bool {
        let body = json!({"receipt": receipt}).to_string();
        let verified = self.local(Method::POST, "/v1/receipts:verify", &body).await.expect(200);
        verified["valid"] == true
    }
}

fn config_of(folder: &tempfile::TempDir) -> Config {
    let mut config = Config { data: folder.path().join("data"), ..Config::default() };
    config.sandbox.concurrent_calls = NonZeroU32::new(2).unwrap();
    config
}

#[tokio::test]
async fn receipts_of_a_retired_key_stay_genuine_and_its_time_is_published() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let answer = host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
    let before = host.key_set().await;
    assert_eq!((before.len(), before[0].get("exp")), (1, None), "{before:?}");

    let refused = host.send(Method::POST, ROTATE, &key, "").await;
    assert_eq!(refused.code(), "auth.role");
    let rotated = host.local(Method::POST, ROTATE, "").await.expect(200);
    assert_eq!(rotated["retired"], before[0]["kid"]);
    let after = host.key_set().await;
    assert_eq!((&after[0]["kid"], after[0].get("exp"), after.len()), (&rotated["kid"], None, 2), "{after:?}");
    assert_eq!(after[1]["x"], before[0]["x"]);
    assert!(after[0]["iat"].is_i64() && after[1]["exp"].is_i64(), "{after:?}");

    assert!(host.is_genuine(&answer["receipt"]).await);
    let path = format!("/v1/checks/{}", answer["check_id"].as_str().unwrap());
    let again = host.send(Method::GET, &path, &key, "").await.expect(200);
    assert_ne!(again["receipt"], answer["receipt"], "it is signed anew");
    assert!(host.is_genuine(&again["receipt"]).await);

    let trail = host.get("/v1/admin/audit").await.to_string();
    assert!(
        trail.contains("receipt_key.rotate") && trail.contains(rotated["kid"].as_str().unwrap()),
        "{trail}"
    );
}

#[tokio::test]
async fn a_host_that_gave_receipts_makes_no_new_key_by_itself() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let answer = host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
    let TestHost { host, router, _folder: folder } = host;
    drop((host, router));
    let (config, file) = (config_of(&folder), folder.path().join("data/receipt.key"));
    let kept = std::fs::read(&file).unwrap();

    std::fs::remove_file(&file).unwrap();
    let refused = Host::open(config.clone()).await.err().unwrap();
    assert!(matches!(refused, HostError::ReceiptKeyMissing { .. }), "{refused}");
    let told = refused.to_string();
    assert!(
        told.contains("receipt.key") && told.contains("restore") && told.contains("rotate-receipt"),
        "{told}"
    );
    assert!(!file.exists(), "nothing was made");

    std::fs::write(&file, &kept).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    drop(Host::open(config.clone()).await.unwrap());

    std::fs::remove_file(&file).unwrap();
    let (kid, retired) = rotate_receipt_key(&config, "cli:wang".to_owned()).await.unwrap();
    let host = Host::open(config.clone()).await.unwrap();
    assert!(matches!(rotate_receipt_key(&config, "cli".to_owned()).await, Err(HostError::InUse { .. })));
    let host = TestHost { router: host.router(), host, _folder: folder };
    let set = host.key_set().await;
    assert_eq!((set[0]["kid"].as_str(), set[1]["kid"].as_str()), (Some(kid.as_str()), retired.as_deref()));
    assert!(host.is_genuine(&answer["receipt"]).await);
    let trail = host.get("/v1/admin/audit").await.to_string();
    assert!(trail.contains("cli:wang") && trail.contains(&kid), "{trail}");
}

#[tokio::test]
async fn a_host_that_never_gave_a_receipt_makes_a_key_when_it_has_none() {
    let host = TestHost::empty(|_| {}).await;
    let TestHost { host, router, _folder: folder } = host;
    drop((host, router));
    let file = folder.path().join("data/receipt.key");
    let before = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    drop(Host::open(config_of(&folder)).await.unwrap());
    assert_ne!(std::fs::read(&file).unwrap(), before);
}
