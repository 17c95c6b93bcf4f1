(module
  (memory (export "memory") 40)
  (data (i32.const 16) "\81\a2\4f\6b\c4\06\a5Valid")
  (func (export "__hc__allocate_1") (param i32) (result i32) (i32.mul (memory.grow (i32.const 300)) (i32.const 65536)))
  (func (export "__hc__deallocate_1") (param i32 i32))
  (func (export "validate") (param i32 i32) (result i64)
    (i64.const 68719476748)))
