/** The pages that are played, from the folder of transcripts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, parsePage } from './transcript/parse.ts';

const FOLDER = join(import.meta.dirname, 'pages');

export const PAGES: readonly Page[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => parsePage(readFileSync(join(FOLDER, name), 'utf8')))
  .sort((a, b) => (a.path < b.path ? -1 : 1));
