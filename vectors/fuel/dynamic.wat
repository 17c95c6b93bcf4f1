;;; name: memory-fill
;;; shows: Bulk memory: charge rate x length, rounded up, then take effect.
;;; call: run i32:0 i32:17 => returned pages 1; 10801 + 17 + 0; entry 3, get 1, const 1, get 1, fill 8; ceil(17 / 8) = 3
;;; call: run i32:65536 i32:0 => returned pages 1; 10801 + 14 + 0; no bytes, no dynamic charge
;;; call: run i32:65537 i32:0 => trapped out-of-bounds-memory-access pages 1; 10801 + 14 + 0; no bytes, and then the bounds
;;; call: run i32:65535 i32:9 => trapped out-of-bounds-memory-access pages 1; 10801 + 16 + 0; charged for 9 bytes, then the trap
;;; call: run i32:0 i32:-1 => trapped out-of-bounds-memory-access pages 1; 10801 + 536870926 + 0; the length is unsigned: 2^32 - 1 bytes are 2^29 fuel
;;; call: run i32:0 i32:-1 limit 1000000 => exhausted fuel pages 1; 10801 + 989199 + 0; the charge comes before the trap
;;; call: run i32:0 i32:64 limit 10823 => returned pages 1; 10801 + 22 + 0; a charge equal to the fuel left succeeds
;;; call: run i32:0 i32:64 limit 10822 => exhausted fuel pages 1; 10801 + 21 + 0; one less, and the fill does not happen
(module (memory 1)
  (func (export "run") (param i32 i32) (memory.fill (local.get 0) (i32.const 7) (local.get 1))))

;;; name: memory-copy
;;; shows: memory.copy: charge rate x length, whatever the bounds, then trap or take effect.
;;; call: run i32:8 => returned i64:0x0807060504030201 pages 1; 10811 + 18 + 0; base 9200, export 1, 1 page 1600, data (2 + 1) + (4 + 1); entry 3, const 1, const 1, get 1, copy 8, const 1, load 2; ceil(8 / 8) = 1
;;; call: run i32:65530 => trapped out-of-bounds-memory-access pages 1; 10811 + 8209 + 0; the block 17, ceil(65530 / 8) = 8192 charged, then the trap
(module (memory 1) (data (i32.const 0) "\01\02\03\04\05\06\07\08")
  (func (export "run") (param i32) (result i64)
    (memory.copy (i32.const 16) (i32.const 0) (local.get 0))
    (i64.load (i32.const 16))))

;;; name: memory-init
;;; shows: memory.init: charge rate x length, whatever the bounds, then trap or take effect; a dropped segment is empty.
;;; call: run i32:5 => returned pages 1; 10803 + 21 + 0; entry 3, const 1, const 1, get 1, init 14; ceil(5 / 8) = 1
;;; call: run i32:6 => trapped out-of-bounds-memory-access pages 1; 10803 + 21 + 0; charged for 6 bytes, then the trap
;;; call: dropped => trapped out-of-bounds-memory-access pages 1; 10803 + 22 + 0; data.drop 1, and as before
(module (memory 1) (data $d "hello")
  (func (export "run") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "dropped") (data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))))

;;; name: memory-grow
;;; shows: memory.grow: the rule decides first; -1 has no dynamic charge; else charge rate x delta, then grow.
;;; call: run i32:2 => returned i32:0x00000001 pages 3; 10801 + 25204 + 0; entry 3, get 1, grow 22000; 2 pages 3200
;;; call: run i32:0 => returned i32:0x00000001 pages 1; 10801 + 22004 + 0; no page, no dynamic charge
;;; call: run i32:3 => returned i32:0xffffffff pages 1; 10801 + 22004 + 0; past the declared maximum
;;; call: run i32:-1 => returned i32:0xffffffff pages 1; 10801 + 22004 + 0; delta is unsigned
;;; call: run i32:3 limit 32805 => returned i32:0xffffffff pages 1; 10801 + 22004 + 0; the rule decides before any fuel is asked for
;;; call: run i32:2 limit 36005 => returned i32:0x00000001 pages 3; 10801 + 25204 + 0; a charge equal to the fuel left succeeds
;;; call: run i32:2 limit 36004 => exhausted fuel pages 1; 10801 + 25203 + 0; the charge exceeds the fuel left: the memory does not grow
(module (memory 1 3) (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))

;;; name: memory-grow-cap
;;; shows: memory.grow past the cap of the limits answers -1 without a dynamic charge.
;;; call: run i32:1024 => returned i32:0xffffffff pages 1; 10801 + 22004 + 0; 1,025 pages exceed the cap of 1,024
;;; call: run i32:1023 => returned i32:0x00000001 pages 1024; 10801 + 1658804 + 0; 1,023 pages are 1,636,800
(module (memory 1) (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))

;;; name: table-grow
;;; shows: table.grow: the rule decides first; -1 has no dynamic charge; else charge rate x delta, then grow.
;;; call: run i32:2 => returned i32:0x00000001; 9202 + 89 + 0; entry 3, ref.null 1, get 1, grow 62; 2 elements 22
;;; call: run i32:3 => returned i32:0xffffffff; 9202 + 67 + 0; past the declared maximum
;;; call: run i32:-1 => returned i32:0xffffffff; 9202 + 67 + 0; delta is unsigned
;;; call: run i32:2 limit 9290 => exhausted fuel; 9202 + 88 + 0; the charge exceeds the fuel left
(module (table 1 3 funcref)
  (func (export "run") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0))))

;;; name: table-grow-all
;;; shows: table.grow: the rule is the table's maximum and the cap on the elements of all tables together.
;;; call: run i32:600000 i32:600000 => returned i32:0x00000000 i32:0xffffffff; 9201 + 6600131 + 0; entry 3, two of null 1, get 1, grow 62; 600,000 elements once, then past the cap
;;; call: run i32:600000 i32:400000 => returned i32:0x00000000 i32:0x00000000; 9201 + 11000131 + 0; exactly the cap
(module (table 0 externref) (table 0 externref)
  (func (export "run") (param i32 i32) (result i32 i32)
    (table.grow 0 (ref.null extern) (local.get 0)) (table.grow 1 (ref.null extern) (local.get 1))))

;;; name: table-fill
;;; shows: Table operations: charge rate x length, whatever the bounds, then trap or take effect.
;;; call: run i32:3 => returned; 9204 + 56 + 0; entry 3, const 1, ref.null 1, get 1, fill 17; 3 elements 33
;;; call: run i32:4 => trapped out-of-bounds-table-access; 9204 + 67 + 0; charged for 4 elements, then the trap
;;; call: run i32:-1 limit 418000 => exhausted fuel; 9204 + 408796 + 0; the length is unsigned and the charge comes first
(module (table 3 funcref)
  (func (export "run") (param i32) (table.fill 0 (i32.const 0) (ref.null func) (local.get 0))))

;;; name: table-copy
;;; shows: table.copy: charge rate x length, whatever the bounds, then trap or take effect.
;;; call: run i32:2 => returned; 9205 + 41 + 0; entry 3, const 1, const 1, get 1, copy 21; 2 elements 14
;;; call: run i32:5 => trapped out-of-bounds-table-access; 9205 + 62 + 0; charged for 5 elements, then the trap
(module (table 4 funcref)
  (func (export "run") (param i32) (table.copy (i32.const 1) (i32.const 0) (local.get 0))))

;;; name: table-init
;;; shows: table.init: charge rate x length, whatever the bounds, then trap or take effect.
;;; call: run i32:1 => returned; 9205 + 45 + 0; entry 3, const 1, const 1, get 1, init 27; 1 element 12
;;; call: run i32:2 => trapped out-of-bounds-table-access; 9205 + 57 + 0; charged for 2 elements, then the trap
;;; call: dropped => trapped out-of-bounds-table-access; 9205 + 46 + 0; elem.drop 1, and as before
(module (table 2 funcref) (elem $e func $f) (func $f)
  (func (export "run") (param i32) (table.init 0 $e (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "dropped") (elem.drop $e) (table.init 0 $e (i32.const 0) (i32.const 0) (i32.const 1))))

;;; name: call-indirect
;;; shows: call_indirect: index, null, type, then entry of the callee.
;;; call: run i32:0 => returned; 9213 + 17 + 0; entry 3, const 1, get 1, call_indirect 8, one value 1; callee: entry 3
;;; call: run i32:1 => trapped indirect-call-type-mismatch; 9213 + 14 + 0; nothing of the callee
;;; call: run i32:2 => trapped uninitialized-element; 9213 + 14 + 0; nothing of a callee
;;; call: run i32:3 => trapped undefined-element; 9213 + 14 + 0; nothing of a callee
;;; call: run i32:-1 => trapped undefined-element; 9213 + 14 + 0; the index is unsigned
(module (table 3 funcref) (elem (i32.const 0) func $one $none) (type $t (func (param i64)))
  (func $one (param i64)) (func $none)
  (func (export "run") (param i32) (call_indirect (type $t) (i64.const 1) (local.get 0))))

;;; name: call-indirect-results
;;; shows: call_indirect carries the callee's parameters and results.
;;; call: run => returned i32:0x00000001 i32:0x00000002; 9210 + 19 + 0; entry 3, const 1, call_indirect 8, two results 2; callee: entry 3, const 1, const 1
(module (table 1 funcref) (elem (i32.const 0) func $two) (type $t (func (result i32 i32)))
  (func $two (result i32 i32) (i32.const 1) (i32.const 2))
  (func (export "run") (result i32 i32) (call_indirect (type $t) (i32.const 0))))

;;; name: return-call-indirect
;;; shows: return_call_indirect: index, null, type, then the caller's frame off and entry of the callee; it carries the parameters.
;;; call: run i32:2000 => returned; 9211 + 38007 + 0; 2,000 x (entry 3, get 1, eqz 1, if 1, get 1, const 1, sub 1, const 1, return_call_indirect 8, value 1), then 6 + return 1
;;; call: bad => trapped undefined-element; 9211 + 14 + 0; entry 3, const 1, const 1, return_call_indirect 8, value 1
(module (table 1 funcref) (elem (i32.const 0) func $run) (type $t (func (param i32)))
  (func $run (export "run") (param i32)
    (if (i32.eqz (local.get 0)) (then return))
    (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
  (func (export "bad") (return_call_indirect (type $t) (i32.const 5) (i32.const 1))))
