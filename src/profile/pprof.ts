/**
 * A profile as `pprof` reads it (https://github.com/google/pprof/blob/main/proto/profile.proto), gzipped: samples of
 * fuel, each a stack. It contains no time, so the bytes are the same on every machine.
 */
import { gzipSync } from 'fflate';
import {
  Line,
  Location,
  Profile as Pprof,
  Function as PprofFunction,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { Profile, ProfileFrame } from './profile.js';
import { stackOf } from './stack-of.js';

const PLACE = /^(.*):(\d+)$/s;

export function pprofBytes(profile: Profile): Uint8Array {
  const strings = new StringTable();
  const text = (value: string): number => strings.dedup(value);
  const type = (name: string) => new ValueType({ type: text(name), unit: text('count') });
  // Numbers of locations and functions are those of frames from 1.
  const functions = profile.frames.map((frame, i) => functionOf(frame, i + 1, text));
  const location = profile.frames.map(
    ({ source }, i) =>
      new Location({
        id: i + 1,
        line: [new Line({ functionId: i + 1, line: Number(PLACE.exec(source ?? '')?.[2] ?? 0) })],
      }),
  );
  const sample: Sample[] = [];
  profile.nodes.forEach(({ self, calls }, i) => {
    if (i === 0 || (self === 0 && calls === 0)) return;
    // Innermost first.
    const locationId = stackOf(profile, i).reverse();
    sample.push(new Sample({ locationId: locationId.map((frame) => frame + 1), value: [self, calls] }));
  });
  const sampleType = [type('fuel'), type('calls')];
  const pprof = new Pprof({
    sampleType,
    sample,
    location,
    function: functions,
    defaultSampleType: text('fuel'),
    comment: [text(`receipt ${profile.receipts[0] ?? ''}`)],
    stringTable: strings,
  });
  return gzipSync(pprof.encode(), { mtime: 0 });
}

function functionOf({ name, source, index }: ProfileFrame, id: number, text: (value: string) => number): PprofFunction {
  const [, file = '', line = '0'] = PLACE.exec(source ?? '') ?? [];
  const systemName = index === undefined ? name : `func[${index}]`;
  return new PprofFunction({
    id,
    name: text(name),
    systemName: text(systemName),
    filename: text(file),
    startLine: Number(line),
  });
}
