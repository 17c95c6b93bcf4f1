;; Floats that make NaNs or carry payloads, seen as bits, so that two machines that differ can be told apart.
;; Results are integers (the bits) but for "f32_identity" and "f64_identity", which hand a NaN through the boundary.
(module
  ;; Arithmetic that makes a NaN out of numbers: the sign and payload are the machine's choice in the specification.
  (func (export "f64_zero_by_zero") (result i64)
    (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))))
  (func (export "f64_infinity_less_infinity") (result i64)
    (i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf))))
  (func (export "f64_root_of_minus_one") (result i64)
    (i64.reinterpret_f64 (f64.sqrt (f64.const -1))))
  (func (export "f32_zero_by_zero") (result i32)
    (i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0))))
  (func (export "f32_zero_times_infinity") (result i32)
    (i32.reinterpret_f32 (f32.mul (f32.const 0) (f32.const inf))))

  ;; Arithmetic on a NaN: which operand's payload comes through is the machine's choice too.
  (func (export "f64_add_bits") (param $a i64) (param $b i64) (result i64)
    (i64.reinterpret_f64 (f64.add (f64.reinterpret_i64 (local.get $a)) (f64.reinterpret_i64 (local.get $b)))))
  (func (export "f32_add_bits") (param $a i32) (param $b i32) (result i32)
    (i32.reinterpret_f32 (f32.add (f32.reinterpret_i32 (local.get $a)) (f32.reinterpret_i32 (local.get $b)))))
  (func (export "f64_min_bits") (param $a i64) (param $b i64) (result i64)
    (i64.reinterpret_f64 (f64.min (f64.reinterpret_i64 (local.get $a)) (f64.reinterpret_i64 (local.get $b)))))
  (func (export "f32_demote_bits") (param $a i64) (result i32)
    (i32.reinterpret_f32 (f32.demote_f64 (f64.reinterpret_i64 (local.get $a)))))
  (func (export "f64_promote_bits") (param $a i32) (result i64)
    (i64.reinterpret_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get $a)))))

  ;; Operators on bits, exact for every NaN: nothing may quieten or lose the payload.
  (func (export "f64_neg_bits") (param $a i64) (result i64)
    (i64.reinterpret_f64 (f64.neg (f64.reinterpret_i64 (local.get $a)))))
  (func (export "f64_copysign_bits") (param $a i64) (param $b i64) (result i64)
    (i64.reinterpret_f64 (f64.copysign (f64.reinterpret_i64 (local.get $a)) (f64.reinterpret_i64 (local.get $b)))))
  (func (export "f32_abs_bits") (param $a i32) (result i32)
    (i32.reinterpret_f32 (f32.abs (f32.reinterpret_i32 (local.get $a)))))
  (func (export "f32_identity") (param $a f32) (result f32) (local.get $a))
  (func (export "f64_identity") (param $a f64) (result f64) (local.get $a))

  ;; A payload that goes through memory and comes back.
  (memory 1)
  (func (export "f32_through_memory") (param $a i32) (result i32)
    (f32.store (i32.const 0) (f32.reinterpret_i32 (local.get $a)))
    (f32.store (i32.const 4) (f32.load (i32.const 0)))
    (i32.load (i32.const 4))))
