import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGES } from '../pages.ts';
import { missing } from './match.ts';
import { parsePage } from './parse.ts';
import { play, type Terminal } from './play.ts';
import { tableOf } from './table.ts';

const PAGE = `tasks/some-page

example a/b.yaml
  kind: Pod
$ kubectl apply -f https://k8s.io/examples/a/b.yaml
= pod/b created
$ kubectl get pods
=2 b-… 1/1   Running
! kubectl delete pod x
- exec: kubectl exec b -- ls
$ cat <<END
  text
  END
`;

describe('a transcript', () => {
  test('has files, lines in their order, and lines that are left', () => {
    const { path, files, steps, left } = parsePage(PAGE);
    expect(path).toBe('tasks/some-page');
    expect([...files]).toEqual([['examples/a/b.yaml', 'kind: Pod\n']]);
    expect(steps.map(({ kind, line }) => [kind, line])).toEqual([
      ['runs', 'kubectl apply -f https://k8s.io/examples/a/b.yaml'],
      ['runs', 'kubectl get pods'],
      ['fails', 'kubectl delete pod x'],
      ['runs', 'cat <<END\ntext\nEND'],
    ]);
    expect(steps[1]?.expected).toEqual([{ text: 'b-… 1/1   Running', times: 2 }]);
    expect(left).toEqual([{ line: 'kubectl exec b -- ls', why: 'exec' }]);
  });

  test.each([
    ['nothing to run', 'a-page\n'],
    ['an unknown reason', 'a-page\n- mood: kubectl get pods\n'],
    ['an expectation of nothing', 'a-page\n= text\n'],
    ['an unknown mark', 'a-page\n? kubectl get pods\n'],
  ])('with %s is refused', (_, text) => {
    expect(() => parsePage(text)).toThrow('a-page');
  });

  test('expects lines whatever the width of their columns, and as often as it says', () => {
    const output = 'NAME   READY\nb-1    1/1\nb-2    1/1\n';
    expect(missing([{ text: 'b-… 1/1', times: 2 }, { text: 'NAME READY' }], output)).toEqual([]);
    expect(missing([{ text: 'b-…', times: 1 }], output)).toEqual(['2 lines instead of 1: b-…']);
    expect(missing([{ text: 'b-' }], output)).toEqual(['no line: b-']);
  });

  test('is asked again where it reads, and once where it changes', async () => {
    const ran: string[] = [];
    const terminal: Terminal = {
      run: async (line) => {
        ran.push(line);
        const reads = ran.filter((one) => one.startsWith('kubectl get')).length;
        return { code: line.includes('delete') ? 1 : 0, output: reads < 3 ? '' : 'b-1 1/1 Running\nb-2 1/1 Running\n' };
      },
      watch: () => ({ output: () => '', end: () => {} }),
    };
    const wrong = await play(parsePage(PAGE), terminal, { now: () => 0, sleep: async () => {} });
    expect(wrong).toEqual([expect.stringContaining('no line: pod/b created')]);
    expect(ran.map((line) => line.split(' ')[1])).toEqual(['apply', 'get', 'get', 'get', 'delete', '<<END\ntext\nEND']);
  });
});

test('docs/tutorials.md is what the pages say', () => {
  const docs = join(import.meta.dirname, '..', '..', '..', 'docs', 'tutorials.md');
  expect(readFileSync(docs, 'utf8')).toBe(tableOf(PAGES));
});
