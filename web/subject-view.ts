/** The opened file: the roles of a bundle, modules, their imports, their types. */
import { byId, facts, grouped, make } from './elements.js';
import type { Opened, OpenedModule, OpenedRole, ZomeTypesText } from './messages.js';

export function showSubject(opened: Opened): void {
  const { name, kind, roles, role, modules, generation, recorded } = opened;
  const about = [
    make('h2', name),
    ...(recorded === undefined ? [] : [make('p', `A replay file, ${recorded.about}.`)]),
    ...roles.map((one, i) => roleSection(one, i === role, kind === 'dna')),
    ...modules.map((module) => moduleSection(module, modules.length > 1, generation)),
  ];
  byId('identity').replaceChildren(...about);
}

function roleSection({ name, dna, hashes, seed, zomes }: OpenedRole, isOpen: boolean, isDna: boolean): HTMLElement {
  const rows = zomes.map((zome) => {
    const needs = zome.dependencies.length === 0 ? '' : `, needs ${zome.dependencies.join(', ')}`;
    const size = zome.bytes === undefined ? 'its module is not in the bundle' : `${grouped(zome.bytes)} bytes`;
    return make('li', `${zome.name}: ${zome.kind}, ${size}${needs}`);
  });
  const details = make('details', [
    make('summary', `${isDna ? 'DNA' : 'role'} ${name}${isOpen && !isDna ? ', open' : ''}`),
    facts([
      ['DNA', dna ?? 'not in the bundle'],
      ...hashes.map((hash) => ['hash', hash] as const),
      ...(seed === '' ? [] : [['network seed', seed] as const]),
    ]),
    make('ul', rows, 'zomes'),
  ]);
  details.open = isOpen;
  return details;
}

function moduleSection(module: OpenedModule, isNamed: boolean, generation: string | undefined): HTMLElement {
  const types = make('dd', '…');
  types.dataset['types'] = module.name;
  const list = facts([
    ['hash', module.hash],
    ['size', `${grouped(module.bytes)} bytes`],
    ['load price', `${grouped(module.loadPrice)} units`],
    ['instantiation', `${grouped(module.instantiationCharge)} units`],
    ['features', module.features.join(', ') || 'WebAssembly 1.0'],
    ...(generation === undefined ? [] : [['Holochain', `generation ${generation}`] as const]),
  ]);
  if (generation !== undefined) list.append(make('dt', 'entry types'), types);
  return make('section', [
    ...(isNamed ? [make('h3', module.name)] : []),
    list,
    listed(
      'imports',
      module.imports.map(({ name, type }) => `${name} ${type}`),
    ),
    listed(
      'exported functions',
      module.functions.map(({ name, params, results }) => `${name}(${params.join(', ')}) -> ${results}`),
    ),
  ]);
}

function listed(what: string, rows: readonly string[]): HTMLElement {
  const items = rows.map((row) => make('li', row));
  return make('details', [make('summary', `${rows.length} ${what}`), make('ul', items)]);
}

/** The types of integrity zomes; a coordinator has none. */
export function showTypes(types: ZomeTypesText): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-types]'))
    place.textContent = types.find(({ zome }) => zome === place.dataset['types'])?.text ?? 'none: it is a coordinator';
}
