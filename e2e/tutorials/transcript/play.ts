/** Follows a page, line by line, in a terminal, and tells what is not as the page says. */
import { missing } from './match.ts';
import type { Page, Step } from './parse.ts';

export interface Outcome {
  code: number;
  /** Of both streams, as a terminal shows it. */
  output: string;
}

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export interface Terminal {
  run(line: string): Promise<Outcome>;
  /** A line that goes on in a second terminal until it is ended. */
  watch(line: string): { output(): string; end(): void };
}

/** A line that changes nothing is asked again until the cluster has come to rest, as a reader does. */
const READS =
  /\bkubectl( -\S+)* (get|describe|logs|top|events|rollout (status|history)|config|api-|auth|explain|diff)\b/;
const CHANGES =
  /\bkubectl (create|apply|delete|run|expose|scale|patch|label|annotate|set|edit|replace|autoscale|drain|cordon|uncordon|taint|rollout (undo|restart|pause|resume)|config (set|use))/;

/** A CronJob of each minute begins within it. */
const PATIENCE = 90_000;
const PAUSE = 300;

/** Resolves to what is wrong, line by line; to nothing where all is as the page says. */
export async function play(page: Page, terminal: Terminal, clock: Clock): Promise<string[]> {
  const wrong: string[] = [];
  let watched: { step: Step; watch: ReturnType<Terminal['watch']> } | undefined;
  for (const step of page.steps) {
    if (step.kind === 'watches') {
      watched = { step, watch: terminal.watch(step.line) };
      continue;
    }
    wrong.push(...(await follow(step, terminal, clock)));
    if (watched) {
      const { watch } = watched;
      wrong.push(...(await until(watched.step, () => ({ code: 0, output: watch.output() }), clock, true)));
      watch.end();
      watched = undefined;
    }
  }
  return wrong;
}

function follow(step: Step, terminal: Terminal, clock: Clock): Promise<string[]> {
  return until(step, () => terminal.run(step.line), clock, READS.test(step.line) && !CHANGES.test(step.line));
}

async function until(
  step: Step,
  ask: () => Promise<Outcome> | Outcome,
  clock: Clock,
  again: boolean,
): Promise<string[]> {
  const end = clock.now() + PATIENCE;
  for (;;) {
    const { code, output } = await ask();
    const wrong = missing(step.expected, output);
    if ((code === 0) !== (step.kind !== 'fails')) wrong.push(`exit code ${code}`);
    if (wrong.length === 0) return [];
    if (!again || clock.now() > end) return [`${step.line}\n  ${wrong.join('\n  ')}\n${indented(output)}`];
    await clock.sleep(PAUSE);
  }
}

const indented = (text: string): string => text.trimEnd().replace(/^/gm, '    | ');
