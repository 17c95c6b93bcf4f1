;; Signed division: traps on a zero divisor and on the one overflow (-2^31 / -1).
(module
  (func $divide (export "divide") (param $dividend i32) (param $divisor i32) (result i32)
    (i32.div_s (local.get $dividend) (local.get $divisor))))
