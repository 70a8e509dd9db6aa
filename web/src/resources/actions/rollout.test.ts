import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keeperOf, revisionsOf, templateOf, undo } from './rollout.ts';
import { planOf, targetOf } from './testing.ts';

const web = targetOf(
  'deployments',
  'web',
  { spec: {} },
  { annotations: { 'deployment.kubernetes.io/revision': '3', own: '1' } },
);
const owned = {
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-of-web', controller: true }],
};
const replicaSet = (revision: string, image: string, more = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `web-${revision}`,
    ...owned,
    annotations: {
      'deployment.kubernetes.io/revision': revision,
      'deployment.kubernetes.io/desired-replicas': '2',
      'kubernetes.io/change-cause': image,
    },
    ...more,
  },
  spec: {
    template: {
      metadata: { labels: { app: 'web', 'pod-template-hash': 'abc' } },
      spec: { containers: [{ name: 'c', image }] },
    },
  },
});
const sets = [replicaSet('9', 'nginx:1'), replicaSet('10', 'nginx:2'), replicaSet('11', 'x', { ownerReferences: [] })];

test('revisions of a Deployment are its ReplicaSets, the newest first, which is the current one', () => {
  const revisions = revisionsOf(web.object, sets);
  expect(revisions.map(({ number, changeCause, current }) => [number, changeCause, current])).toEqual([
    [10, 'nginx:2', true],
    [9, 'nginx:1', false],
  ]);
  expect(templateOf(revisions[1]!)).toEqual({
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
  });
});

test('undo puts the template back, and the revision’s annotations beside the Deployment’s own', () => {
  const [, old] = revisionsOf(web.object, sets);
  expect(planOf(undo(web, old!))).toEqual({
    steps: [
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/shop/deployments/web',
        patch: 'json',
        body: [
          { op: 'replace', path: '/spec/template', value: templateOf(old!) },
          {
            op: 'replace',
            path: '/metadata/annotations',
            value: { 'deployment.kubernetes.io/revision': '3', 'kubernetes.io/change-cause': 'nginx:1' },
          },
        ],
      },
    ],
    kubectl: 'kubectl rollout undo deployment/web --to-revision=9 -n shop',
  });
  expect(undo({ ...web, object: { ...web.object, spec: { paused: true } } }, old!)).toHaveProperty('refused');
});

test('a StatefulSet’s ControllerRevisions are patches', () => {
  const db = targetOf('statefulsets', 'db');
  const owner = { ...owned.ownerReferences[0], name: 'db', uid: 'uid-of-db' };
  const data = { spec: { template: { $patch: 'replace', spec: { containers: [] } } } };
  const kept = { kind: 'ControllerRevision', revision: 2, data, metadata: { name: 'db-1', ownerReferences: [owner] } };
  const [revision] = revisionsOf(db.object, [kept as unknown as KubeObject]);
  expect(templateOf(revision!)).toEqual({ spec: { containers: [] } });
  expect(planOf(undo(db, revision!)).steps).toMatchObject([{ patch: 'strategic', body: data }]);
  expect([web, db, targetOf('pods', 'a')].map(keeperOf)).toEqual(['replicasets', 'controllerrevisions', undefined]);
});
