(module
  ;; Imports first, as the text format wants it.
  (import "creditgate:plugin/log@1.0.0" "write" (func $log (param i32 i32 i32)))
  (import "creditgate:plugin/calendar@1.0.0" "today" (func $today (param i32)))
  (import "creditgate:plugin/calendar@1.0.0" "add-working-days"
    (func $add_working_days (param i32 i32 i32 i32 i32)))
  (import "creditgate:plugin/credit@1.0.0" "dossier-of" (func $dossier_of (param i32 i32 i32)))
  (import "creditgate:plugin/credit@1.0.0" "standing-of"
    (func $standing_of (param i32 i32 i32 i32 i32)))
  (import "creditgate:plugin/feedback@1.0.0" "report"
    (func $report (param i32 i32 i32 i32 i32 i32 i32 i32)))
  {imports}
  ;; 512: texts of the case. 1024: the answer, all zeros, which is `proceed` with
  ;; nothing else. 2048: room for what the host answers. 65536: what it allocates.
  (memory (export "memory") 4)
  (table $table 1 funcref)
  (global $next (mut i32) (i32.const 65536))
  {allocator}
  ;; Proceeds with the text at this address as its explanation.
  (func $say (param $at i32) (param $length i32) (result i32)
    (i32.store (i32.const 1092) (local.get $at))
    (i32.store (i32.const 1096) (local.get $length))
    i32.const 1024)
  ;; Behaves on trial: a release that does harm from the start serves nobody. The
  ;; case number of a trial has five bytes.
  (func (export "creditgate:plugin/review@1.0.0#on-review") (param $case i32) (result i32)
    (if (i32.eq (i32.load offset=4 (local.get $case)) (i32.const 5)) (then (return (i32.const 1024))))
    (call $hostile (local.get $case)))
  (func $hostile (param $case i32) (result i32) {body})
  {more})
