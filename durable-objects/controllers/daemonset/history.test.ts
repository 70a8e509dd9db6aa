import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Plan } from '../runtime/plan.ts';
import { daemonSet, node, plan, pod, revision, template } from './testing/objects.ts';

const revisions = ({ actions }: Plan) =>
  actions.filter((action) => ('resource' in action ? action.resource : '').startsWith('controllerrevisions'));

test('an earlier template that comes back gets the next number', () => {
  const made = plan(daemonSet(), revision('present', 1), revision('other', 2, template('agent:2')));
  expect(revisions(made)).toMatchObject([
    { do: 'update', object: { metadata: { name: 'agent-present' }, revision: 3 } },
  ]);
});

test('old ones beyond the limit go, but for those of pods that are there', () => {
  const old = [1, 2, 3, 4].map((number) => revision(`old${number}`, number, template(`agent:${number + 1}`)));
  const { actions } = plan(
    daemonSet({ revisionHistoryLimit: 1, updateStrategy: { type: 'OnDelete' } }),
    node('n1'),
    pod('a', { hash: 'old1' }),
    ...old,
    revision('present', 5),
  );
  const gone = actions.flatMap((action) => (action.do === 'delete' ? [action.target.name] : []));
  expect(gone).toEqual(['agent-old2', 'agent-old3', 'agent-old4']);
});

test('a name that another template has is counted as a collision, and of two of one template the later stays', () => {
  const { actions } = plan(daemonSet());
  const { name } = (actions[0] as { object: KubeObject }).object.metadata;
  const foreign = revision('x', 1, template('agent:9'), { name, ownerReferences: [], labels: {} });
  expect(plan(daemonSet(), foreign).actions).toMatchObject([
    { do: 'update-status', object: { status: { collisionCount: 1 } } },
  ]);
  const twice = plan(daemonSet(), node('n1'), pod('a', { hash: 'one' }), revision('one', 1), revision('two', 2));
  expect(twice.actions).toMatchObject([
    { do: 'patch', target: { name: 'a' }, patch: { metadata: { labels: { 'controller-revision-hash': 'two' } } } },
    { do: 'delete', target: { name: 'agent-one' } },
  ]);
});

test('orphans that match are adopted', () => {
  const { actions } = plan(daemonSet(), revision('present', 1, template(), { ownerReferences: [] }));
  expect(actions).toMatchObject([
    {
      do: 'patch',
      target: { name: 'agent-present' },
      patch: { metadata: { ownerReferences: [{ uid: 'uid-agent' }] } },
    },
  ]);
});
