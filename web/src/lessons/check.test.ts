import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { isDone, problemOf } from './check.ts';

const web = (ready: number | undefined): KubeObject =>
  ({
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { replicas: 3 },
    status: { readyReplicas: ready },
  }) as unknown as KubeObject;

test('a check of one object sees it, and null where there is none', () => {
  const check = { get: 'apps/v1/deployments', name: 'web', is: 'object.status.readyReplicas == 3' };
  expect([isDone(check, [web(3)]), isDone(check, [web(2)]), isDone(check, [])]).toEqual([true, false, false]);
  expect(isDone({ ...check, is: 'object == null' }, [])).toBe(true);
});

test('a field that is not there is not an error: the step is not done yet', () => {
  expect(
    isDone({ get: 'apps/v1/deployments', name: 'web', is: 'object.status.readyReplicas == 3' }, [web(undefined)]),
  ).toBe(false);
});

test('a check of several sees the list', () => {
  const check = { get: 'v1/pods', is: 'objects.size() == 2 && objects.all(each, each.metadata.labels.app == "web")' };
  expect([isDone(check, [web(1), web(2)]), isDone(check, [web(1)])]).toEqual([true, false]);
});

test('an expression that is none, or is no condition, is told', () => {
  expect(problemOf('object.spec.replicas ==')).toContain('Syntax error');
  expect(problemOf('nothing.spec')).toContain("undeclared reference to 'nothing'");
  expect(problemOf('1 + 1')).toBe('must evaluate to bool but got int');
  expect(problemOf('object.spec.replicas == 3')).toBeUndefined();
});
