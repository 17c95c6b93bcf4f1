;;; name: dead-after-return
;;; shows: What follows return is dead up to the matching end; dead instructions cost nothing and cut nothing.
;;; call: run => returned; 9201 + 4 + 0; entry 3, return 1
(module (func (export "run")
  return
  (drop (i32.const 1)) (if (i32.const 1) (then nop) (else (drop (i32.const 2)))) (loop (br_if 0 (i32.const 1)))))

;;; name: dead-after-br
;;; shows: What follows br is dead up to the matching end.
;;; call: run => returned; 9201 + 5 + 0; entry 3, br 1; after the end: const 1
(module (func (export "run") (block (br 0) (drop (i32.const 1)) (block (br 0))) (drop (i32.const 2))))

;;; name: dead-after-br-table
;;; shows: What follows br_table is dead up to the matching end.
;;; call: run => returned; 9201 + 6 + 0; entry 3, const 1, br_table 2
(module (func (export "run") (block (br_table 0 (i32.const 0)) (drop (i32.const 1)))))

;;; name: dead-after-unreachable
;;; shows: What follows unreachable is dead.
;;; call: run => trapped unreachable; 9201 + 4 + 0; entry 3, unreachable 1
(module (func (export "run") unreachable (drop (i32.const 1))))

;;; name: dead-after-return-call
;;; shows: What follows return_call and return_call_indirect is dead.
;;; call: direct => returned; 9211 + 11 + 0; entry 3, return_call 5; callee: entry 3
;;; call: indirect => returned; 9211 + 15 + 0; entry 3, const 1, return_call_indirect 8; callee: entry 3
(module
  (table 1 funcref) (elem (i32.const 0) func $empty)
  (func $empty)
  (func (export "direct") (return_call $empty) (drop (i32.const 1)))
  (func (export "indirect") (return_call_indirect (i32.const 0)) (drop (i32.const 1))))

;;; name: dead-up-to-else
;;; shows: Dead up to the matching else: the else arm of a live if is live.
;;; call: run i32:1 => returned; 9201 + 6 + 0; entry 3, get 1, if 1; then: return 1
;;; call: run i32:0 => returned; 9201 + 8 + 0; entry 3, get 1, if 1; else: const 1, const 1; after the end: const 1
(module (func (export "run") (param i32)
  (if (local.get 0)
    (then return (drop (i32.const 1)) (if (i32.const 1) (then) (else nop)))
    (else (drop (i32.const 2)) (drop (i32.const 3))))
  (drop (i32.const 4))))

;;; name: dead-branch-targets-nothing
;;; shows: A dead branch targets nothing, so the block it names does not cut.
;;; call: run => trapped integer-divide-by-zero; 9201 + 15 + 0; entry 3, const 1, if 1; after the if: const 1, const 1, div 6, and the two const 2 after the block
(module (func (export "run")
  (block
    (if (i32.const 0) (then return (br 1)))
    (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (drop (i32.const 2)) (drop (i32.const 3))))

;;; name: live-branch-targets
;;; shows: The same with the branch live: the block cuts after its end.
;;; call: run => trapped integer-divide-by-zero; 9201 + 13 + 0; entry 3, const 1, if 1; after the if: const 1, const 1, div 6; not the two const after the block
(module (func (export "run")
  (block
    (if (i32.const 0) (then (br 1)))
    (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (drop (i32.const 2)) (drop (i32.const 3))))

;;; name: dead-label-in-dead-br-table
;;; shows: A dead br_table targets none of its labels.
;;; call: run => trapped integer-divide-by-zero; 9201 + 14 + 0; entry 3, const 1, if 1; after the if: const 1, const 1, div 6, and the const 1 after the block
(module (func (export "run")
  (block
    (if (i32.const 0) (then return (br_table 1 1 (i32.const 0))))
    (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (drop (i32.const 2))))

;;; name: after-block
;;; shows: What follows the end of a block is live iff that end is live or a live branch targets it.
;;; call: dead => returned; 9203 + 4 + 0; entry 3, return 1
;;; call: live-end => returned; 9203 + 4 + 0; entry 3, const 1
;;; call: targeted => returned; 9203 + 6 + 0; entry 3, const 1, br_if 1; after the end: const 1
(module
  (func (export "dead") (block return) (drop (i32.const 1)))
  (func (export "live-end") (block) (drop (i32.const 1)))
  (func (export "targeted") (block (br_if 0 (i32.const 1)) return) (drop (i32.const 1))))

;;; name: after-loop
;;; shows: What follows the end of a loop is live iff its end is live; a branch to the loop does not make it so.
;;; call: dead => returned; 9203 + 5 + 0; entry 3, loop 1; return 1
;;; call: targeted i32:0 => returned; 9203 + 7 + 0; entry 3, loop 1; get 1, br_if 1; return 1
;;; call: live-end => returned; 9203 + 5 + 0; entry 3, loop 1; const 1
(module
  (func (export "dead") (loop return) (drop (i32.const 1)))
  (func (export "targeted") (param i32) (loop (br_if 0 (local.get 0)) return) (drop (i32.const 1)))
  (func (export "live-end") (loop) (drop (i32.const 1))))

;;; name: after-if-arms
;;; shows: What follows the end of an if is live iff the end of one arm is live or a live branch targets it.
;;; call: both-dead i32:1 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; return 1
;;; call: both-dead i32:0 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; return 1
;;; call: then-dead i32:0 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; else: nothing; after the end: const 1
;;; call: else-dead i32:1 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; then: nothing; after the end: const 1
;;; call: targeted i32:1 => returned; 9205 + 7 + 0; entry 3, get 1, if 1; br 1; after the end: const 1
;;; call: targeted i32:0 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; return 1
;;; call: no-else i32:0 => returned; 9205 + 6 + 0; entry 3, get 1, if 1; the missing else is live and empty; after the end: const 1
(module
  (func (export "both-dead") (param i32)
    (if (local.get 0) (then return) (else return)) (drop (i32.const 1)))
  (func (export "then-dead") (param i32)
    (if (local.get 0) (then return) (else)) (drop (i32.const 1)))
  (func (export "else-dead") (param i32)
    (if (local.get 0) (then) (else return)) (drop (i32.const 1)))
  (func (export "targeted") (param i32)
    (if (local.get 0) (then (br 0)) (else return)) (drop (i32.const 1)))
  (func (export "no-else") (param i32)
    (if (local.get 0) (then return)) (drop (i32.const 1))))

;;; name: dead-reaches-out
;;; shows: Dead code goes on through the ends of the constructs around it as long as nothing makes them live.
;;; call: run => returned i32:0x00000001; 9201 + 7 + 0; entry 3, loop 1; const 1, return 1, value 1
(module (func (export "run") (result i32)
  (block (result i32) (loop (result i32) (block (result i32) (return (i32.const 1)) (drop (i32.const 1)) (i32.const 2)) (drop) (i32.const 3)))))
