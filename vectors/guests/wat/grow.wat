;; Grows memory page by page until it is refused, and returns the pages reached.
;; "grow_to" stops at a target (in pages) as well; it returns the size reached, in pages.
(module
  (memory (export "memory") 1)
  (func $grow (export "grow") (result i32)
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size))
  (func $grow_to (export "grow_to") (param $target i32) (result i32)
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (memory.size) (local.get $target)))
        (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))
    (memory.size)))
