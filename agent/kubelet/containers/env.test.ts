import { expect, test } from 'vitest';
import type { Container, Pod, Service } from '../../../kube/types.ts';
import { ConfigError, type EnvContext, environmentOf, expand } from './env.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: { containers: [] },
} as unknown as Pod;

function service(namespace: string, name: string, clusterIP: string): Service {
  const spec = { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec } as unknown as Service;
}

const CONTEXT: EnvContext = {
  node: { name: 'n1', hostIPs: ['192.0.2.1'] },
  podIPs: ['10.244.1.5'],
  allocatable: { cpu: '4', memory: '1Gi' },
  services: [],
  configMap: async (name) => (name === 'conf' ? ({ data: { A: 'from map', B: 'b' } } as never) : undefined),
  secret: async () => ({ data: { PW: Buffer.from('s3cret').toString('base64') } }) as never,
};

const container = (rest: Partial<Container>) => ({ name: 'c', image: 'i', ...rest }) as Container;

test('References are expanded as kubelet does: unknown ones stay, a doubled dollar is one', () => {
  const known = (name: string) => ({ A: '1' })[name];
  expect(expand('$(A) $(B) $$(A) $A $', known)).toBe('1 $(B) $(A) $A $');
  expect(expand('a $(A', known)).toBe('a $(A');
});

test('env overrides envFrom, may refer to what came before, and takes values of the pod, maps and secrets', async () => {
  const env = await environmentOf(
    POD,
    container({
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'conf' } }],
      env: [
        { name: 'P_B', value: 'own' },
        { name: 'BOTH', value: '$(P_A)-$(P_B)' },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: 'PW', valueFrom: { secretKeyRef: { name: 's', key: 'PW' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
        { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'gone', key: 'x', optional: true } } },
      ],
    }),
    CONTEXT,
  );
  expect(Object.fromEntries(env)).toEqual({
    P_A: 'from map',
    P_B: 'own',
    BOTH: 'from map-own',
    IP: '10.244.1.5',
    APP: 'web',
    PW: 's3cret',
    CPU: '4000',
  });
});

test('Services of the namespace are variables, and so is the kubernetes service; others are not', async () => {
  const services = [service('default', 'kubernetes', '10.96.0.1'), service('shop', 'my-db', '10.96.0.7')];
  const context = { ...CONTEXT, services: [...services, service('other', 'hidden', '10.96.0.9')] };
  const env = await environmentOf(POD, container({}), context);
  expect(env.get('KUBERNETES_SERVICE_HOST')).toBe('10.96.0.1');
  expect(env.get('MY_DB_SERVICE_PORT_HTTP')).toBe('80');
  expect(env.get('MY_DB_PORT_80_TCP')).toBe('tcp://10.96.0.7:80');
  expect([...env.keys()].some((name) => name.startsWith('HIDDEN'))).toBe(false);
  const without = { ...POD, spec: { containers: [], enableServiceLinks: false } } as Pod;
  expect((await environmentOf(without, container({}), context)).has('MY_DB_SERVICE_HOST')).toBe(false);
});

test('A ConfigMap that is not there is named in the error', async () => {
  const missing = environmentOf(POD, container({ envFrom: [{ configMapRef: { name: 'gone' } }] }), CONTEXT);
  await expect(missing).rejects.toThrow(new ConfigError('configmap "gone" not found'));
});

test('Keys that a map does not have are missing, whatever their name', async () => {
  const from = (source: object) => container({ env: [{ name: 'A', valueFrom: source as never }] });
  const key = 'constructor';
  const ofMap = from({ configMapKeyRef: { name: 'conf', key } });
  await expect(environmentOf(POD, ofMap, CONTEXT)).rejects.toThrow(
    "couldn't find key constructor in ConfigMap shop/conf",
  );
  const ofSecret = from({ secretKeyRef: { name: 's', key, optional: true } });
  expect([...(await environmentOf(POD, ofSecret, CONTEXT))]).toEqual([]);
  const ofLabel = from({ fieldRef: { fieldPath: `metadata.labels['${key}']` } });
  expect([...(await environmentOf(POD, ofLabel, CONTEXT))]).toEqual([['A', '']]);
});
