;; Adds to the sum in the memory of `store` and returns the new one; counts its calls in a global of `store`.
(module
  (import "store" "memory" (memory 1))
  (import "store" "calls" (global $calls (mut i32)))
  (import "store" "total" (func $total (result i32)))
  (func (export "count") (param $n i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 0) (i32.add (call $total) (local.get $n)))
    (call $total)))
