/** Runs lines on both sides, and tells where they differ. */
import { type Outcome, words } from '../kubectl.ts';
import type { Line } from './lines.ts';
import { masked } from './mask.ts';
import type { Side } from './side.ts';

/** Lines that change nothing are asked again until both clusters have come to rest. */
const REPEATABLE =
  /^(get|describe|logs|top|events|rollout status|rollout history|wait|auth|explain|api-|cluster-info|version|diff|.*--dry-run)/;
const PATIENCE = 12_000;

export interface Difference {
  line: string;
  real: Outcome;
  page: Outcome;
}

export async function compare(given: string | Line, real: Side, page: Side): Promise<Difference | undefined> {
  const { line, input, mask = [] } = typeof given === 'string' ? { line: given } : given;
  const clean = (outcome: Outcome): Outcome => {
    const all = (text: string): string =>
      masked(mask.reduce((kept, [pattern, replacement]) => kept.replace(pattern, replacement), text));
    return { code: outcome.code, stdout: all(outcome.stdout), stderr: all(outcome.stderr) };
  };
  const until = Date.now() + PATIENCE;
  for (;;) {
    const [first, second] = await Promise.all([real.run(words(line), input), page.run(words(line), input)]);
    const [left, right] = [clean(first), clean(second)];
    if (JSON.stringify(left) === JSON.stringify(right)) return undefined;
    if (!REPEATABLE.test(line) || Date.now() > until) return { line, real: left, page: right };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
