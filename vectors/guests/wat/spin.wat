;; A loop without an end: nothing but the fuel limit stops it.
(module
  (func $spin (export "spin")
    (loop $again (br $again))))
