;;; name: stack-check-first
;;; shows: Function entry: stack check first; when it fails nothing of the callee is charged. exhausted(stack) keeps what was charged.
;;; call: run => exhausted stack; 9201 + 10920 + 0; frames of 12 words: 1,365 fit in 16,384; each pays entry 3, call 5
;;; call: run limit 20121 => exhausted stack; 9201 + 10920 + 0; no fuel is left when the check fails, but the check comes first
;;; call: run limit 20120 => exhausted fuel; 9201 + 10919 + 0; the last frame passes the check, then its block exceeds the fuel left
(module (func $run (export "run") (call $run)))

;;; name: frame-exact
;;; shows: A frame is parameters + declared locals + greatest operand height + 12 words; a stack of exactly the limit fits.
;;; call: run i32:0 => exhausted stack; 9201 + 15360 + 0; 1 + 1 + 2 + 12 = 16 words: 1,024 frames fill 16,384; each pays entry 3, local 1, get 1, get 1, add 1, call 5, one value 1, then get and drop: 1 + 1
(module (func $run (export "run") (param i32) (local i32)
  (call $run (i32.add (local.get 0) (local.get 1)))
  (drop (local.get 0)) (drop (local.get 1))))

;;; name: dead-height
;;; shows: Dead instructions do not count for operand height.
;;; call: run => exhausted stack; 9201 + 12285 + 0; frames of 12 words: 1,365 fit; each pays entry 3, call 5, return 1
(module (func $run (export "run")
  (call $run) return (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) drop drop drop drop))

;;; name: call-results-height
;;; shows: Call results count for operand height.
;;; call: run => exhausted stack; 9201 + 12288 + 0; four results: 16 words, 1,024 frames; each pays entry 3, call 5, four results 4
(module (func $run (export "run") (result i32 i32 i32 i32) (call $run)))

;;; name: block-parameter-height
;;; shows: Block parameters count for operand height, as the validator types them.
;;; call: run => exhausted stack; 9201 + 14336 + 0; 16 locals and three operands, a fourth on top of them in the block: 16 + 4 + 12 = 32 words, 512 frames; each pays entry 3, locals 16, const 3, call 5, ref.null 1
(module (func $run (export "run")
  (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
  (i64.const 1) (i64.const 2) (i64.const 3)
  (block (param i64 i64 i64) (result i64 i64 i64) (call $run) ref.null func drop)
  drop drop drop))

;;; name: tail-call-frame-off-first
;;; shows: return_call: the caller's frame is taken off before the callee's is checked.
;;; call: run i32:1091 => returned; 9201 + 16379 + 0; 1,092 frames of 15 words are 16,380; the last is off before the leaf's 12 are checked. 1,091 x (entry 3, get 1, eqz 1, if 1, get 1, const 1, sub 1, call 5, value 1), then 6 + return_call 5, leaf 3
;;; call: run i32:1092 => exhausted stack; 9201 + 16380 + 0; the 1,093rd frame does not fit: 1,092 x 15
(module
  (func $leaf)
  (func $run (export "run") (param i32)
    (if (i32.eqz (local.get 0)) (then (return_call $leaf)))
    (call $run (i32.sub (local.get 0) (i32.const 1)))))

;;; name: tail-calls-keep-the-height
;;; shows: A chain of tail calls takes the height of one frame.
;;; call: run i32:2000 => returned; 9201 + 30007 + 0; 2,000 x (entry 3, get 1, eqz 1, if 1, get 1, const 1, sub 1, return_call 5, value 1), then 6 + return 1
(module (func $run (export "run") (param i32)
  (if (i32.eqz (local.get 0)) (then return))
  (return_call $run (i32.sub (local.get 0) (i32.const 1)))))

;;; name: host-call-words
;;; shows: A host call adds 32 words; its check comes before its charge.
;;; call: run => exhausted stack; 9202 + 17719 + 2587800; frames of 12 words: with 1,363 of them 32 more exceed 16,384; each pays entry 3, call 5, call 5; 1,362 host calls pay 1900
(module (import "env" "tick" (func $tick)) (func $run (export "run") (call $tick) (call $run)))
