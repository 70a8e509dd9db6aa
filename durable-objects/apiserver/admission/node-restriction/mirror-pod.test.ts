import { expect, test } from 'vitest';
import type { Pod } from '../../../../kube/types.ts';
import { testApi } from '../../testing/harness.ts';
import { PODS, pod } from '../../testing/objects.ts';

test('a mirror pod of any user refers to no Secret and has no token', async () => {
  const { call } = await testApi();
  const attempt = async (spec: object) => {
    const mirror = pod('web', { spec: { nodeName: 'n1', ...spec } });
    Object.assign(mirror.metadata, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const { status, body } = await call<Pod & { message: string }>(`POST ${PODS}?dryRun=All`, { body: mirror });
    return status === 201 ? body.spec?.serviceAccountName : body.message?.replace('pods "web" is forbidden: ', '');
  };
  expect(await attempt({})).toBeUndefined();
  expect(await attempt({ serviceAccountName: 'default' })).toBe('a mirror pod may not reference service accounts');
  const envFrom = [{ secretRef: { name: 's' } }];
  const secrets = 'a mirror pod may not reference secrets';
  expect(await attempt({ containers: [{ name: 'a', image: 'b', envFrom }] })).toBe(secrets);
  expect(await attempt({ imagePullSecrets: [{ name: 's' }] })).toBe(secrets);
  const projected = { sources: [{ serviceAccountToken: { path: 't' } }] };
  expect(await attempt({ volumes: [{ name: 'v', projected }] })).toBe(
    'a mirror pod may not use ServiceAccountToken volume projections',
  );
});
