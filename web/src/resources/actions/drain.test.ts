import { expect, test } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../../../kube/types.ts';
import { type DrainOptions, drain, keyOf } from './drain.ts';
import { targetOf } from './testing.ts';

const owner = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: name, controller: true }],
});
const pod = (name: string, metadata: object, more: object = {}): Pod =>
  ({
    metadata: { name, namespace: 'shop', labels: { app: name }, ...metadata },
    spec: { nodeName: 'sim-0', ...(more as { spec?: object }).spec },
    status: { phase: 'Running', ...(more as { status?: object }).status },
  }) as unknown as Pod;

const pods = [
  pod('web', owner('ReplicaSet', 'web-1')),
  pod('elsewhere', owner('ReplicaSet', 'web-1'), { spec: { nodeName: 'sim-1' } }),
  pod('logs', owner('DaemonSet', 'logs')),
  pod('orphan', owner('DaemonSet', 'gone')),
  pod('cache', owner('ReplicaSet', 'cache-1'), { spec: { volumes: [{ name: 'v', emptyDir: {} }] } }),
  pod('alone', {}),
  pod('done', {}, { status: { phase: 'Succeeded' } }),
  pod('mirror', { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
];
const budget = (name: string, app: string, disruptionsAllowed: number, namespace = 'shop') =>
  ({
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed },
  }) as unknown as PodDisruptionBudget;
const budgets = [budget('tight', 'web', 0), budget('loose', 'cache', 1), budget('other', 'web', 0, 'blog')];

const plan = (options: Partial<DrainOptions>) =>
  drain(targetOf('nodes', 'sim-0'), pods, new Set(['shop/logs']), budgets, {
    ignoreDaemonSets: false,
    deleteEmptyDirData: false,
    force: false,
    ...options,
  });

test('without options kubectl’s objections, each with its pods and the option that helps', () => {
  const { evicted, errors, warnings, budgets: tight, kubectl } = plan({});
  expect(evicted.map(keyOf)).toEqual(['shop/web', 'shop/done']);
  expect(errors).toEqual([
    {
      text: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
      option: 'ignoreDaemonSets',
      pods: ['shop/logs'],
    },
    { text: 'daemonsets.apps "gone" not found', option: 'force', pods: ['shop/orphan'] },
    {
      text: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
      option: 'deleteEmptyDirData',
      pods: ['shop/cache'],
    },
    {
      text: 'cannot delete Pods that declare no controller (use --force to override)',
      option: 'force',
      pods: ['shop/alone'],
    },
  ]);
  expect(warnings).toEqual([]);
  expect(tight.map(({ budget: { metadata }, pods }) => [metadata.name, pods])).toEqual([['tight', ['shop/web']]]);
  expect(kubectl).toBe('kubectl drain sim-0');
});

test('with all options everything goes but what comes again by itself', () => {
  const { evicted, errors, warnings, kubectl } = plan({
    ignoreDaemonSets: true,
    deleteEmptyDirData: true,
    force: true,
  });
  expect(evicted.map(keyOf)).toEqual(['shop/web', 'shop/orphan', 'shop/cache', 'shop/alone', 'shop/done']);
  expect(errors).toEqual([]);
  expect(warnings.map(({ text, pods }) => [text, ...pods])).toEqual([
    ['ignoring DaemonSet-managed Pods', 'shop/logs'],
    ['daemonsets.apps "gone" not found', 'shop/orphan'],
    ['deleting Pods with local storage', 'shop/cache'],
    ['deleting Pods that declare no controller', 'shop/alone'],
  ]);
  expect(kubectl).toBe('kubectl drain sim-0 --ignore-daemonsets --delete-emptydir-data --force');
});
