/**
 * Synthetic traces: `zipf:objects=1000,alpha=0.9,sizes=lognormal,requests=100000`. The same law and seed give the same
 * trace. The requested objects and their sizes follow two independent laws.
 */
import { RandomChoice, SeededSource } from '../../src/agreement/random-choice.js';
import { loadPrice, type Trace, traceOf } from './trace.js';

const UINT32 = 2 ** 32;

/** The parameters of a law, and their defaults. */
const NUMBERS = {
  requests: 100_000,
  objects: 2_000,
  /** Exponent of Zipf's law: the object of rank r is requested in proportion to 1 / r^alpha. */
  alpha: 0.9,
  /** Share of requests that belong to scans, or request an object that is never requested again. */
  share: 0.3,
  /** Objects of a scan; requests of a phase. */
  length: 500,
  /** Ranks by which the popularity of all objects moves after each phase. */
  step: 200,
  /** Median of the sizes in bytes; the minimum for `pareto`; half of the maximum for `uniform`. */
  size: 1_000,
  /** For sizes: the deviation of their logarithm for `lognormal`, the exponent for `pareto`. */
  spread: 1,
};
type Numbers = { readonly [N in keyof typeof NUMBERS]: number };

class Draw {
  readonly #choice: RandomChoice;

  constructor(seed: number) {
    this.#choice = new RandomChoice(new SeededSource(seed));
  }

  /** At least 0 and less than 1, out of 2^32 values. */
  unit(): number {
    return this.#choice.below(UINT32) / UINT32;
  }

  below(count: number): number {
    return this.#choice.below(count);
  }

  /** Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }
}

interface Law {
  readonly about: string;
  /** The next object, from 0. */
  requests(numbers: Numbers, draw: Draw): () => number;
}

/**
 * By bisection in the sums of the weights, rounded to 2^-32, so that hosts whose powers differ in the last bit agree.
 */
function zipf({ objects, alpha }: Numbers, draw: Draw): () => number {
  const sums = new Float64Array(objects);
  let sum = 0;
  for (let i = 0; i < objects; i++) {
    sum += 1 / (i + 1) ** alpha;
    sums[i] = sum;
  }
  for (let i = 0; i < objects; i++) sums[i] = Math.round((sums[i] / sum) * UINT32);
  return () => {
    const at = draw.below(UINT32);
    let [low, high] = [0, objects - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

export const LAWS: Readonly<Record<string, Law>> = {
  zipf: { about: 'by Zipf: rank r in proportion to 1 / r^alpha', requests: zipf },
  uniform: {
    about: 'every object as often',
    requests:
      ({ objects }, draw) =>
      () =>
        draw.below(objects),
  },
  loop: {
    about: 'all objects in turn, again and again',
    requests: ({ objects }) => {
      let next = -1;
      return () => {
        next = (next + 1) % objects;
        return next;
      };
    },
  },
  scan: {
    about: 'by Zipf, and between that scans of `length` objects that nobody asks for again, `share` of all requests',
    requests: (numbers, draw) => {
      const popular = zipf(numbers, draw);
      let fresh = numbers.objects;
      let left = 0;
      return () => {
        if (left === 0 && draw.unit() * numbers.length * (1 - numbers.share) < numbers.share) left = numbers.length;
        if (left === 0) return popular();
        left -= 1;
        fresh += 1;
        return fresh - 1;
      };
    },
  },
  once: {
    about: 'by Zipf, and `share` of all requests for objects that nobody asks for again',
    requests: (numbers, draw) => {
      const popular = zipf(numbers, draw);
      let fresh = numbers.objects;
      return () => {
        if (draw.unit() >= numbers.share) return popular();
        fresh += 1;
        return fresh - 1;
      };
    },
  },
  shift: {
    about: 'by Zipf, the popularity of all objects moving by `step` ranks after each `length` requests',
    requests: (numbers, draw) => {
      const popular = zipf(numbers, draw);
      let count = 0;
      return () => {
        const moved = Math.floor(count / numbers.length) * numbers.step;
        count += 1;
        return (popular() + moved) % numbers.objects;
      };
    },
  },
  phases: {
    about:
      'in turn by Zipf, a loop over half of the objects and objects that nobody asks for again, `length` requests each',
    requests: (numbers, draw) => {
      const popular = zipf(numbers, draw);
      const half = Math.max(1, numbers.objects >>> 1);
      let [count, fresh] = [0, numbers.objects];
      return () => {
        const phase = Math.floor(count / numbers.length) % 3;
        count += 1;
        if (phase === 0) return popular();
        if (phase === 1) return numbers.objects - 1 - (count % half);
        fresh += 1;
        return fresh - 1;
      };
    },
  },
};

interface SizeLaw {
  readonly about: string;
  size(numbers: Numbers, draw: Draw): number;
}

export const SIZE_LAWS: Readonly<Record<string, SizeLaw>> = {
  fixed: { about: 'all of `size` bytes', size: ({ size }) => size },
  uniform: { about: '1 to 2 `size` bytes', size: ({ size }, draw) => 1 + draw.below(2 * size) },
  lognormal: {
    about: 'lognormal, median `size`, deviation of the logarithm `spread`',
    size: ({ size, spread }, draw) => size * Math.exp(spread * draw.normal()),
  },
  pareto: {
    about: 'Pareto, from `size` bytes, exponent `spread`',
    size: ({ size, spread }, draw) => size / (1 - draw.unit()) ** (1 / spread),
  },
};
const SIZE_MAX = 0xffff_ffff;

/** Whether a text names a law and not a path. */
export function isLaw(text: string): boolean {
  return Object.hasOwn(LAWS, text.split(':')[0]);
}

export class LawFault extends Error {}

/** @throws LawFault for a text that is not a law */
export function syntheticTrace(text: string, seed: number): Trace {
  const { law, numbers, sizes } = parsed(text);
  const next = LAWS[law].requests(numbers, new Draw(seed));
  // A separate source, so that the requested objects do not depend on their sizes.
  const sizeDraw = new Draw(seed ^ 0x5eed);
  const known = new Map<number, { id: bigint; size: number; price: number }>();
  const requests = Array.from({ length: numbers.requests }, () => {
    const object = next();
    const before = known.get(object);
    if (before !== undefined) return before;
    const size = Math.min(SIZE_MAX, Math.max(1, Math.floor(SIZE_LAWS[sizes].size(numbers, sizeDraw))));
    const request = { id: BigInt(object + 1), size, price: loadPrice(size) };
    known.set(object, request);
    return request;
  });
  const said = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  const about = `${LAWS[law].about}; sizes ${SIZE_LAWS[sizes].about}; ${said.join(', ')}, seed ${seed}`;
  return traceOf(text, about, requests);
}

function parsed(text: string): { law: string; numbers: Numbers; sizes: string } {
  const [law, rest = ''] = text.split(':');
  if (!isLaw(text)) throw new LawFault(`'${law}' is no law: ${Object.keys(LAWS).join(', ')}`);
  const numbers: Record<string, number> = { ...NUMBERS };
  let sizes = 'lognormal';
  for (const part of rest.split(',').filter((each) => each !== '')) {
    const [key, value = ''] = part.split('=');
    if (key === 'sizes') {
      if (!Object.hasOwn(SIZE_LAWS, value)) {
        throw new LawFault(`sizes=${value} is no law of sizes: ${Object.keys(SIZE_LAWS).join(', ')}`);
      }
      sizes = value;
    } else if (Object.hasOwn(NUMBERS, key) && value !== '' && Number(value) >= 0 && Number.isFinite(Number(value))) {
      numbers[key] = Number(value);
    } else throw new LawFault(`'${part}' is none of ${Object.keys(NUMBERS).join('=, ')}= with a number, or sizes=`);
  }
  for (const name of ['requests', 'objects', 'length', 'size']) {
    if (numbers[name] < 1 || !Number.isSafeInteger(numbers[name]))
      throw new LawFault(`${name} must be a whole number from 1`);
  }
  return { law, numbers: numbers as Numbers, sizes };
}
