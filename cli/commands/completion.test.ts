import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BASH } from './completion.ts';

/**
 * The words that bash offers after `words`, where `islet complete` is a function that prints its arguments as offers.
 */
function offered(...words: string[]): string[] {
  const test = `${BASH}
islet() { shift 2; for each; do printf '[%s]\\tdescription\\n' "$each"; done; echo :4; }
COMP_WORDS=(islet ${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length}
_islet_completion
[[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"`;
  // An environment without the machine's own, so that bash-completion is not there either.
  const output = execFileSync('bash', ['--norc', '--noprofile', '-c', `${test}`], { encoding: 'utf8', stdio: 'pipe' });
  return output.split('\n').filter((line) => line !== '');
}

const hasBash = ['/bin/bash', '/usr/bin/bash'].some((path) => existsSync(path));

test.runIf(hasBash)('bash hands on the words as they are typed, and evaluates none', () => {
  expect(offered('clu')).toEqual(['[clu]']);
  expect(offered('clusters', '')).toEqual(['[clusters]', '[]']);
  expect(offered('token', '$(echo injected)')).toEqual(['[token]', '[$(echo injected)]']);
});

test.runIf(hasBash)('bash takes --output=json apart, and the script puts it together', () => {
  expect(offered('clusters', 'list', '--output', '=', 'j')).toEqual(['[clusters]', '[list]', '[--output=j]']);
  expect(offered('clusters', 'list', '--output', '=')).toEqual(['[clusters]', '[list]', '[--output=]']);
});

test.runIf(hasBash)('after an option that names a folder bash offers file names itself', () => {
  expect(offered('up', '--state', 'x')).toEqual([]);
});

test.runIf(hasBash)('the script can be sourced twice', () => {
  const run = () => execFileSync('bash', ['--norc', '-c', `${BASH}${BASH}`], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).not.toThrow();
});
