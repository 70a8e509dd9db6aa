import { expect, test } from 'vitest';
import type { Service } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, SERVICES } from '../testing/objects.ts';

test('the families of a headless service without a selector follow its policy', async () => {
  const { call, create } = await testApi();
  await create<Service>(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { clusterIP: 'None', ports: [{ port: 80 }] },
  });
  const asking = async (spec: object): Promise<unknown> => {
    const { body } = await call(`PATCH ${SERVICES}/a`, { body: { spec }, headers: MERGE });
    return (body as unknown as Service).spec?.ipFamilies ?? body.message;
  };
  expect(await asking({ ipFamilyPolicy: 'SingleStack' })).toEqual(['IPv4']);
  expect(await asking({ ipFamilyPolicy: 'RequireDualStack' })).toEqual(['IPv4', 'IPv6']);
  expect(await asking({ ipFamilies: ['IPv6'] })).toContain("must be 'SingleStack' to release the secondary IP family");
});
