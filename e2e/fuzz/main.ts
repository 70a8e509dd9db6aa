/**
 * `npm run fuzz -- [--minutes N] [--seed N] [TARGET …]`: generated input against every entry point of the API server, in
 * turns, each turn with a seed of its own. What fails is shrunk and printed with its seed, and the target goes on. Exits
 * with 1 where anything failed.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { ensureAssets } from '../../cli/local/assets.ts';
import type { Target, Trial } from './target.ts';
import { TARGETS } from './targets.ts';

const LIMITS = { cpuMs: 100 };
const TURN = { runs: 300, ms: 30_000 };
/** Failures of a target after which it is left alone. */
const ENOUGH = 10;

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) {
  const lines = TARGETS.map(({ name, about }) => `  ${name.padEnd(22)}${about}`);
  console.error([`no such target: ${unknown.join(', ')}; there are`, ...lines].join('\n'));
  process.exit(1);
}

const chosen = positionals.length === 0 ? TARGETS : TARGETS.filter(({ name }) => positionals.includes(name));
const end = Date.now() + Number(values.minutes) * 60_000;
const runs = new Map<string, number>();
const failures = new Map<string, Set<string>>();
let seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (chosen.some(({ name }) => name === 'http')) await ensureAssets(() => {}, 'api');

do {
  for (const target of chosen) {
    if (Date.now() >= end || (failures.get(target.name)?.size ?? 0) >= ENOUGH) continue;
    await turn(target, seed++);
  }
} while (Date.now() < end && chosen.some(({ name }) => (failures.get(name)?.size ?? 0) < ENOUGH));

for (const { name } of chosen) {
  console.log(`${name.padEnd(22)}${String(runs.get(name) ?? 0).padStart(9)} inputs${failed(name)}`);
}
process.exit(failures.size > 0 ? 1 : 0);

/** A service that does not start on a loaded machine is tried again in its next turn. */
async function opened({ name, open }: Target): Promise<Trial<unknown> | undefined> {
  try {
    return await open(LIMITS);
  } catch (error) {
    console.log(`\n${name} was not opened: ${(error as Error).message}`);
    return undefined;
  }
}

async function turn(target: Target, from: number): Promise<void> {
  const { name, input } = target;
  const trial = await opened(target);
  if (!trial) return;
  try {
    const result = await fc.check(
      fc.asyncProperty(input, async (value) => trial.attempt(value)),
      {
        seed: from,
        numRuns: TURN.runs,
        interruptAfterTimeLimit: Math.min(TURN.ms, Math.max(1, end - Date.now())),
        endOnFailure: false,
      },
    );
    runs.set(name, (runs.get(name) ?? 0) + result.numRuns);
    if (!result.failed || result.interrupted) return;
    const known = failures.get(name) ?? new Set();
    failures.set(name, known);
    const error = result.errorInstance as Error;
    const signature = String(error?.stack ?? error)
      .replace(/\d+/g, '#')
      .split('\n')
      .slice(0, 3)
      .join('\n');
    if (known.has(signature)) return;
    known.add(signature);
    console.log(
      `\n${name}: seed ${from}, path ${result.counterexamplePath}\n${JSON.stringify(result.counterexample?.[0])}`,
    );
    console.log(error?.stack ?? error);
  } finally {
    await trial.close?.();
  }
}

function failed(name: string): string {
  const count = failures.get(name)?.size ?? 0;
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'sort' : 'sorts'} of failure`;
}
