/**
 * A page of the Kubernetes documentation as a transcript: its lines in its order, what it says that they print, and the
 * lines that a simulated node cannot follow.
 *
 * ```
 * tasks/run-application/run-stateless-application-deployment
 * example application/deployment.yaml     a manifest of k8s.io/examples, in words of our own; the text follows, indented
 * file patch.yaml                         a file that the page tells its reader to write
 * $ kubectl apply -f https://k8s.io/examples/application/deployment.yaml
 * = deployment.apps/nginx-deployment created
 * ! kubectl apply -f …                    a line that the page says fails
 * & kubectl get pods -w                   a second terminal: it goes on while the next line runs
 * + kubectl annotate …                     a line of ours, which the page does not have
 * - exec: kubectl exec …                  a line that cannot be followed, with the key of why
 * ```
 *
 * `=` is a line of the output, `=3` one that is there three times; `…` in it stands for anything.
 */
import { REASONS, type Reason } from './reasons.ts';

export interface Expected {
  text: string;
  /** Left out: at least once. */
  times?: number;
}

export interface Step {
  kind: 'runs' | 'fails' | 'watches' | 'prepares';
  line: string;
  expected: Expected[];
}

export interface Left {
  line: string;
  why: Reason;
}

export interface Page {
  path: string;
  files: Map<string, string>;
  steps: Step[];
  left: Left[];
}

const KINDS: Record<string, Step['kind']> = { $: 'runs', '!': 'fails', '&': 'watches', '+': 'prepares' };

export function parsePage(text: string): Page {
  const [path = '', ...lines] = text.split('\n');
  const page: Page = { path: path.trim(), files: new Map(), steps: [], left: [] };
  let more: (line: string) => void = () => fail(page, 'an indented line that belongs to nothing');
  for (const line of lines) {
    if (line.startsWith('  ')) more(line.slice(2));
    else if (line.trim() !== '' && !line.startsWith('#')) more = take(page, line);
  }
  if (page.steps.length === 0) fail(page, 'no line that is run');
  return page;
}

/** Takes up a line; answers with what takes up the indented lines below it. */
function take(page: Page, line: string): (line: string) => void {
  const file = /^(example|file) (\S+)$/.exec(line);
  if (file) {
    const name = file[1] === 'example' ? `examples/${file[2]}` : `${file[2]}`;
    page.files.set(name, '');
    return (more) => page.files.set(name, `${page.files.get(name)}${more}\n`);
  }
  const left = /^- (\w+): (.+)$/.exec(line);
  if (left) {
    const [, why = '', words = ''] = left;
    if (!(why in REASONS)) fail(page, `no such reason: ${why}`);
    page.left.push({ line: words, why: why as Reason });
    return () => fail(page, `more than one line: ${words}`);
  }
  const expected = /^=(\d*) (.*)$/.exec(line);
  if (expected) {
    const [, times = '', words = ''] = expected;
    const step = page.steps.at(-1) ?? fail(page, `no step before: ${line}`);
    step.expected.push(times === '' ? { text: words } : { text: words, times: Number(times) });
    return () => fail(page, `more than one line: ${words}`);
  }
  const kind = KINDS[line.slice(0, 1)];
  if (!kind || line[1] !== ' ') return fail(page, `not understood: ${line}`);
  const step: Step = { kind, line: line.slice(2), expected: [] };
  page.steps.push(step);
  return (more) => {
    step.line += `\n${more}`;
  };
}

function fail(page: Page, what: string): never {
  throw new Error(`${page.path}: ${what}`);
}
