;; Recursion without an end: the stack limit or the fuel limit stops it. The addition keeps it from being a tail call.
(module
  (func $recurse (export "recurse") (param $depth i32) (result i32)
    (i32.add (i32.const 1) (call $recurse (i32.add (local.get $depth) (i32.const 1))))))
