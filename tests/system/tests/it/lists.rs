//! Lists of sources that are imported as a whole: by the command line, while
//! checks run, and by a host that is killed meanwhile.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::{Value, json};
use system_tests::document::assert_has;
use system_tests::{TestGate, city, eventually};

const HEADER: &str = "id,list,list_name,kind,subject_name,uscc,other_id,facts,authority,basis,recognised_on";

fn row(id: &str, uscc: &str, other: &str) -> String {
    format!(
        "{id},food-drug.serious,示例名单,black,示例{id}公司,{uscc},{other},事实,示例机关,依据,2025-03-01\n"
    )
}

/// The clean company, and so many others.
fn whole(others: u32) -> String {
    let others = (0..others).map(|number| row(&format!("w{number}"), "", &format!("N-{number:08}")));
    format!("{HEADER}\n{}{}", row("clean-no-more", city::CLEAN_COMPANY, ""), others.collect::<String>())
}

fn snapshots(gate: &TestGate) -> Vec<PathBuf> {
    let folder = gate.store_file().with_file_name("lists");
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
}

async fn status_of(gate: &TestGate, case_no: &str) -> Value {
    let request = city::request("honest", "review", case_no, city::CLEAN_COMPANY);
    gate.check(&request).await.ok()["status"].clone()
}

async fn import(gate: &TestGate, query: &str, file: String) -> Value {
    let path = format!("/v1/admin/lists?format=csv&mode=full&{query}");
    gate.with_second_person(async || gate.admin.post_text(&path, "text/csv", file.clone()).await).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn r057_a_court_s_lists_come_as_a_whole_and_checks_follow_them_from_then_on() {
    let gate = TestGate::with_hostile_guest().await;
    assert_eq!(status_of(&gate, "before").await, "clear");
    let report = import(&gate, "source=court", whole(100)).await;
    assert_eq!(report["lists"]["added"], 101);
    assert_eq!(status_of(&gate, "listed").await, "hit");
    let without = format!("{HEADER}\n{}", row("w1", "", "N-00000001"));
    let report = import(&gate, "source=court", without).await;
    assert_has(&report, &json!({"/lists/removed": 100, "/lists/unchanged": 1}));
    assert_eq!(status_of(&gate, "gone").await, "clear");
    let banned = city::request("honest", "review", "another-source", city::BANNED_COMPANY);
    assert_eq!(gate.check(&banned).await.ok()["status"], "hit", "other sources are as they were");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_go_on_while_a_source_is_replaced_again_and_again() {
    let gate = TestGate::with_hostile_guest().await;
    import(&gate, "source=court", whole(10)).await;
    let replace = async {
        for others in [3000, 10, 4000, 20] {
            import(&gate, "source=court", whole(others)).await;
        }
    };
    let mut replacing = std::pin::pin!(replace);
    let mut checks = 0;
    loop {
        let case_no = format!("case-{checks}");
        tokio::select! {
            () = &mut replacing => break,
            status = status_of(&gate, &case_no) => {
                assert_eq!(status, "hit", "the company is on every version of the list");
                checks += 1;
            }
        }
    }
    assert!(checks > 0);
    assert_eq!(snapshots(&gate).len(), 1, "what was replaced is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_killed_during_an_import_has_the_old_lists_and_no_remains() {
    let mut gate = TestGate::with_hostile_guest().await;
    import(&gate, "source=court", whole(10)).await;
    let before = gate.admin.get("/v1/admin/sources").await.ok();
    let kept = snapshots(&gate);

    // An import that has begun, and has far to go.
    let mut connection = TcpStream::connect(gate.admin.address()).unwrap();
    let key = gate.admin.key().unwrap();
    let file = whole(200_000);
    write!(
        connection,
        "POST /v1/admin/lists?format=csv&mode=full&source=court HTTP/1.1\r\nHost: test\r\n\
         Authorization: Bearer {key}\r\nContent-Type: text/csv\r\nContent-Length: {}\r\n\r\n{file}",
        file.len()
    )
    .unwrap();
    eventually("the import has begun", async || snapshots(&gate).len() == 2).await;
    gate.lose_power();

    assert_eq!(snapshots(&gate), kept);
    assert_eq!(gate.admin.get("/v1/admin/sources").await.ok(), before);
    assert_eq!(status_of(&gate, "after").await, "hit");
    let report = import(&gate, "source=court", whole(20)).await;
    assert_eq!(report["lists"]["added"], 10, "and the next import is as any other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_imports_sources_and_shows_them() {
    let mut gate = TestGate::start().await;
    gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("court.csv");
    std::fs::write(&file, whole(5000)).unwrap();

    let command = format!("import lists {} --full --source court", file.display());
    let said = gate.command_line(&command).ok();
    assert!(said.contains("5001 of 5001 rows applied"), "{said}");
    assert!(said.contains("source court: 5001 added, 0 changed, 0 unchanged, 0 removed"), "{said}");
    let report = gate.command_line(&format!("{command} --json")).json();
    assert_eq!(report[0]["lists"]["unchanged"], 5001);

    let listed = gate.command_line("lists --json").json();
    assert_has(&listed, &json!({"/sources/0/source": "court", "/sources/0/entries": 5001}));
    let shown = gate.command_line("lists").ok();
    assert!(shown.contains("court") && shown.contains("5001"), "{shown}");

    let gbk = folder.path().join("gbk.csv");
    std::fs::write(&gbk, [format!("{HEADER}\n").as_bytes(), b"e1,\xca\xbe\xc0\xfd\n"].concat()).unwrap();
    let said = gate.command_line(&format!("import lists {}", gbk.display())).ended_with(1).said;
    assert!(said.contains("gbk.csv:2") && said.contains("--encoding gbk"), "{said}");
}
