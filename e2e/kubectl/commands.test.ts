/** Every command of kubectl with the real binary. What it did is recorded, for `npm run kubectl-table`. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './commands/bench.ts';
import { type Recorded, record, TABLE_FILE } from './commands/record.ts';
import { CASES, commandsOf } from './commands/table.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('kubectl', () => {
  let kubectl: Kubectl;
  let bench: Bench;
  let offered: string[] = [];
  let minor = 0;
  const results: Recorded['results'] = {};

  beforeAll(async () => {
    kubectl = await Kubectl.open();
    bench = new Bench(kubectl);
    await bench.prepare();
    offered = await commandsOf(async (command) => (await kubectl.run([...command, '--help'])).stdout);
    minor = Number.parseInt(JSON.parse(await kubectl.ok('version -o json')).clientVersion.minor, 10);
  });

  afterAll(async () => {
    record('simulated', { minor, results });
    await kubectl?.[Symbol.asyncDispose]();
  });

  test('each of its commands is tried, and stands in the table', async () => {
    const tried = new Set(CASES.map(({ command }) => command));
    expect(offered.filter((command) => !tried.has(command))).toEqual([]);
    const table = await readFile(TABLE_FILE, 'utf8');
    expect(CASES.filter(({ command }) => !table.includes(`| \`${command}\` |`))).toEqual([]);
  });

  test.each(CASES)('$command', async (each) => {
    // An older kubectl has fewer.
    if (!offered.includes(each.command)) return;
    try {
      await bench.run(each);
      results[each.command] = 'held';
    } catch (error) {
      results[each.command] = (error as Error).message;
      throw error;
    }
  });
});
