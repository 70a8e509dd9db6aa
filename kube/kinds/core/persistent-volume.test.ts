import { expect, test } from 'vitest';
import { anObject, BY, created } from '../../testing/strategy.ts';
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
