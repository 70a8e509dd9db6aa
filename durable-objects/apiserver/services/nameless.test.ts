import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { SERVICES } from '../testing/objects.ts';

test('a Service without a name gets no address, which is told before the rest', async () => {
  const { call } = await testApi({ random: { next: () => 0, uuid: () => crypto.randomUUID() } });
  const said = async (spec: object, query = '') => {
    const { body } = await call(`POST ${SERVICES}${query}`, {
      body: { metadata: {}, spec: { ports: [{ port: 80 }], ...spec } },
    });
    return body.message;
  };
  const why = (ip: string) => `IPAddress.networking.k8s.io "${ip}" is invalid: spec.parentRef.name: Required value`;
  const field = 'Service "" is invalid: spec.clusterIPs: Invalid value';
  expect(await said({ ports: [] })).toBe(`${field}: [""]: failed to allocate IP: ${why('10.96.1.1')}`);
  const wanted = await said({ clusterIP: '10.96.7.7', type: 'NodePort', ports: [{ port: 80, nodePort: 1 }] });
  expect(wanted).toBe(`${field}: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: ${why('10.96.7.7')}`);
  const nameless = 'Service "" is invalid: metadata.name: Required value: name or generateName is required';
  expect([await said({ clusterIP: 'None' }), await said({}, '?dryRun=All')]).toEqual([nameless, nameless]);
});
