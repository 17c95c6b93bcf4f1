/**
 * Packs `notebook-G.happ` out of the modules that cargo has built: `node vectors/zome/notebook/pack.mjs G FOLDER`, with the
 * generation (0.6 or 0.7) and the folder of the modules. Run from the root.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';

const [generation, folder] = process.argv.slice(2);
const packed = (manifest, resources) => gzipSync(encode({ manifest, resources }), { level: 9 });
const depends = [{ name: 'notebook_integrity' }];
const dna = packed(
  {
    manifest_version: '0',
    name: 'notebook',
    integrity: {
      network_seed: null,
      properties: null,
      zomes: [{ name: 'notebook_integrity', path: 'notebook_integrity.wasm', dependencies: null }],
    },
    // One module under two names: a coordinator that calls another.
    coordinator: {
      zomes: ['notebook', 'archive'].map((name) => ({ name, path: 'notebook.wasm', dependencies: depends })),
    },
  },
  Object.fromEntries(
    ['notebook_integrity.wasm', 'notebook.wasm'].map((name) => [name, readFileSync(join(folder, name))]),
  ),
);
const happ = packed(
  {
    manifest_version: '0',
    name: 'notebook',
    description: null,
    roles: [{ name: 'notebook', provisioning: { strategy: 'create', deferred: false }, dna: { path: 'notebook.dna', clone_limit: 0 } }],
  },
  { 'notebook.dna': dna },
);
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), `notebook-${generation}.happ`), happ);
