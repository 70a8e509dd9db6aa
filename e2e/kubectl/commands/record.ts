/** Records of runs of the cases, and the table that is made of them: docs/kubectl.md. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../cli/local/paths.ts';
import type { Case } from './case.ts';

export interface Recorded {
  /** Of kubectl. */
  minor: number;
  /** By command: `held`, or what went otherwise. */
  results: Record<string, string>;
}

export const TABLE_FILE = join(ROOT, 'docs', 'kubectl.md');

export type Where = 'simulated' | 'real';

const FOLDER = join(ROOT, 'dist', 'kubectl');

export function record(where: Where, recorded: Recorded): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${where}-1.${recorded.minor}.json`), JSON.stringify(recorded));
}

export function recordsOf(where: Where): Recorded[] {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.startsWith(where)) : [];
  return names.map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recorded);
}

const INTRODUCTION = `# kubectl

Every command of kubectl is tried with the real binary, by \`e2e/kubectl/commands.test.ts\` on simulated nodes and by
\`e2e/nodes/commands.test.ts\` in real containers. This page is written by \`npm run kubectl-table\`, of what those tests
recorded.
`;

/** One table: \`records\`, by version of kubectl. */
export function tableOf(cases: readonly Case[], records: readonly Recorded[]): string {
  const minors = records.map(({ minor }) => minor).sort((a, b) => a - b);
  const heads = ['command', 'tried', ...minors.map((minor) => `1.${minor}`), 'why not'];
  const rows = cases.map(({ command, flags, reason }) => {
    const cells = minors.map((minor) =>
      resultOf(records.find((each) => each.minor === minor)?.results[command], reason),
    );
    return [`\`${command}\``, flags.replaceAll('|', '\\|'), ...cells, reason ?? ''];
  });
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A case with a reason shows that it does not work, and what is said instead. */
function resultOf(recorded: string | undefined, reason: string | undefined): string {
  if (recorded === undefined) return '–';
  if (recorded !== 'held') return 'fails';
  return reason ? 'no' : 'yes';
}

export function page(simulated: string, real: string): string {
  return `${INTRODUCTION}\n${simulated}\n\n## In containers of a real node\n\n${real}\n\nA dash: that version has no such command.\n`;
}
