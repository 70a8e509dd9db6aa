import { expect, test } from 'vitest';

// Plain JavaScript, which has no types.
const { installFailure } = (await import(new URL('toolchain.mjs', import.meta.url).href)) as {
  installFailure(command: string, output: string): string;
};

const OFFLINE = `npm error code ECONNREFUSED
npm error syscall connect
npm error FetchError: request to https://registry.example/a failed, reason: connect ECONNREFUSED
npm error     at ClientRequest.<anonymous> (index.js:130:14)
npm error     at ClientRequest.emit (node:events:524:28) {
npm error   code: 'ECONNREFUSED',
npm error }
npm error
npm error A complete log of this run can be found in: /home/me/.npm/_logs/1.log
`;

test('an installation that fails says what to do, and what npm said without its stack', () => {
  const lines = installFailure('ci', OFFLINE).split('\n');
  expect(lines[0]).toMatch(/^npm ci did not finish: is the registry in reach/);
  expect(lines).toContain('npm error code ECONNREFUSED');
  expect(lines.at(-1)).toContain('A complete log');
  expect(lines.filter((line) => /^npm error +at |[{}]/.test(line))).toEqual([]);
});

test('one that was stopped has nothing to say but how it goes on', () => {
  expect(installFailure('ci', '')).toBe('npm ci did not finish: start again when its reason is gone');
});
