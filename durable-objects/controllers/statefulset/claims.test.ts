import { expect, test } from 'vitest';
import { deeds, LONG_AGO, made, planOf, pod, statefulSet } from './testing/objects.ts';

const claims = {
  volumeClaimTemplates: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'] },
    },
  ],
};
const policy = (whenDeleted: string, whenScaled: string) => ({
  ...claims,
  persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
});
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }];

const claim = (ordinal: number, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: `data-web-${ordinal}`, namespace: 'default', ...metadata },
  spec: {},
});
const ofSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-web', controller: true };
const ofPod = (ordinal: number, uid = `uid-web-${ordinal}`) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: `web-${ordinal}`,
  uid,
  controller: true,
});

/** The owners' kinds that the claim of an ordinal gets; undefined where it is left alone. */
function ownersGiven(actions: ReturnType<typeof planOf>['actions'], ordinal: number): string[] | undefined {
  const update = actions.find(
    (action) => action.do === 'update' && action.object.metadata.name === `data-web-${ordinal}`,
  ) as { object: { metadata: { ownerReferences: { kind: string }[] } } } | undefined;
  return update?.object.metadata.ownerReferences.map(({ kind }) => kind);
}

test('claims that are missing are made beside one that goes, which is told of only where the pod is made', () => {
  const two = { volumeClaimTemplates: [{ metadata: { name: 'logs' }, spec: {} }, ...claims.volumeClaimTemplates] };
  const going = claim(0, { deletionTimestamp: LONG_AGO });
  const told = ({ actions }: ReturnType<typeof planOf>) =>
    actions.flatMap((action) => (action.do === 'event' ? [action.event.message] : []));
  const blocked = planOf(statefulSet(two), going);
  expect(deeds(blocked)).toEqual(['+logs-web-0']);
  expect(told(blocked)).toEqual(['Create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted']);
  const pending = planOf(statefulSet(two), going, pod(0, { phase: 'Pending', ready: '', volumes }));
  expect(deeds(pending)).toEqual(['+logs-web-0']);
  expect(told(pending)).toEqual([]);
});

test('in parallel each pod waits for its own claims, and a refusal of one is told of the pod, too', () => {
  const { actions } = planOf(statefulSet({ ...claims, podManagementPolicy: 'Parallel' }));
  expect(actions.map((action) => action.do)).toEqual(['sequence', 'sequence', 'sequence']);
  expect(actions[1]).toMatchObject({
    actions: [
      {
        object: { metadata: { name: 'data-web-1' } },
        onRefused: {
          event: { message: 'Create Claim data-web-1 for Pod web-1 in StatefulSet web failed error: ' },
          alsoEvent: {
            message: 'Create Pod web-1 in StatefulSet web failed error: failed to create PVC data-web-1: ',
          },
        },
      },
      { object: { kind: 'Pod', metadata: { name: 'web-1' } } },
    ],
  });
});

test('a pod is made after its claims, whose volumes take the place of its own by that name', () => {
  const [made0, pod0] = made(planOf(statefulSet(claims)));
  expect(made0).toMatchObject({
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-web-0', namespace: 'default', labels: { app: 'web' } },
    spec: { accessModes: ['ReadWriteOnce'] },
  });
  expect(pod0?.spec).toMatchObject({ volumes });
  expect(deeds(planOf(statefulSet(claims), claim(0)))).toEqual(['+web-0']);
});

test('a pending pod gets a claim that is gone again; one that is being deleted holds its pod back', () => {
  const pending = pod(0, { phase: 'Pending', ready: '', volumes });
  expect(deeds(planOf(statefulSet(claims), pending))).toEqual(['+data-web-0']);
  const blocked = planOf(statefulSet(claims), claim(0, { deletionTimestamp: LONG_AGO }));
  expect(blocked.actions).toMatchObject([
    {
      do: 'event',
      event: {
        reason: 'FailedCreate',
        message: 'Create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted',
      },
    },
  ]);
});

test('claims are owned by the set, by a pod that is scaled away, or by neither, as the policy says', () => {
  const owners = (spec: object, ordinal: number, ...given: object[]) =>
    ownersGiven(
      planOf(
        statefulSet({ replicas: 1, ...spec }),
        pod(0, { volumes }),
        pod(1, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-1' } }] }),
        claim(ordinal, { ownerReferences: given }),
      ).actions,
      ordinal,
    );
  expect(owners(policy('Retain', 'Retain'), 0)).toBeUndefined();
  expect(owners(policy('Retain', 'Retain'), 0, ofSet)).toEqual([]);
  expect(owners(policy('Delete', 'Retain'), 0)).toEqual(['StatefulSet']);
  expect(owners(policy('Delete', 'Retain'), 0, ofSet)).toBeUndefined();
  expect(owners(policy('Retain', 'Delete'), 0)).toBeUndefined();
  expect(owners(policy('Retain', 'Delete'), 1)).toEqual(['Pod']);
  expect(owners(policy('Delete', 'Delete'), 1, ofSet)).toEqual(['Pod']);
  expect(owners(policy('Delete', 'Delete'), 0, ofPod(0))).toEqual(['StatefulSet']);
});

test('a claim that another controls, or that an earlier pod or set owns, is left alone', () => {
  const set = statefulSet({ replicas: 1, ...policy('Delete', 'Delete') });
  const foreign = { apiVersion: 'v1', kind: 'Other', name: 'x', uid: 'x', controller: true };
  const at = (ownerReferences: object[]) => planOf(set, pod(0, { volumes }), claim(0, { ownerReferences })).actions;
  expect(ownersGiven(at([foreign]), 0)).toBeUndefined();
  expect(at([foreign, ofSet])).toMatchObject([
    { do: 'event', event: { reason: 'ConflictingController' } },
    { do: 'update', object: { metadata: { ownerReferences: [foreign] } } },
    { do: 'update', object: { kind: 'Pod' } },
  ]);
  expect(at([{ ...ofSet, uid: 'earlier' }])).toEqual([]);
  // An earlier pod's claim is about to go: the next pod waits for that.
  expect(deeds(planOf(set, claim(0, { ownerReferences: [ofPod(0, 'earlier')] })))).toEqual([]);
});
