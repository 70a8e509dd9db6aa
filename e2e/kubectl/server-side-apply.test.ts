/** `kubectl apply --server-side`, the way to it from client-side apply, pruning, ApplySets, and what goes beside. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManagedFieldsEntry } from '../../kube/machinery/object.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

interface Shown {
  metadata: { managedFields?: ManagedFieldsEntry[]; annotations?: Record<string, string>; resourceVersion: string };
  spec: { replicas?: number };
  data?: Record<string, string>;
}

const deployment = (name: string, replicas: number | undefined, image = 'nginx'): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
    },
  });
const map = (name: string, data: object, labels: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data });

describe.skipIf('skip' in found)('server-side apply', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const shown = (what: string) => kubectl.json<Shown>(`get ${what} --show-managed-fields`);
  const managers = async (what: string): Promise<string[]> =>
    ((await shown(what)).metadata.managedFields ?? [])
      .filter(({ subresource }) => !subresource)
      .map(({ manager, operation }) => `${manager} ${operation}`);

  test('creates, changes, says what conflicts, and takes by force', async () => {
    const apply = 'apply --server-side -f -';
    expect(await kubectl.ok(apply, deployment('a', 1))).toBe('deployment.apps/a serverside-applied\n');
    const { metadata } = await shown('deploy a');
    expect(await kubectl.ok(apply, deployment('a', 1))).toBe('deployment.apps/a serverside-applied\n');
    expect(await kubectl.fails('apply --server-side --field-manager=other -f -', deployment('a', 3))).toMatch(
      /^error: Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas\nPlease review the fields above/,
    );
    expect(metadata.managedFields?.find(({ operation }) => operation === 'Apply')?.manager).toBe('kubectl');
    await kubectl.ok('apply --server-side --field-manager=other --force-conflicts -f -', deployment('a', 3));
    expect((await shown('deploy a')).spec.replicas).toBe(3);
    expect(await kubectl.fails(apply, deployment('a', 1))).toContain('conflict with "other": .spec.replicas');
    // kubectl no longer asks for a number, so the other one's stays.
    await kubectl.ok(apply, deployment('a', undefined));
    expect((await shown('deploy a')).spec.replicas).toBe(3);
    await kubectl.ok('scale deploy a --replicas=2');
    expect(await kubectl.fails('apply --server-side --field-manager=other -f -', deployment('a', 5))).toContain(
      'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  test('a dry run and a diff show what would be, and change nothing', async () => {
    await kubectl.ok('apply --server-side -f -', map('dry', { x: '1' }));
    const before = await shown('cm dry');
    const diff = await kubectl.run(['diff', '--server-side', '-f', '-'], map('dry', { x: '2' }));
    expect([diff.code, diff.stdout]).toEqual([1, expect.stringMatching(/-\s+x: "1"\n\+\s+x: "2"/)]);
    expect(await kubectl.ok('apply --server-side --dry-run=server -f -', map('dry', { x: '2' }))).toBe(
      'configmap/dry serverside-applied (server dry run)\n',
    );
    expect(await shown('cm dry')).toEqual(before);
    expect((await kubectl.run(['diff', '--server-side', '-f', '-'], map('dry', { x: '1' }))).code).toBe(0);
  });

  test('an object of client-side apply goes over to server-side apply, and back', async () => {
    await kubectl.ok('apply -f -', deployment('b', 1));
    expect(await managers('deploy b')).toEqual(['kubectl-client-side-apply Update']);
    await kubectl.ok('apply --server-side -f -', deployment('b', 2));
    const { metadata, spec } = await shown('deploy b');
    expect(spec.replicas).toBe(2);
    expect(metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toContain('"replicas":2');
    expect((await managers('deploy b')).sort()).toEqual(['kubectl Apply', 'kubectl-last-applied Apply']);
    // A field that is left out is removed, as client-side apply would have removed it.
    await kubectl.ok('apply --server-side -f -', deployment('b', undefined));
    expect((await shown('deploy b')).spec.replicas).toBe(1);
    expect(await kubectl.ok('apply -f -', deployment('b', 4))).toContain('deployment.apps/b configured');
    expect((await shown('deploy b')).spec.replicas).toBe(4);
  });

  test('the last applied configuration is shown and set', async () => {
    await kubectl.ok('apply -f -', map('last', { x: '1' }));
    expect(await kubectl.ok('apply view-last-applied cm last -o json')).toContain('"x": "1"');
    const file = join(kubectl.folder, 'last.json');
    await writeFile(file, map('last', { x: '7' }));
    await kubectl.ok(`apply set-last-applied -f ${file}`);
    expect(await kubectl.ok('apply view-last-applied cm last -o json')).toContain('"x": "7"');
    expect((await shown('cm last')).data).toEqual({ x: '1' });
  });

  test('an object that `apply --prune` is not given any more is deleted', async () => {
    const both = `${map('keep', { x: '1' }, { set: 'p' })}\n${map('drop', { x: '1' }, { set: 'p' })}`;
    await kubectl.ok('apply -l set=p -f -', both);
    const prune = 'apply --prune -l set=p --prune-allowlist=core/v1/ConfigMap -f -';
    expect(await kubectl.ok(prune, map('keep', { x: '1' }, { set: 'p' }))).toContain('configmap/drop pruned');
    expect(await kubectl.ok('get cm -l set=p -o name')).toBe('configmap/keep\n');
  });

  test('an ApplySet remembers its members, and drops those that are gone', async () => {
    const apply = async (text: string): Promise<string> => {
      const args = ['apply', '--server-side', '--prune', '--applyset=configmaps/members', '-n', 'default', '-f', '-'];
      const { code, stdout, stderr } = await kubectl.run(args, text, { KUBECTL_APPLYSET: 'true' });
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    };
    await apply(`${map('one', { x: '1' })}\n${map('two', { x: '1' })}`);
    const { metadata } = await shown('cm members');
    // Called `contains-group-resources` before kubectl 1.28.
    expect(Object.keys(metadata.annotations ?? {}).join()).toContain('applyset.kubernetes.io/contains-group-');
    expect(await apply(map('one', { x: '2' }))).toContain('configmap/two pruned');
    expect(await kubectl.ok('get cm one two --ignore-not-found -o name')).toBe('configmap/one\n');
  });

  test('an edit of an applied object takes the fields that it changes', async () => {
    await kubectl.ok('apply --server-side -f -', map('edited', { x: '1', y: '1' }));
    const editor = join(kubectl.folder, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\nsed -i \'s/  x: "1"/  x: "2"/\' "$1"\n', { mode: 0o755 });
    const { code, stdout } = await kubectl.run(['edit', 'cm', 'edited'], '', { KUBE_EDITOR: editor });
    expect([code, stdout]).toEqual([0, 'configmap/edited edited\n']);
    expect((await shown('cm edited')).data).toEqual({ x: '2', y: '1' });
    expect((await managers('cm edited')).sort()).toEqual(['kubectl Apply', 'kubectl-edit Update']);
    expect(await kubectl.fails('apply --server-side -f -', map('edited', { x: '3' }))).toContain(
      'conflict with "kubectl-edit" using v1: .data.x',
    );
  });

  test('an unknown field is an error before anything is written', async () => {
    const text = map('unknown', { x: '1' }).replace('"data"', '"foo":1,"data"');
    expect(await kubectl.fails('apply --server-side --validate=false -f -', text)).toContain(
      'failed to create typed patch object (default/unknown; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    );
    expect(await kubectl.ok('get cm unknown --ignore-not-found -o name')).toBe('');
  });
});
