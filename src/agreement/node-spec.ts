/**
 * Nodes by their names, as a command line and a replay file write them:
 *
 *     NAME[@TIER][+VARIATION...]           interpreter  instrumented+warm  worker@interpreter  jitless+shuffled
 *     process[@TIER]:PROGRAM [FLAG...]     process:/opt/bun  process:node --stack-size=400
 *     golden:FOLDER                        golden:vectors/receipts
 */
import type { Tier } from '../engine/tier.js';
import { TIERS } from '../engine/tier.js';
import type { AgreementNode } from './node.js';
import { engineNode } from './node-engine.js';
import { goldenNode } from './node-golden.js';
import { hostLogNode } from './node-host-log.js';
import { processNode } from './node-process.js';
import { VARIATIONS, type Variation, variedNode } from './node-variations.js';
import { workerNode } from './node-worker.js';

interface Preset {
  readonly digestPagesMax?: number;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Processes of the current runtime, each with one setting that must not matter. */
const PROCESSES: Readonly<Record<string, Preset>> = {
  process: {},
  jitless: { flags: ['--jitless'], digestPagesMax: 0 },
  'no-opt': { flags: ['--no-opt'], digestPagesMax: 0 },
  'always-opt': { flags: ['--always-sparkplug', '--interrupt-budget=1000'] },
  'liftoff-only': { flags: ['--liftoff-only'] },
  'no-liftoff': { flags: ['--no-liftoff'] },
  'small-stack': { flags: ['--stack-size=500'] },
  'small-heap': { flags: ['--max-old-space-size=96'] },
  'stress-gc': { flags: ['--gc-interval=2000'] },
  locale: { environment: { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' } },
};

const WORKERS: Readonly<Record<string, { readonly stackMegabytes?: number; readonly heapMegabytes?: number }>> = {
  worker: {},
  'small-worker': { stackMegabytes: 1, heapMegabytes: 64 },
};

/** Names that `parseNode` accepts, for help texts. */
export const NODE_NAMES: readonly string[] = [
  ...TIERS,
  'host-log',
  ...Object.keys(WORKERS),
  ...Object.keys(PROCESSES),
  'golden:FOLDER',
];

/** The nodes of a check that sets none: every tier in this process, fresh and warm, a thread, a process without JIT. */
export const DEFAULT_NODES: readonly string[] = [
  'interpreter',
  'instrumented',
  'interpreter+fresh',
  'instrumented+warm+shuffled',
  'worker',
  'jitless',
  'locale',
];

const SPEC = /^([a-z-]+)(?:@([a-z]+))?((?:\+[a-z]+)*)(?::(.+))?$/s;

/** @throws RangeError for an unknown name, listing the known ones */
export function parseNode(spec: string): AgreementNode {
  const match = SPEC.exec(spec);
  if (match === null) throw unknown(spec);
  const [, name = '', tier = 'auto', suffixes = '', argument] = match;
  if (!isTier(tier)) throw new RangeError(`unknown tier '${tier}'; use one of ${TIERS.join(', ')}`);
  const words = suffixes.split('+').slice(1);
  const fresh = words.includes('fresh');
  const warm = words.includes('warm');
  const variations = words.filter((word) => word !== 'fresh' && word !== 'warm');
  for (const word of variations) {
    if (!(VARIATIONS as readonly string[]).includes(word)) throw unknown(spec);
  }
  if ((fresh || warm) && !isTier(name)) throw unknown(spec);
  const plain = plainNode(spec, name, tier, argument, { fresh, warm });
  return named(spec, isTier(name) ? name : tier, (variations as Variation[]).reduce(variedNode, plain));
}

function plainNode(
  spec: string,
  name: string,
  tier: Tier,
  argument: string | undefined,
  { fresh, warm }: { readonly fresh: boolean; readonly warm: boolean },
): AgreementNode {
  if (name === 'golden' && argument !== undefined) return goldenNode(argument);
  if (name === 'process' && argument !== undefined) {
    const [command = '', ...flags] = argument.split(' ').filter((word) => word !== '');
    return processNode({ command: command === 'node' ? process.execPath : command, flags, tier });
  }
  if (argument !== undefined) throw unknown(spec);
  if (isTier(name)) {
    return engineNode({
      tier: name,
      engine: fresh ? 'fresh' : 'reused',
      cache: warm ? 'warm' : 'cold',
    });
  }
  if (name === 'host-log') return hostLogNode({ tier });
  const worker = Object.hasOwn(WORKERS, name) ? WORKERS[name] : undefined;
  if (worker !== undefined) return workerNode({ tier, ...worker });
  const preset = Object.hasOwn(PROCESSES, name) ? PROCESSES[name] : undefined;
  if (preset !== undefined) return processNode({ command: process.execPath, tier, ...preset });
  throw unknown(spec);
}

function isTier(name: string): name is Tier {
  return (TIERS as readonly string[]).includes(name);
}

function named(name: string, tier: Tier, node: AgreementNode): AgreementNode {
  return {
    name,
    tier,
    describe: () => node.describe(),
    run: (module, calls) => node.run(module, calls),
    close: () => node.close(),
  };
}

function unknown(spec: string): RangeError {
  return new RangeError(
    `unknown node '${spec}'; nodes are ${NODE_NAMES.join(', ')} and process:PROGRAM, with @TIER and +${[...VARIATIONS, 'fresh', 'warm'].join(', +')}`,
  );
}

/** Parses all or none: nodes that were made are closed if a later name is wrong. */
export async function parseNodes(specs: readonly string[]): Promise<readonly AgreementNode[]> {
  const nodes: AgreementNode[] = [];
  try {
    for (const spec of specs) nodes.push(parseNode(spec));
    return nodes;
  } catch (error) {
    await closeNodes(nodes);
    throw error;
  }
}

export async function closeNodes(nodes: readonly AgreementNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.close()));
}

/**
 * Passes nodes to `use`: those that are given by name are created before and closed after.
 * @param nodes default: `DEFAULT_NODES`
 */
export async function withNodes<T>(
  nodes: readonly (AgreementNode | string)[] = DEFAULT_NODES,
  use: (nodes: readonly AgreementNode[]) => Promise<T>,
): Promise<T> {
  const named = await parseNodes(nodes.filter((node) => typeof node === 'string'));
  const made = named[Symbol.iterator]();
  try {
    return await use(nodes.map((node) => (typeof node === 'string' ? (made.next().value as AgreementNode) : node)));
  } finally {
    await closeNodes(named);
  }
}
