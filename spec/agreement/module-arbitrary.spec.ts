import { assert } from 'chai';
import fc from 'fast-check';
import { countByName } from '../../src/agreement/disassemble.js';
import { anyModule, type GeneratedModule, moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import type { Node, NodeName } from '../../src/agreement/program.js';
import { describeFault } from '../../src/base/fault.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { isForHost } from './host-features.js';

function checkValid(generated: GeneratedModule): void {
  const loaded = validate(decode(generated.bytes, LIMITS_1), LIMITS_1);
  if (!loaded.ok) assert.fail(`${describeFault(loaded.fault)}`);
  if (isForHost(generated.features)) assert.isTrue(WebAssembly.validate(generated.bytes), 'the host rejects it');
}

/** Shrinks a failing run and returns the module it ends with. */
function shrunk(fails: (generated: GeneratedModule) => boolean, seed: number): GeneratedModule {
  const run = fc.check(
    fc.property(anyModule(), (generated) => !fails(generated)),
    { seed, numRuns: 5_000 },
  );
  assert.isNotNull(run.counterexample, 'no failing module was generated');
  return run.counterexample![0];
}

function someNode(generated: GeneratedModule, holds: (one: Node) => boolean): boolean {
  const within = (nodes: readonly Node[]): boolean =>
    nodes.some((one) => holds(one) || within(one.operands) || within(one.body) || within(one.otherwise ?? []));
  return generated.program.functions.some(({ body }) => within(body));
}

function countNodes(nodes: readonly Node[], name: NodeName): number {
  return nodes.reduce(
    (sum, one) =>
      sum +
      (one.name === name ? 1 : 0) +
      countNodes(one.operands, name) +
      countNodes(one.body, name) +
      countNodes(one.otherwise ?? [], name),
    0,
  );
}

const GIVES_NAN: ReadonlySet<NodeName> = new Set(
  INSTRUCTIONS.filter(({ cost }) => cost.startsWith('float')).map(({ name }) => name),
);

/** Properties that a difference between nodes could depend on, and how many instructions are enough to show each. */
const PLANTED: readonly {
  readonly name: string;
  readonly sizeMax: number;
  fails(generated: GeneratedModule): boolean;
}[] = [
  {
    name: 'f32.neg of a result that may be a NaN',
    sizeMax: 5,
    fails: (generated) =>
      someNode(generated, (one) => one.name === 'f32.neg' && GIVES_NAN.has(one.operands.at(-1)?.name ?? 'nop')),
  },
  {
    name: 'memory.grow in a loop',
    sizeMax: 4,
    fails: (generated) =>
      someNode(generated, (one) => {
        const grows = (nodes: readonly Node[]): boolean =>
          nodes.some(
            (inner) =>
              inner.name === 'memory.grow' ||
              grows(inner.operands) ||
              grows(inner.body) ||
              grows(inner.otherwise ?? []),
          );
        return one.name === 'loop' && grows(one.body);
      }),
  },
  {
    name: 'a br_table out of a block that takes parameters',
    sizeMax: 10,
    fails: (generated) =>
      someNode(
        generated,
        (one) =>
          one.name === 'block' &&
          one.signature.params.length > 0 &&
          one.body.some((inner) => inner.name === 'br_table' && inner.labels.includes(one.first)),
      ),
  },
  {
    name: 'an indirect call and a store of an f64 in one module',
    sizeMax: 10,
    fails: (generated) =>
      someNode(generated, ({ name }) => name === 'call_indirect') &&
      someNode(generated, ({ name }) => name === 'f64.store'),
  },
  {
    name: 'three calls in one function',
    sizeMax: 10,
    fails: ({ program }) => program.functions.some(({ body }) => countNodes(body, 'call') >= 3),
  },
];

describe('arbitrary modules', () => {
  it('are valid for Assay and for the host', () => {
    fc.assert(fc.property(anyModule(), checkValid), { numRuns: 500 });
  });

  it('stay valid in every step of shrinking', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 60 }), (seed, steps) => {
        const arbitrary = anyModule();
        let current = moduleOfSeed(seed, { bodySizeMax: 30 });
        for (let step = 0; step < steps; step++) {
          const candidates = [...arbitrary.shrink(current, undefined).take(15)];
          if (candidates.length === 0) break;
          for (const { value } of candidates) checkValid(value);
          current = candidates[(seed + step) % candidates.length]!.value;
        }
      }),
      { numRuns: 15 },
    );
  });

  it('are a function of their seed', () => {
    for (let seed = 0; seed < 20; seed++) assert.deepEqual(moduleOfSeed(seed).bytes, moduleOfSeed(seed).bytes);
    assert.notDeepEqual(moduleOfSeed(1).bytes, moduleOfSeed(2).bytes);
  });

  it('exclude what the options exclude', () => {
    const options = { tailCalls: false, extendedConstants: false, hostNeeds: [], importedGlobals: false };
    for (let seed = 0; seed < 200; seed++) {
      const generated = moduleOfSeed(seed, options);
      assert.deepEqual([...generated.features], []);
      assert.isEmpty(decode(generated.bytes, LIMITS_1).module.imports);
    }
  });

  it('reach every instruction of the table', () => {
    const counts = new Map<string, number>();
    const missing = () => INSTRUCTIONS.filter(({ name }) => !counts.has(name)).map(({ name }) => name);
    let modules = 0;
    for (; modules < 20_000 && missing().length > 0; modules++) {
      countByName(decode(moduleOfSeed(modules).bytes, LIMITS_1).module, counts);
    }
    assert.deepEqual(missing(), []);
    const rarest = [...counts].sort((left, right) => left[1] - right[1]).slice(0, 6);
    console.log(
      `      all ${INSTRUCTIONS.length} instructions within ${modules} modules; rarest: ${rarest.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
  });

  it('are generated at 500 a second or more', () => {
    const sizes: number[] = [];
    const start = performance.now();
    for (let seed = 0; seed < 1_000; seed++) sizes.push(moduleOfSeed(seed).bytes.length);
    const perSecond = 1_000_000 / (performance.now() - start);
    const instructions = Array.from({ length: 200 }, (_, seed) => moduleOfSeed(seed).size).sort((a, b) => a - b);
    console.log(
      `      ${Math.round(perSecond)} modules a second; instructions: median ${instructions[100]}, greatest of 200 ${instructions[199]}`,
    );
    // A tenth of the target, because the speed on a loaded machine proves nothing about the code.
    assert.isAbove(perSecond, 50);
  });

  for (const { name, sizeMax, fails } of PLANTED) {
    it(`shrink to a few instructions: ${name}`, () => {
      const sizes: number[] = [];
      for (const seed of [1, 2, 3]) {
        const smallest = shrunk(fails, seed);
        assert.isAtMost(smallest.size, sizeMax, smallest.text);
        assert.isAtMost(smallest.program.functions.length, 3);
        sizes.push(smallest.size);
      }
      console.log(`      ${sizes.join(', ')} instructions`);
    });
  }
});
