;;; name: function-entry
;;; shows: A body is cut at function entry; the first block's cost includes entry.
;;; call: run => returned; 9201 + 3 + 0; entry 3, the final end is a delimiter
(module (func (export "run")))

;;; name: zeroed-locals
;;; shows: The first block's cost includes the zeroing of the declared locals.
;;; call: run i32:7 => returned; 9201 + 6 + 0; entry 3, three declared locals 3, the parameter is not zeroed
(module (func (export "run") (param i32) (local i32 i64 f64)))

;;; name: straight-line
;;; shows: One block from entry to end; falling off the end is a delimiter and carries nothing.
;;; call: run => returned i32:0x00000003; 9201 + 6 + 0; entry 3, const 1, const 1, add 1
(module (func (export "run") (result i32) (i32.add (i32.const 1) (i32.const 2))))

;;; name: free-instructions
;;; shows: else and end are delimiters and cost 0; nop, drop and block are free by the schedule.
;;; call: run => returned; 9201 + 6 + 0; entry 3, const 1, const 1, if 1
(module (func (export "run") nop (block nop) (drop (i32.const 0)) (if (i32.const 1) (then) (else))))

;;; name: whole-block-first
;;; shows: Entering a block charges the whole of it before its first instruction; a trap refunds nothing.
;;; call: run => trapped integer-divide-by-zero; 9201 + 13 + 0; entry 3, const 1, const 1, div 6, and the two const 2 never reached
(module (func (export "run")
  (drop (i32.div_u (i32.const 1) (i32.const 0))) (drop (i32.const 5)) (drop (i32.const 6))))

;;; name: call-does-not-cut
;;; shows: Calls do not cut; they are paid in the block they stand in.
;;; call: run => trapped unreachable; 9201 + 14 + 0; caller: entry 3, call 5, two const 2 never reached; callee: entry 3, unreachable 1
(module
  (func $trap unreachable)
  (func (export "run") (call $trap) (drop (i32.const 1)) (drop (i32.const 2))))

;;; name: loop-body-each-iteration
;;; shows: The start of a loop body is a cut, charged every iteration; loop is paid once per entry.
;;; call: run => returned; 9201 + 29 + 0; entry 3, local 1, loop 1; three times get 1, const 1, add 1, set 1, get 1, const 1, lt 1, br_if 1
(module (func (export "run") (local i32)
  (loop
    (local.set 0 (i32.add (local.get 0) (i32.const 1)))
    (br_if 0 (i32.lt_u (local.get 0) (i32.const 3))))))

;;; name: loop-once-per-entry
;;; shows: loop is paid in the block it stands in, once per entry, by an outer loop too.
;;; call: run => returned; 9201 + 23 + 0; entry 3, local 1, outer loop 1; twice: inner loop 1, get 1, const 1, add 1, tee 1, const 1, lt 1, br_if 1; after br_if: const 1, const 1
(module (func (export "run") (local i32)
  (loop
    (loop
      (br_if 1 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 2)))
      (drop (i32.const 1)) (drop (i32.const 2))))))

;;; name: loop-end-does-not-cut
;;; shows: What follows the end of a loop is no cut: it belongs to the last block of the loop.
;;; call: run => trapped integer-divide-by-zero; 9201 + 13 + 0; entry 3, loop 1; body: const 1, const 1, div 6, and the const 1 after the end
(module (func (export "run")
  (loop (drop (i32.div_u (i32.const 1) (i32.const 0)))) (drop (i32.const 2))))

;;; name: if-arms
;;; shows: The start of a then and of an else arm is a cut; if is paid in the block it stands in.
;;; call: run i32:1 => returned; 9201 + 7 + 0; entry 3, get 1, if 1; then: const 1, const 1
;;; call: run i32:0 => returned; 9201 + 6 + 0; entry 3, get 1, if 1; else: const 1
(module (func (export "run") (param i32)
  (if (local.get 0)
    (then (drop (i32.const 1)) (drop (i32.const 2)))
    (else (drop (i32.const 3))))))

;;; name: after-if
;;; shows: After the end of an if there is a cut.
;;; call: run i32:1 => trapped unreachable; 9201 + 6 + 0; entry 3, get 1, if 1; then: unreachable 1; what follows the end is not charged
;;; call: run i32:0 => returned; 9201 + 6 + 0; entry 3, get 1, if 1; after the end: const 1
(module (func (export "run") (param i32)
  (if (local.get 0) (then unreachable)) (drop (i32.const 2))))

;;; name: after-if-with-both-arms-live
;;; shows: After the end of an if there is a cut, whichever arm came to it.
;;; call: run i32:1 => trapped integer-divide-by-zero; 9201 + 13 + 0; entry 3, get 1, if 1; then: const 1, const 1, div 6; the const after the end is not charged
;;; call: run i32:0 => returned; 9201 + 6 + 0; entry 3, get 1, if 1; else: nothing; after the end: const 1
(module (func (export "run") (param i32)
  (if (local.get 0) (then (drop (i32.div_u (i32.const 1) (i32.const 0)))) (else)) (drop (i32.const 2))))

;;; name: after-targeted-block
;;; shows: After the end of a block that a live branch targets there is a cut.
;;; call: run i32:1 => returned; 9201 + 6 + 0; entry 3, get 1, br_if 1; after the end: const 1
;;; call: run i32:0 => returned; 9201 + 7 + 0; entry 3, get 1, br_if 1; after br_if: const 1; after the end: const 1
(module (func (export "run") (param i32)
  (block (br_if 0 (local.get 0)) (drop (i32.const 1))) (drop (i32.const 2))))

;;; name: after-untargeted-block
;;; shows: After the end of a block that no live branch targets there is no cut.
;;; call: run => trapped integer-divide-by-zero; 9201 + 13 + 0; entry 3, const 1, const 1, div 6, and the two const 2 after the end
(module (func (export "run")
  (block (drop (i32.div_u (i32.const 1) (i32.const 0)))) (drop (i32.const 2)) (drop (i32.const 3))))

;;; name: after-block-targeted-at-its-end
;;; shows: A live branch to a block cuts after its end, wherever the branch stands.
;;; call: run => trapped integer-divide-by-zero; 9201 + 12 + 0; entry 3, const 1, const 1, div 6, br 1; not the two const after the end
(module (func (export "run")
  (block (drop (i32.div_u (i32.const 1) (i32.const 0))) (br 0)) (drop (i32.const 2)) (drop (i32.const 3))))

;;; name: after-br-if
;;; shows: After a br_if there is a cut: a branch taken does not pay what follows it.
;;; call: run => returned; 9201 + 5 + 0; entry 3, const 1, br_if 1; the rest is passed over
(module (func (export "run")
  (block (br_if 0 (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 2)))))

;;; name: br-table
;;; shows: A br_table ends its block; each target's end is a cut; an index past the labels takes the default.
;;; call: run i32:0 => returned; 9201 + 8 + 0; entry 3, get 1, br_table 2; const 1; const 1
;;; call: run i32:1 => returned; 9201 + 7 + 0; entry 3, get 1, br_table 2; const 1
;;; call: run i32:2 => returned; 9201 + 6 + 0; entry 3, get 1, br_table 2
;;; call: run i32:-1 => returned; 9201 + 6 + 0; entry 3, get 1, br_table 2
(module (func (export "run") (param i32)
  (block (block (block (br_table 0 1 2 (local.get 0))) (drop (i32.const 1))) (drop (i32.const 2)))))

;;; name: carried-by-br
;;; shows: The cost of a branch is its class plus a price for each value it carries.
;;; call: run => returned i32:0x00000003; 9201 + 9 + 0; entry 3, const 1, const 1, br 1, two values 2; after the end: add 1
(module (func (export "run") (result i32)
  (block (result i32 i32) (br 0 (i32.const 1) (i32.const 2))) i32.add))

;;; name: carried-by-br-if
;;; shows: The cost is static: a br_if pays for its values, taken or not.
;;; call: run i32:1 => returned i32:0x00000007; 9201 + 7 + 0; entry 3, const 1, get 1, br_if 1, one value 1
;;; call: run i32:0 => returned i32:0x00000007; 9201 + 7 + 0; the same
(module (func (export "run") (param i32) (result i32)
  (block (result i32) (br_if 0 (i32.const 7) (local.get 0)))))

;;; name: carried-by-br-table
;;; shows: A br_table carries the values of its labels, which all carry the same number.
;;; call: run i32:5 => returned i32:0x00000007; 9201 + 8 + 0; entry 3, const 1, get 1, br_table 2, one value 1
(module (func (export "run") (param i32) (result i32)
  (block (result i32) (br_table 0 0 (i32.const 7) (local.get 0)))))

;;; name: carried-to-loop
;;; shows: A branch to a loop carries the loop's parameters.
;;; call: run => returned; 9201 + 24 + 0; entry 3, local 1, const 1, loop 1; three times const 1, sub 1, tee 1, get 1, br_if 1, one value 1
(module (func (export "run") (local i32)
  (i32.const 3)
  (loop (param i32)
    (i32.const 1) i32.sub (local.tee 0)
    (br_if 0 (local.get 0))
    drop)))

;;; name: carried-by-return
;;; shows: A return carries the function's results; so does a branch to the function's own label.
;;; call: return => returned i32:0x00000007; 9203 + 6 + 0; entry 3, const 1, return 1, one value 1
;;; call: branch => returned i32:0x00000007; 9203 + 6 + 0; entry 3, const 1, br 1, one value 1
;;; call: fall => returned i32:0x00000007; 9203 + 4 + 0; entry 3, const 1
(module
  (func (export "return") (result i32) (return (i32.const 7)))
  (func (export "branch") (result i32) (br 0 (i32.const 7)))
  (func (export "fall") (result i32) (i32.const 7)))

;;; name: carried-by-call
;;; shows: A call carries the callee's parameters there and its results back.
;;; call: run => returned i32:0x00000001; 9201 + 17 + 0; caller: entry 3, const 1, const 1, call 5, two values and a result 3; callee: entry 3, get 1
(module
  (func $first (param i32 i64) (result i32) (local.get 0))
  (func (export "run") (result i32) (call $first (i32.const 1) (i64.const 2))))

;;; name: forwarded-results
;;; shows: Falling off an end is free; every call on the way has paid for the results that it hands on.
;;; call: run => returned; 9201 + 47 + 0; run, outer, inner: entry 3, call 5, three results 3 each; tail: entry 3, return_call 5, no value; source: entry 3, three const 3
(module
  (func $source (result i32 i64 f64) (i32.const 1) (i64.const 2) (f64.const 3))
  (func $tail (result i32 i64 f64) (return_call $source))
  (func $inner (result i32 i64 f64) (call $tail))
  (func $outer (result i32 i64 f64) (call $inner))
  (func (export "run") (call $outer) drop drop drop))

;;; name: every-cycle-costs
;;; shows: Every cycle costs, so that fuel ends each of them.
;;; call: run limit 9301 => exhausted fuel; 9201 + 100 + 0; entry 3, loop 1, then 96 times br 1
(module (func (export "run") (loop (br 0))))

;;; name: classes
;;; shows: Each instruction costs its class.
;;; call: run => returned pages 1; 10804 + 22088 + 0; base 9200, export 1, 1 page 1600, global 2 + ceil(3 / 4); entry 3, one local 1, 22084 as the comments say
(module (memory 1) (global $g (mut i32) (i32.const 0))
  (func (export "run") (local i32)
    (local.set 0 (i32.const 1))                                  ;; 2
    (global.set $g (global.get $g))                              ;; 4
    (i32.store (i32.const 0) (i32.load (i32.const 0)))           ;; 6
    (drop (i32.mul (i32.const 1) (i32.const 1)))                 ;; 4
    (drop (i32.rem_s (i32.const 1) (i32.const 1)))               ;; 8
    (drop (i64.clz (i64.const 1)))                               ;; 5
    (drop (f64.add (f64.const 1) (f64.const 1)))                 ;; 4
    (drop (f64.lt (f64.const 1) (f64.const 1)))                  ;; 3
    (drop (f64.nearest (f64.const 1)))                           ;; 6
    (drop (f32.div (f32.const 1) (f32.const 1)))                 ;; 8
    (drop (f32.sqrt (f32.const 1)))                              ;; 9
    (drop (f64.convert_i32_s (i32.const 1)))                     ;; 8
    (drop (select (i32.const 1) (i32.const 2) (i32.const 3)))    ;; 4
    (drop (memory.size))                                         ;; 2
    (drop (i32.shl (i32.const 1) (i32.const 1)))                 ;; 3
    (drop (i32.reinterpret_f32 (f32.neg (f32.const 1))))         ;; 3
    (drop (ref.is_null (ref.null func)))                         ;; 2
    (drop (i64.extend_i32_u (i32.const 1)))                      ;; 2
    (drop (memory.grow (i32.const 0)))))                         ;; 22001
