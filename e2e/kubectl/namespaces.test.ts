/** Namespaces that are deleted with a real kubectl, with their content. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('namespaces', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a namespace goes with everything in it', async () => {
    await kubectl.ok('create ns gone');
    await eventually(() => kubectl.ok('get sa default -n gone'));
    await kubectl.ok('create deployment web --image=nginx -n gone');
    await kubectl.ok('delete ns gone --timeout=20s');
    expect(await kubectl.fails('get ns gone')).toContain('NotFound');
    expect(await kubectl.fails('delete ns default')).toContain('this namespace may not be deleted');
  });

  test('a file that begins with its Namespace is deleted whole: the other objects are still there', async () => {
    const file = ['namespace whole', 'configmap map -n whole', 'deployment web --image=nginx -n whole'];
    const documents = await Promise.all(file.map((made) => kubectl.ok(`create ${made} --dry-run=client -o yaml`)));
    const text = documents.join('---\n');
    await kubectl.ok('apply -f -', text);
    await eventually(async () => expect(await kubectl.ok('get pods -n whole')).toContain('Running'));
    expect(await kubectl.ok('delete -f - --timeout=40s', text)).toMatch(
      /^namespace "whole" deleted\nconfigmap "map" deleted.*\ndeployment.apps "web" deleted.*\n$/,
    );
    expect(await kubectl.fails('get ns whole')).toContain('NotFound');
  });
});
