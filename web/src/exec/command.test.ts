import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isMissingShell, kubectlLine, terminalPath } from './command.ts';

const target = { namespace: 'shop', pod: 'web', container: 'main', mode: 'shell', stdin: true, tty: true } as const;

test('a shell, and the main process', () => {
  const [path, query] = terminalPath(target).split('?');
  expect(path).toBe('/api/v1/namespaces/shop/pods/web/exec');
  const params = new URLSearchParams(query);
  expect([params.get('tty'), params.get('stdin'), params.get('stderr')]).toEqual(['true', 'true', null]);
  expect(params.getAll('command').slice(0, 2)).toEqual(['/bin/sh', '-c']);
  const attach = terminalPath({ ...target, mode: 'attach', stdin: false, tty: false });
  expect(attach).toBe(
    '/api/v1/namespaces/shop/pods/web/attach?container=main&stdin=false&stdout=true&tty=false&stderr=true',
  );
  expect(kubectlLine(target)).toBe('kubectl exec -it -n shop web -c main -- sh');
  expect(kubectlLine({ ...target, mode: 'attach', stdin: false, tty: false })).toBe(
    'kubectl attach -n shop web -c main',
  );
});

test('the command ends in a shell that runs what is typed', () => {
  const [program = '', ...words] = new URLSearchParams(terminalPath(target).split('?')[1]).getAll('command');
  expect(execFileSync(program, words, { input: 'echo $TERM $((6 * 7))\n', encoding: 'utf8' })).toBe(
    'xterm-256color 42\n',
  );
});

test('an image without a shell', () => {
  expect(isMissingShell('exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown')).toBe(true);
  expect(isMissingShell('container not running')).toBe(false);
});
