/** The guest of most session specs: state of every kind, and every way to end a call. */
import type { HostImport, LoadedModule, Value } from '../../src/index.js';
import { i32 } from '../../src/index.js';
import { openSession, type Session, type SessionOptions } from '../../src/session/index.js';

export const TIERS = ['interpreter', 'instrumented'] as const;

export const GUEST = `(module
  (import "env" "next" (func $next (param i32) (result i32)))
  (memory (export "memory") 1 8)
  (global $count (export "count") (mut i32) (i32.const 0))
  (global $wide (export "wide") (mut i64) (i64.const -1))
  (global $half (export "half") (mut f32) (f32.const 0.5))
  (global $fixed (export "fixed") i32 (i32.const 7))
  (global $held (export "held") (mut funcref) (ref.null func))
  (type $unary (func (param i32) (result i32)))
  (table $table (export "table") 4 16 funcref)
  (elem (i32.const 0) func $double)
  (elem $more func $negate $double)
  (data $text "some text")
  (data (i32.const 16) "active")
  (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $negate (export "negate") (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
  (func (export "add") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (local.get 0)))
    (global.set $wide (i64.mul (global.get $wide) (i64.const 31)))
    (i32.store (i32.const 100) (global.get $count))
    (global.get $count))
  (func (export "sum") (param i32 i32) (result i32)
    (local i32)
    (block $end (loop $more
      (br_if $end (i32.eqz (local.get 1)))
      (local.set 2 (i32.add (local.get 2) (i32.load8_u (local.get 0))))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
      (br $more)))
    (local.get 2))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "apply") (param i32 i32) (result i32)
    (call_indirect $table (type $unary) (local.get 1) (local.get 0)))
  (func (export "place") (param i32) (table.init $table $more (local.get 0) (i32.const 0) (i32.const 2)))
  (func (export "hold") (global.set $held (ref.func $negate)))
  (func (export "growTable") (param i32) (result i32) (table.grow $table (ref.func $double) (local.get 0)))
  (func (export "text") (param i32) (memory.init $text (local.get 0) (i32.const 0) (i32.const 9)))
  (func (export "drop") (data.drop $text) (elem.drop $more))
  (func (export "trap") (param i32) (result i32)
    (global.set $count (local.get 0))
    (i32.store (i32.const 200) (local.get 0))
    (unreachable))
  (func (export "ask") (param i32) (result i32)
    (global.set $count (call $next (local.get 0)))
    (i32.add (call $next (global.get $count)) (i32.const 1)))
  (func $deep (export "deep") (param i32) (result i32)
    (global.set $count (local.get 0))
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "spin") (param i32) (result i32)
    (local i32)
    (loop $more
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (i32.store (i32.and (i32.mul (global.get $count) (i32.const 4)) (i32.const 0xfffc)) (global.get $count))
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get 1) (local.get 0))))
    (global.get $count)))`;

export const bitsOf = (value: Value | undefined): number =>
  value !== undefined && 'bits' in value ? Number(value.bits) : 0;

/** Returns a function of its argument, and records the call; writes, pays and calls back. */
export function nextRow(calls: number[] = []): HostImport {
  return {
    module: 'env',
    name: 'next',
    type: { params: ['i32'], results: ['i32'] },
    cost: 20,
    run: (call, [value]) => {
      const given = bitsOf(value);
      calls.push(given);
      if (!call.charge(7)) return undefined;
      call.memory?.write(300, Uint8Array.of(given, 1));
      const doubled = call.call('double', [i32(given)]);
      return doubled && [i32((bitsOf(doubled[0]) + 1) | 0)];
    },
  };
}

export function opened(module: LoadedModule, options: SessionOptions = {}): Session {
  const opening = openSession(module, options);
  if (!opening.ok) throw new Error('the session does not open');
  return opening.session;
}
