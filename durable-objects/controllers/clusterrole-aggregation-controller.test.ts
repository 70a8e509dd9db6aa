import { expect, test } from 'vitest';
import { keyOf } from '../../kube/machinery/resource.ts';
import { clusterRoleAggregationController } from './clusterrole-aggregation-controller.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';
const rule = (resource: string) => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });
const role = (name: string, labels: object, rules: object[] | null, more: object = {}) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
  ...more,
});
const selecting = (...selectors: object[]) => ({ aggregationRule: { clusterRoleSelectors: selectors } });
const to = (label: string) => ({ matchLabels: { to: label } });

const plan = (...objects: object[]) =>
  planFor(clusterRoleAggregationController, keyOf(ROLES, '', 'all'), objects, 0).actions;

test('a role gathers the rules of those that its selectors find, by name, each once, and none of its own', () => {
  const actions = plan(
    role('all', { to: 'a' }, [rule('mine')], selecting(to('a'), to('b'))),
    role('z', { to: 'a' }, [rule('pods'), rule('nodes')]),
    role('b', { to: 'a' }, [rule('secrets'), rule('nodes')]),
    role('c', { to: 'b' }, [rule('pods'), rule('events')]),
    role('d', { to: 'c' }, [rule('other')]),
    role('e', { to: 'a' }, null),
  );
  expect(actions).toMatchObject([{ do: 'apply', manager: 'clusterrole-aggregation-controller' }]);
  expect(actions[0]).toMatchObject({
    object: {
      metadata: { name: 'all' },
      rules: ['secrets', 'nodes', 'pods', 'events'].map(rule),
    },
  });
});

test('a ClusterRole is not written where its rules are right already, or where it has no aggregationRule', () => {
  expect(plan(role('all', {}, [rule('pods')], selecting(to('a'))), role('b', { to: 'a' }, [rule('pods')]))).toEqual([]);
  expect(plan(role('all', {}, null, selecting(to('a'))))).toEqual([]);
  expect(plan(role('all', {}, [rule('pods')]))).toEqual([]);
});

test('a role that finds nothing any more is applied without rules', () => {
  const [action] = plan(role('all', {}, [rule('pods')], selecting(to('a'))));
  expect(action).toEqual({
    do: 'apply',
    resource: ROLES,
    object: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all' } },
    manager: 'clusterrole-aggregation-controller',
  });
});
