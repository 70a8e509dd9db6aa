import { expect, test } from 'vitest';
import { defineKind } from './define.ts';
import { kinds as builtIn } from './index.ts';
import { KindRegistry } from './registry.ts';

const custom = (group: string, plural: string, version = 'v1') => ({
  ...defineKind({
    group,
    version,
    kind: `${plural[0]?.toUpperCase()}${plural.slice(1, -1)}`,
    plural,
    scope: 'Namespaced',
    support: 'acted-on',
    columns: [],
  }),
  schema: { type: 'any' as const },
});

test('built-in kinds are found by path, by kind and by resource in the preferred version', () => {
  const registry = new KindRegistry();
  expect(registry.findResource('apps', 'v1', 'deployments')?.kind.kind).toBe('Deployment');
  expect(registry.findResource('events.k8s.io', 'v1', 'events')?.storage).toBe('events');
  expect(registry.findKind('autoscaling/v1', 'HorizontalPodAutoscaler')?.conversion).toBeDefined();
  expect(registry.preferred('horizontalpodautoscalers.autoscaling')?.kind.version).toBe('v2');
  expect(registry.findResource('apps', 'v1', 'pods')).toBeUndefined();
  expect(registry.findKind('v1', 'toString')).toBeUndefined();
  expect(registry.kinds).toBe(builtIn);
});

test('a defined kind is served until it is removed, in this registry alone', () => {
  const [registry, other] = [new KindRegistry(), new KindRegistry()];
  const heard: string[] = [];
  registry.onChange((resource) => heard.push(resource));
  const empty = registry.customKinds;
  registry.define('widgets.example.com', [custom('example.com', 'widgets')]);
  const found = registry.findResource('example.com', 'v1', 'widgets');
  expect(found).toMatchObject({ storage: 'widgets.example.com', terminating: false });
  expect(registry.findKind('example.com/v1', 'Widget')).toBe(found);
  expect(registry.preferred('widgets.example.com')).toBe(found);
  expect(registry.kinds.at(-1)).toBe(found?.kind);
  expect(other.findResource('example.com', 'v1', 'widgets')).toBeUndefined();

  registry.terminate('widgets.example.com');
  expect(registry.findResource('example.com', 'v1', 'widgets')?.terminating).toBe(true);
  registry.remove('widgets.example.com');
  expect(registry.findResource('example.com', 'v1', 'widgets')).toBeUndefined();
  expect([registry.kinds, registry.customKinds]).toEqual([builtIn, empty]);
  registry.remove('widgets.example.com');
  expect(heard).toEqual(['widgets.example.com', 'widgets.example.com']);
});

test('a definition adds nothing to a group that is built in, and ends no watch of one', () => {
  const registry = new KindRegistry();
  const heard: string[] = [];
  registry.onChange((resource) => heard.push(resource));
  registry.define('widgets.apps', [custom('apps', 'widgets'), custom('apps', 'widgets', 'v9')]);
  registry.define('deployments.apps', [custom('apps', 'deployments', 'v9')]);
  expect(registry.findResource('apps', 'v1', 'widgets')).toBeUndefined();
  expect(registry.findResource('apps', 'v9', 'widgets')).toBeUndefined();
  expect(registry.findResource('apps', 'v9', 'deployments')).toBeUndefined();
  expect([registry.kinds, heard]).toEqual([builtIn, ['widgets.apps']]);
  expect(registry.findResource('apps', 'v1', 'deployments')?.kind.kind).toBe('Deployment');
  expect(() => registry.define('gadgets.apps', [custom('apps', 'widgets')])).toThrow('is no kind of gadgets.apps');
});
