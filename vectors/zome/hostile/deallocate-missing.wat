(module
  (memory (export "memory") 40)
  (data (i32.const 16) "\81\a2\4f\6b\c4\06\a5Valid")
  (global $heap (mut i32) (i32.const 65536))
  (func (export "__hc__allocate_1") (param i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get 0))))
  (func (export "validate") (param i32 i32) (result i64)
    (i64.const 68719476748)))
