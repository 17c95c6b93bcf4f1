;;; name: equal-charge
;;; shows: A charge equal to the fuel left succeeds; if it exceeds it the outcome is exhausted(fuel) and fuel used = the limit.
;;; call: run limit 9204 => returned; 9201 + 3 + 0; the whole limit
;;; call: run limit 9203 => exhausted fuel; 9201 + 2 + 0; the residue is booked to guest
;;; call: run limit 9201 => exhausted fuel; 9201 + 0 + 0; nothing left for the first block
;;; call: run limit 9200 => exhausted fuel; 9200 + 0 + 0; the residue is booked to instantiate
;;; call: run limit 0 => exhausted fuel; 0 + 0 + 0; the least limit
(module (func (export "run")))

;;; name: host-part
;;; shows: The host part is base and rate of the import rows; the call itself is a guest instruction.
;;; call: run => returned; 9202 + 13 + 3800; entry 3, call 5, call 5; two host calls of 1900
;;; call: run limit 13014 => exhausted fuel; 9202 + 13 + 3799; the residue is booked to host
;;; call: run limit 11115 => exhausted fuel; 9202 + 13 + 1900; the first host call is paid, the second is not
;;; call: run limit 9214 => exhausted fuel; 9202 + 12 + 0; the block is paid whole before the first call
(module (import "env" "tick" (func $tick)) (func (export "run") (call $tick) (call $tick)))

;;; name: start-part
;;; shows: start runs under the meter, in the part instantiate; a trap or exhaustion there is the call's outcome.
;;; call: run => returned; 9205 + 3 + 0; start: entry 3, const 1; run: entry 3
;;; call: run limit 9204 => exhausted fuel; 9204 + 0 + 0; the residue is booked to instantiate
(module (func $start (drop (i32.const 1))) (start $start) (func (export "run")))

;;; name: start-trap
;;; shows: A trap in start is the call's outcome.
;;; call: run => trapped unreachable; 9205 + 0 + 0; start: entry 3, unreachable 1
(module (func $start unreachable) (start $start) (func (export "run")))

;;; name: start-host
;;; shows: The instructions of start are in the part instantiate; its host calls are in the part host like all others.
;;; call: run => returned; 9210 + 3 + 1900; start: entry 3, call 5; host call 1900; run: entry 3
;;; call: run limit 11109 => exhausted fuel; 9210 + 0 + 1899; the residue is booked to host
;;; call: run limit 11112 => exhausted fuel; 9210 + 2 + 1900; the residue is booked to guest
(module (import "env" "tick" (func $tick)) (func $start (call $tick)) (start $start) (func (export "run")))

;;; name: start-is-import
;;; shows: A start function that is an import costs its host call.
;;; call: run => returned; 9202 + 3 + 1900; host call 1900; run: entry 3
(module (import "env" "tick" (func $tick)) (start $tick) (func (export "run")))

;;; name: export-is-import
;;; shows: An exported import called from outside costs its host call and no Wasm instruction.
;;; call: run => returned; 9202 + 0 + 1900; host call 1900
(module (import "env" "tick" (func $tick)) (export "run" (func $tick)))

;;; name: instantiation-sum
;;; shows: The instantiation charge is one static sum: base, initial pages, initial table elements, globals, bytes and elements of active segments.
;;; call: run => returned pages 2; 12436 + 3 + 0; base 9200, export 1, 2 pages 3200, table 10, two globals, each 2 + ceil(3 / 4), 6, data (2 + 1) + (6 + ceil(5 / 8)) 10, elements (2 + 1) + (4 + 2) 9; run: entry 3
;;; call: run limit 12435 => exhausted fuel pages 0; 12435 + 0 + 0; the sum was not covered: nothing is allocated
(module
  (memory 2) (table 10 funcref) (global i32 (i32.const 5)) (global (mut i64) (i64.const 6))
  (data (i32.const 0) "hello") (elem (i32.const 1) func $f $f)
  (func $f) (func (export "run")))

;;; name: passive-segments
;;; shows: Passive and declarative segments cost by their number alone, as imports and exports do.
;;; call: run => returned pages 1; 10804 + 3 + 0; base 9200, export 1, passive 3, 1 page 1600; run: entry 3
(module (memory 1) (data "a passive segment") (elem func $f $f) (elem declare func $f) (func $f) (func (export "run")))

;;; name: segment-trap
;;; shows: The sum is taken whole, then segments are bounds-checked in order; a trap there is the call's outcome and the final pages are the memory's.
;;; call: run => trapped out-of-bounds-memory-access pages 1; 10812 + 0 + 0; base 9200, export 1, 1 page 1600, data (2 + ceil(5 / 4)) + (6 + 1)
(module (memory 1) (data (i32.const 65536) "x") (func (export "run")))

;;; name: element-segment-trap
;;; shows: Element segments come first, before data segments.
;;; call: run => trapped out-of-bounds-table-access pages 1; 10821 + 0 + 0; base 9200, export 1, 1 page 1600, table 1, data (2 + ceil(5 / 4)) + (6 + 1) 11, elements (2 + 1) + (4 + 1) 8
(module (memory 1) (table 1 funcref) (data (i32.const 65536) "x") (elem (i32.const 1) func $f) (func $f) (func (export "run")))
