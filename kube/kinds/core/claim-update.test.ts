import { expect, test } from 'vitest';
import { anObject, updateErrors } from '../../testing/strategy.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';

const CLASS = 'volume.beta.kubernetes.io/storage-class';
const KEPT = `metadata.annotations.${CLASS}: Invalid value: `;
const SPEC = 'spec: Forbidden: spec is immutable';

type Change = (next: PersistentVolumeClaim) => void;

/** The errors of an update, each without what it says of the difference. */
function errors(spec: object, annotations: Record<string, string>, change: Change): string[] {
  const given = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec };
  const old = anObject(persistentVolumeClaim, { metadata: { name: 'a', annotations }, spec: given });
  const found = updateErrors(persistentVolumeClaim, old, change as never);
  return found.map((text) => (text.startsWith(SPEC) ? SPEC : text));
}

test('a volume is given to a claim once', () => {
  const to = (name: string) => (next: PersistentVolumeClaim) => Object.assign(next.spec ?? {}, { volumeName: name });
  expect(errors({}, {}, to('v'))).toEqual([]);
  expect(errors({ volumeName: 'v' }, {}, to('w'))).toEqual([SPEC]);
});

test.each<[string, Change, string[]]>([
  ['stays', () => {}, []],
  [
    'changes',
    ({ metadata }) => Object.assign(metadata.annotations ?? {}, { [CLASS]: 'b' }),
    [`${KEPT}"b": field is immutable`],
  ],
  ['goes', ({ metadata }) => void delete metadata.annotations, [`${KEPT}"": field is immutable`]],
  ['moves to the field', move('a'), []],
  ['goes for another', move('b'), [`${KEPT}"": field is immutable`, SPEC]],
  ['is named by the field, too', ({ spec }) => Object.assign(spec ?? {}, { storageClassName: 'a' }), []],
])('the class that an annotation names %s', (_, change, expected) => {
  expect(errors({}, { [CLASS]: 'a' }, change)).toEqual(expected);
});

test('a claim without a class gets one, and keeps it', () => {
  const to = (name: string) => (next: PersistentVolumeClaim) =>
    Object.assign(next.spec ?? {}, { storageClassName: name });
  expect(errors({}, {}, to('a'))).toEqual([]);
  expect(errors({ storageClassName: 'a' }, {}, to('b'))).toEqual([SPEC]);
  const annotate: Change = ({ metadata }) => Object.assign(metadata, { annotations: { [CLASS]: 'a' } });
  expect(errors({ storageClassName: 'a' }, {}, annotate)).toEqual([`${KEPT}"a": field is immutable`]);
});

function move(name: string): Change {
  return ({ metadata, spec }) => {
    delete metadata.annotations;
    Object.assign(spec ?? {}, { storageClassName: name });
  };
}
