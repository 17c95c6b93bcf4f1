/**
 * A child's program: the vectors, verified by the built package's command in a process that SES locks down before the package is
 * imported, or after. Usage: node lockdown-run.js before|after
 */
const [when] = process.argv.slice(2);
const built = (path: string) => import(new URL(`../../package/${path}.js`, import.meta.url).href);

async function lockDown(): Promise<void> {
  await import('ses');
  lockdown({ reporting: 'none' });
}

if (when === 'before') await lockDown();
for (const entry of ['engine/index', 'zome/index', 'store/index', 'agreement/index']) await built(entry);
if (when === 'after') await lockDown();
if (!Object.isFrozen(Array.prototype)) throw new Error('nothing is locked down');
process.argv.splice(2, Infinity, 'vectors', 'verify');
await built('cli/main');
