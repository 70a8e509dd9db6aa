/** Writes docs/kubectl.md of what the tests recorded. */
import { writeFileSync } from 'node:fs';
import { IN_CONTAINERS } from './containers.ts';
import { page, recordsOf, TABLE_FILE, tableOf } from './record.ts';
import { CASES } from './table.ts';

const simulated = tableOf(CASES, recordsOf('simulated'));
writeFileSync(TABLE_FILE, page(simulated, tableOf(IN_CONTAINERS, recordsOf('real'))));
