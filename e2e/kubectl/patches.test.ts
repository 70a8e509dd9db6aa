/** The patches that `kubectl apply`, `patch` and `edit` send when fields go or come, on the server's side. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const deployment = (strategy: object, volume: object): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: {
      replicas: 0,
      strategy,
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }], volumes: [{ name: 'v', ...volume }] },
      },
    },
  });

describe.skipIf('skip' in found)('patches', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('apply changes a strategy and the source of a volume', async () => {
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
    await kubectl.ok('apply -f -', deployment(rolling, { configMap: { name: 'x' } }));
    const next = deployment({ type: 'Recreate' }, { secret: { secretName: 'x' } });
    expect(await kubectl.ok('apply -f -', next)).toBe('deployment.apps/a configured\n');
    const { spec } = await kubectl.json<{ spec: Record<string, unknown> }>('get deploy a');
    expect(spec).toMatchObject({
      strategy: { type: 'Recreate' },
      template: { spec: { volumes: [{ name: 'v', secret: { secretName: 'x' } }] } },
    });
    expect(spec.strategy).not.toHaveProperty('rollingUpdate');
  });

  test('a JSON patch replaces a field that is not there yet', async () => {
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/paused', value: true }]);
    const { stdout } = await kubectl.run(['patch', 'deploy', 'a', '--type=json', '-p', patch]);
    expect(stdout).toBe('deployment.apps/a patched\n');
  });
});
