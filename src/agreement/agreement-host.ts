/** A zome host for the zomes that nodes run, with their dependencies. */
import type { Loaded } from '../base/fault.js';
import { anyValue } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import type { Engine } from '../engine/engine.js';
import { createZomeHost } from '../zome/create-zome-host.js';
import { readDependencies, sourceOfDependencies } from '../zome/dependency-file.js';
import type { DependencySource } from '../zome/dependency-source.js';
import type { ZomeHost } from '../zome/zome-host.js';
import type { AgreementZomes } from './agreement-call.js';

export interface AgreementHost {
  readonly host: ZomeHost;
  readonly dependencies?: DependencySource;
  readonly zome?: string;
}

/**
 * The host, or why a zome cannot be loaded or linked.
 * @throws RangeError for dependencies that are not of the host's generation, or zomes that no DNA could have
 */
export async function agreementHost(
  engine: Pick<Engine, 'load' | 'limits'>,
  { zomes, dnaInfo, generation, dependencies, zome }: AgreementZomes,
): Promise<Loaded<AgreementHost>> {
  const made = await createZomeHost({
    engine,
    zomes,
    ...(dnaInfo === undefined ? {} : { dnaInfo }),
    ...(generation === undefined ? {} : { generation }),
  });
  if (!made.ok) return made;
  const { host } = made;
  const value: AgreementHost = {
    host,
    ...(dependencies === undefined ? {} : { dependencies: sourceOf(dependencies, host) }),
    ...(zome === undefined ? {} : { zome }),
  };
  return { ok: true, value };
}

function sourceOf(bytes: Uint8Array, { generation }: ZomeHost): DependencySource {
  const decoded = decodeBytes(anyValue, bytes);
  const read = decoded.ok ? readDependencies(decoded.value, generation) : decoded;
  if (read.ok) return sourceOfDependencies(read.value, generation);
  throw new RangeError(`not dependencies of generation ${generation}: ${read.error.reason} at ${read.error.path}`);
}
