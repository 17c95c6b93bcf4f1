/** Comments and pages cite only what a reader can open and use the usual words; lines of Markdown are at most 120 wide. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';

const WIDTH_MAX = 120;
const FOLDERS = ['src', 'spec', 'bench', 'docs', 'vectors', 'web'];
/** Sources of crates and packages that are copied or built beside the vectors. */
const NOT_OURS = /node_modules|\/target\/|\/crates\//;

const ALL = [
  ...readdirSync('.').filter((name) => /\.(md|js|json)$/.test(name)),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
].filter((path) => !NOT_OURS.test(path));
const BASENAMES = new Set(ALL.map((path) => basename(path)));
const PAGES = ALL.filter((path) => path.endsWith('.md'));
const SOURCES = ALL.filter((path) => /\.(ts|mjs)$/.test(path));

function withoutCode(page: string): string {
  return page.replaceAll(/^```.*?^```$/gms, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** The anchor that GitHub makes from a heading. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

const headingsOf = (page: string): readonly string[] =>
  [...withoutCode(readFileSync(page, 'utf8')).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => heading!);

const commentsOf = (source: string): string =>
  [...source.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm)]
    .map(([comment]) => comment.replaceAll(/\n\s*\*/g, ''))
    .join('\n');

/** The page meant by a name without its folder: `SEMANTICS`, `docs/ABI.md`. */
function pageOf(name: string): string {
  const file = `${name.replace(/^docs\//, '').replace(/\.md$/, '')}.md`;
  return existsSync(join('docs', file)) ? `docs/${file}` : file;
}

/** Citations of pages and their numbered sections that do not exist. */
function badCitations(text: string): readonly string[] {
  const bad: string[] = [];
  for (const [cited, name] of text.matchAll(/(?<![\w/.-])(docs\/[\w-]+\.md|[A-Z]{3,}\.md)/g)) {
    if (!existsSync(pageOf(name!))) bad.push(cited);
  }
  const sections =
    /\b(docs\/\w+\.md|SEMANTICS|ABI|FUEL|HOLOCHAIN)(?:\.md)?(?:\]\([^)]*\))?(?:,? sections? | )(\d+)((?:(?:, | and | to )\d+)*)/g;
  for (const [cited, name, first, more] of text.matchAll(sections)) {
    const numbers = [first!, ...more!.split(/, | and | to /).filter((number) => number !== '')];
    const headings = headingsOf(pageOf(name!));
    if (numbers.some((number) => !headings.some((heading) => heading.startsWith(`${number}. `)))) bad.push(cited);
  }
  for (const [cited] of text.matchAll(/\b[Ii]ssue \d+|\bDESIGN\.md|\bANCHORS\.md|\bSTYLE\.md/g)) bad.push(cited);
  return bad;
}

/** `command-NAME.ts`. */
const isPattern = (name: string): boolean => /\b(?:NAME|VERSION)\b/.test(name);

/** Names of files, in backquotes, that are not in the repository. */
function missingFiles(text: string): readonly string[] {
  const missing: string[] = [];
  for (const [, path] of text.matchAll(/`((?:src|spec|bench|docs|vectors)\/[\w./-]+)`/g)) {
    if (!isPattern(path!) && !existsSync(path!)) missing.push(path!);
  }
  for (const [, name] of text.matchAll(/`(?:[\w-]+\/)*([\w-]+(?:\.spec)?\.ts)`/g)) {
    if (!isPattern(name!) && !BASENAMES.has(name!)) missing.push(name!);
  }
  return missing;
}

/** Idioms that readers stumbled over, each with the usual words. Only forms without another meaning are listed. */
const IDIOMS: readonly (readonly [idiom: RegExp, instead: string])[] = [
  [/\bto be had\b/i, 'is available'],
  [/\b(?:has|have|had) need of\b/i, 'needs'],
  [/\b(?:dearer|dearest)\b/i, 'more expensive, most expensive'],
  [/\b(?:is|are|was|were|be) told\b/i, 'receives, is reported'],
  [/\btold apart\b/i, 'distinguished'],
  [/\bstands? (?:in|at|still|where|before|behind|beside)\b(?! for\b)/i, 'is in, is at, is constant'],
  [/\b(?:function|guest|host|zome|export|module|it) answers (?:an?|the|with|no|what)\b/i, 'returns'],
  [/\bgone on with\b/i, 'resumed, continued'],
];

function idiomsIn(text: string): readonly string[] {
  const plain = text.replaceAll(/`[^`\n]*`/g, '').replaceAll(/\s+/g, ' ');
  return IDIOMS.flatMap(([idiom, instead]) => {
    const [found] = idiom.exec(plain) ?? [];
    return found === undefined ? [] : [`"${found}": write ${instead}`];
  });
}

describe('tidy', () => {
  it('pages and comments of the code use the usual words', () => {
    const texts = [
      ...PAGES.map((path) => [path, withoutCode(readFileSync(path, 'utf8'))] as const),
      ...SOURCES.filter((path) => path.startsWith('src/')).map(
        (path) => [path, commentsOf(readFileSync(path, 'utf8'))] as const,
      ),
    ];
    expect(texts.flatMap(([path, text]) => idiomsIn(text).map((found) => `${path}: ${found}`))).to.deep.equal([]);
    expect(idiomsIn('A field is told by its name; it answers the rest.')).to.have.length(2);
    expect(idiomsIn('X stands for y, the answers of a user, and a standard `stands in`.')).to.deep.equal([]);
  });

  it('comments and pages cite pages and sections that exist', () => {
    const bad = [
      ...PAGES.map((path) => [path, withoutCode(readFileSync(path, 'utf8'))] as const),
      ...SOURCES.map((path) => [path, commentsOf(readFileSync(path, 'utf8'))] as const),
    ].flatMap(([path, text]) => badCitations(text).map((cited) => `${path}: ${cited}`));
    expect(bad).to.deep.equal([]);
  });

  it('comments and pages name files that exist', () => {
    const bad = [
      ...PAGES.map((path) => [path, withoutCode(readFileSync(path, 'utf8'))] as const),
      ...SOURCES.map((path) => [path, commentsOf(readFileSync(path, 'utf8'))] as const),
    ].flatMap(([path, text]) => missingFiles(text).map((name) => `${path}: ${name}`));
    expect(bad).to.deep.equal([]);
  });

  it('links lead to headings that exist', () => {
    const bad = PAGES.flatMap((path) => {
      const links = [...withoutCode(readFileSync(path, 'utf8')).matchAll(/\]\(([^)\s]*)#([^)]+)\)/g)];
      return links.flatMap(([link, target, anchor]) => {
        if (target!.startsWith('http')) return [];
        const page = target === '' ? path : join(dirname(path), target!);
        return existsSync(page) && headingsOf(page).map(anchorOf).includes(anchor!) ? [] : [`${path}: ${link}`];
      });
    });
    expect(bad).to.deep.equal([]);
  });

  it('lines of pages are at most 120 wide, except in tables and code', () => {
    const wide = PAGES.flatMap((path) => {
      const lines = withoutCode(readFileSync(path, 'utf8')).split('\n');
      return lines.flatMap((line, at) => {
        const isApart = line.startsWith('|') || /^ {4}\S/.test(line) || !line.trim().includes(' ');
        return isApart || line.length <= WIDTH_MAX ? [] : [`${path}:${at + 1}, ${line.length} wide`];
      });
    });
    expect(wide).to.deep.equal([]);
  });

  it('figures of the README are those of BENCH', () => {
    const bench = readFileSync('docs/BENCH.md', 'utf8');
    const figures = new Set(bench.match(/\d+(?:\.\d+)?/g));
    const rows = readFileSync('README.md', 'utf8').split('\n| measured')[1]!.split('\n\n')[0]!.split('\n').slice(2);
    const said = rows.flatMap((row) =>
      row
        .split('|')
        .slice(2, 4)
        .map((cell) => cell.trim()),
    );
    expect(said).to.have.length(10);
    expect(said.filter((figure) => !figures.has(figure))).to.deep.equal([]);
  });

  it('detects citations of what is missing', () => {
    expect(badCitations('see docs/NOTHING.md')).to.deep.equal(['docs/NOTHING.md']);
    expect(badCitations('SEMANTICS 99')).to.deep.equal(['SEMANTICS 99']);
    expect(badCitations('docs/ABI.md, sections 2 and 77')).to.have.length(1);
    expect(badCitations('docs/SEMANTICS.md, sections 6 to 8; Issue 2 says so')).to.deep.equal(['Issue 2']);
    expect(missingFiles('as `src/nothing.ts` and `engine.ts` and `nowhere.ts` say')).to.deep.equal([
      'src/nothing.ts',
      'nothing.ts',
      'nowhere.ts',
    ]);
  });
});
