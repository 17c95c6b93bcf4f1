;; Function indices that equal the opcodes of local.set (33) and local.tee (34): a compiler that looks at the next
;; instruction before it has read the index takes one for the other.
(module
  (type $number (func (result i32)))
  (table 2 funcref)
  (elem declare func $f33 $f34)
  (func $f0 (result i32) i32.const 0)
  (func $f1 (result i32) i32.const 1)
  (func $f2 (result i32) i32.const 2)
  (func $f3 (result i32) i32.const 3)
  (func $f4 (result i32) i32.const 4)
  (func $f5 (result i32) i32.const 5)
  (func $f6 (result i32) i32.const 6)
  (func $f7 (result i32) i32.const 7)
  (func $f8 (result i32) i32.const 8)
  (func $f9 (result i32) i32.const 9)
  (func $f10 (result i32) i32.const 10)
  (func $f11 (result i32) i32.const 11)
  (func $f12 (result i32) i32.const 12)
  (func $f13 (result i32) i32.const 13)
  (func $f14 (result i32) i32.const 14)
  (func $f15 (result i32) i32.const 15)
  (func $f16 (result i32) i32.const 16)
  (func $f17 (result i32) i32.const 17)
  (func $f18 (result i32) i32.const 18)
  (func $f19 (result i32) i32.const 19)
  (func $f20 (result i32) i32.const 20)
  (func $f21 (result i32) i32.const 21)
  (func $f22 (result i32) i32.const 22)
  (func $f23 (result i32) i32.const 23)
  (func $f24 (result i32) i32.const 24)
  (func $f25 (result i32) i32.const 25)
  (func $f26 (result i32) i32.const 26)
  (func $f27 (result i32) i32.const 27)
  (func $f28 (result i32) i32.const 28)
  (func $f29 (result i32) i32.const 29)
  (func $f30 (result i32) i32.const 30)
  (func $f31 (result i32) i32.const 31)
  (func $f32 (result i32) i32.const 32)
  (func $f33 (result i32) i32.const 33)
  (func $f34 (result i32) i32.const 34)
  (func $f35 (result i32) i32.const 35)

  (func (export "is_null") (result i32)
    ref.func $f33
    ref.is_null)

  (func (export "dropped") (result i32)
    ref.func $f33
    drop
    ref.func $f34
    drop
    i32.const 7)

  (func (export "called") (param $index i32) (result i32)
    i32.const 0
    ref.func $f33
    table.set 0
    i32.const 1
    ref.func $f34
    table.set 0
    local.get $index
    call_indirect (type $number))
)
