/** Calls a function in the interpreter once, so that V8 compiles the loop to bytecode; runs in a separate process. */
import { tierRunner } from '../../bench/guest-runners.js';
import { readRawGuests } from '../../bench/raw-guests.js';
import { TIERS } from '../../bench/tiers.js';

const [guest] = readRawGuests();
tierRunner(TIERS.get('interpreter')!).prepare(guest!)(guest!.args);
