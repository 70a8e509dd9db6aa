import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { forwardLine, portsOf } from './ports-of.ts';

const object = (spec: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'web' }, spec }) as KubeObject;

test('ports of a pod are those of its containers, and of init containers that stay', () => {
  const pod = object({
    containers: [
      {
        name: 'a',
        ports: [
          { containerPort: 80, name: 'http' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      { name: 'b', ports: [{ containerPort: 80 }, { containerPort: 9443, name: 'https-admin' }] },
      { name: 'c' },
    ],
    initContainers: [
      { name: 'once', ports: [{ containerPort: 1 }] },
      { name: 'stays', restartPolicy: 'Always', ports: [{ containerPort: 8443 }] },
    ],
  });
  expect(portsOf('pods', pod)).toEqual([
    { port: 80, name: 'http', protocol: 'TCP', scheme: 'http' },
    { port: 53, protocol: 'UDP', scheme: 'http' },
    { port: 9443, name: 'https-admin', protocol: 'TCP', scheme: 'https' },
    { port: 8443, protocol: 'TCP', scheme: 'https' },
  ]);
  expect(portsOf('pods', object({}))).toEqual([]);
});

test('ports of a Service are its own; one that leads elsewhere has none here', () => {
  const ports = [
    { port: 443, targetPort: 8443 },
    { port: 81, name: 'web', appProtocol: 'https' },
    { port: 80, name: 'plain' },
  ];
  expect(portsOf('services', object({ ports }))).toEqual([
    { port: 443, protocol: 'TCP', scheme: 'https' },
    { port: 81, name: 'web', protocol: 'TCP', scheme: 'https' },
    { port: 80, name: 'plain', protocol: 'TCP', scheme: 'http' },
  ]);
  expect(portsOf('services', object({ type: 'ExternalName', ports }))).toEqual([]);
});

test('the kubectl line takes a local port that anyone may take', () => {
  expect(forwardLine('pods', 'default', 'web-1', 80)).toBe('kubectl port-forward pod/web-1 8080:80 -n default');
  expect(forwardLine('services', 'shop', 'web', 9090)).toBe('kubectl port-forward service/web 9090 -n shop');
});
