//! What a guest writes for people is what they read.

use creditgate_sandbox::CallError;

use crate::guests::{MANIFEST, component, module, sandbox};
use crate::sample::Sample;

/// Answers a failure whose message is this data, of so many bytes.
fn saying(data: &str, bytes: u32) -> String {
    let body = format!(
        "(i32.store8 (i32.const 1024) (i32.const 1))
         (i32.store (i32.const 1036) (i32.const 700)) (i32.store (i32.const 1040) (i32.const {bytes}))
         i32.const 1024"
    );
    module(&body, &format!("(data (i32.const 700) \"{data}\")"))
}

#[tokio::test]
async fn what_cannot_be_seen_is_written_out() {
    let cases = [
        (r"a\0ab\09c", 5, "a\nb\tc"),
        (r"a\1b[2J\00", 6, r"a\u{1b}[2J\u{0}"),
        (r"a\e2\80\aeb", 5, r"a\u{202e}b"),
        (r"\e2\80\8b \e2\81\a0", 7, ""),
    ];
    let sandbox = sandbox();
    for (data, bytes, shown) in cases {
        let plugin =
            sandbox.load(&component(&saying(data, bytes), "with-intake", MANIFEST)).expect("a guest");
        let report = plugin.call(Sample::at("intake").call()).await;
        let failure = report.outcome.expect("an answer").expect_err("a failure");
        assert_eq!(failure.message, shown, "{data}");
    }
}

#[tokio::test]
async fn names_of_functions_are_shown_shortened_and_within_a_line() {
    let long = "n".repeat(100_000);
    let cases = [(r"a\0a\1b[2J", r"a\n\u{1b}[2J".to_owned()), (long.as_str(), "n".repeat(200) + "…")];
    let sandbox = sandbox();
    for (name, shown) in cases {
        let more = format!("(func $\"{name}\" (result i32) unreachable)");
        let module = module(&format!("(call $\"{name}\")"), &more);
        let plugin = sandbox.load(&component(&module, "with-intake", MANIFEST)).expect("a guest");
        let report = plugin.call(Sample::at("intake").call()).await;
        let Err(CallError::Trap { frames, .. }) = &report.outcome else { panic!("{:?}", report.outcome) };
        assert_eq!(frames[0], shown);
    }
}
