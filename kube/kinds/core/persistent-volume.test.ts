import { expect, test } from 'vitest';
import { anObject, BY, created, updateErrors } from '../../testing/strategy.ts';
import { persistentVolume } from './persistent-volume.ts';

test('a volume says since when it has been in its phase', () => {
  const volume = created(persistentVolume, anObject(persistentVolume, { spec: {} }));
  expect(volume.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: BY.now });
  const later = { ...BY, now: '2027-01-01T00:00:00Z' };
  const next = structuredClone(volume);
  const prepare = persistentVolume.strategy.prepareForStatusUpdate;
  prepare?.(next, volume, later);
  expect(next.status).toEqual(volume.status);
  next.status = { phase: 'Pending' };
  prepare?.(next, volume, later);
  expect(next.status).toEqual(volume.status);
  Object.assign(next.status as object, { phase: 'Available' });
  prepare?.(next, volume, later);
  expect(next.status).toEqual({ phase: 'Available', lastPhaseTransitionTime: later.now });
});

test('the nodes of a volume stay, but for the label of today instead of an older one', () => {
  const withKey = (key: string) => {
    const term = { matchExpressions: [{ key, operator: 'In', values: ['linux'] }] };
    const spec = {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: '/a' },
      nodeAffinity: { required: { nodeSelectorTerms: [term] } },
    };
    return anObject(persistentVolume, { spec });
  };
  const change = (from: string, to: string) =>
    updateErrors(persistentVolume, withKey(from), (next) => void Object.assign(next, { spec: withKey(to).spec }));
  expect(change('beta.kubernetes.io/os', 'kubernetes.io/os')).toEqual([]);
  expect(change('failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone')).toEqual([]);
  const kept = [expect.stringContaining('field is immutable, except for updating from beta label to GA')];
  expect(change('kubernetes.io/os', 'beta.kubernetes.io/os')).toEqual(kept);
  expect(change('beta.kubernetes.io/os', 'kubernetes.io/arch')).toEqual(kept);
});
