(module
  (import "env" "__hc__trace_1" (func $host (param i32 i32) (result i64)))
  (memory (export "memory") 40)
  (data (i32.const 16) "\81\a2\4f\6b\c4\06\a5Valid")
  (data (i32.const 1024) "\82\a3msg\a2hi\a5level\a4INFO")
  (func (export "__hc__deallocate_1") (param i32 i32))
  (func (export "validate") (param i32 i32) (result i64)
    (i64.const 68719476748))
  (func $start (drop (call $host (i32.const 1024) (i32.const 19)))) (start $start))
