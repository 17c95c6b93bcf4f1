/** A child's program: one hostile case, by name. It writes one line of JSON: the result and the processor time. */
import { caseOf } from './hostile-cases.js';

const [name = ''] = process.argv.slice(2);
const began = process.cpuUsage();
const message = await caseOf(name).run();
const { user, system } = process.cpuUsage(began);
process.stdout.write(`${JSON.stringify({ message, seconds: (user + system) / 1e6 })}\n`, () => process.exit(0));
