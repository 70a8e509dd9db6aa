/** docs/conformance.md from the results of a run. */
export interface ConformanceTest {
  name: string;
  needs: 'simulated' | 'containers';
}

export interface Result {
  passed: boolean;
  /** Of the failure. */
  message?: string;
}

/** `tests`: all conformance tests of Kubernetes `version`; `results`: of those that ran, by name. */
export function conformanceReport(
  tests: readonly ConformanceTest[],
  results: ReadonlyMap<string, Result>,
  version: string,
): string {
  const areas = [...new Set(tests.map(({ name }) => areaOf(name)))].sort();
  const passed = tests.filter(({ name }) => results.get(name)?.passed);
  const failed = tests.filter(({ name, needs }) => needs === 'simulated' && !results.get(name)?.passed);
  const rows = areas.map((area) => {
    const own = tests.filter(({ name }) => areaOf(name) === area);
    const count = (list: readonly ConformanceTest[]) => list.filter(({ name }) => areaOf(name) === area).length;
    const containers = own.filter(({ name, needs }) => needs === 'containers' && !results.get(name)?.passed).length;
    return `| ${area} | ${own.length} | ${count(passed)} | ${count(failed)} | ${containers} |`;
  });
  const lines = [
    '# Conformance',
    '',
    `Of the ${tests.length} conformance tests of Kubernetes ${version}, ${passed.length} pass on simulated nodes.`,
    'Written by `npm run conformance` (see CONTRIBUTING.md), which runs those that need no container.',
    '',
    '| area | tests | pass | fail | need containers |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  if (failed.length > 0) lines.push('', '## What fails, and why');
  for (const area of areas) {
    const own = failed.filter(({ name }) => areaOf(name) === area);
    if (own.length === 0) continue;
    lines.push('', `### ${area}`, '');
    for (const { name } of own) lines.push(`- ${titleOf(name)}: ${reasonOf(results.get(name))}`);
  }
  return `${lines.join('\n')}\n`;
}

function areaOf(name: string): string {
  return /^\[(sig-[a-z-]+)\]/.exec(name)?.[1] ?? 'others';
}

function titleOf(name: string): string {
  return name.replace(/^\[sig-[a-z-]+\] /, '').replace(/ \[Conformance\]$/, '');
}

/** The first line of the failure, without what differs from run to run. */
function reasonOf(result: Result | undefined): string {
  if (!result) return 'not run, because something that it needs is not built';
  const line = (result.message ?? '').split('\n').find((each) => each.trim() !== '') ?? 'failed';
  const plain = line
    .trim()
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID')
    .replace(/-\d{3,}\b/g, '-N')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-xxxxx')
    .replace(/:\d{4,5}\b/g, ':PORT');
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
