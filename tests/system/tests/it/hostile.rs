//! Plug-ins and workbooks that mean harm: each ends in its typed error or harms
//! nobody, alone and all at once. The cases are in `tests/hostile`.

use std::sync::Arc;
use std::time::Duration;

use hostile_corpus::{Case, End, Yard, cases, storm, workbooks};

/// How long all cases run at once.
const STORM: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_plug_in_ends_as_it_should_and_then_all_at_once_beside_honest_callers() {
    let yard = Arc::new(Yard::start().await);
    let cases = cases();
    let mut faults = Vec::new();
    for case in &cases {
        faults.extend(hold(&yard, case).await.err());
    }
    assert_eq!(faults, [""; 0], "{}", faults.join("\n"));
    let report = storm::run(&yard, &cases, STORM, |_| ()).await;
    assert!(report.is_good(), "{report:#?}");
    yard.forged_nothing().await;
}

/// Takes one case through; then its neighbours.
async fn hold(yard: &Yard, case: &Case) -> Result<(), String> {
    yard.bring_in(case).await?;
    if !matches!(case.end(), End::Refused { .. }) {
        yard.call(case).await?;
    }
    yard.neighbours(&case.name).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_workbook_is_refused_by_its_fault_and_the_host_goes_on() {
    let mut yard = Yard::start().await;
    let mut faults = Vec::new();
    for book in workbooks() {
        faults.extend(yard.hand_in(book).await.err());
        faults.extend(yard.neighbours(book.name).await.err());
    }
    assert_eq!(faults, [""; 0], "{}", faults.join("\n"));

    // The command line reads in the same way where there is no server.
    yard.gate.terminate().await;
    let folder = tempfile::tempdir().unwrap();
    let book = &workbooks()[0];
    let file = folder.path().join(format!("{}.xlsx", book.name));
    std::fs::write(&file, book.bytes()).unwrap();
    let said = yard.gate.command_line(&format!("import lists {} --json", file.display())).ended_with(1).said;
    assert!(said.contains(book.refused), "{said}");
}
