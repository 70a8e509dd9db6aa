/** Writes docs/tutorials.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from './pages.ts';
import { tableOf } from './transcript/table.ts';

writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'tutorials.md'), tableOf(PAGES));
