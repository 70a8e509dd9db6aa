import { expect, test } from 'vitest';
import { anObject, createErrors, updateErrors } from '../../testing/strategy.ts';
import { node } from './node.ts';

const TAINTS = 'scheduler.alpha.kubernetes.io/taints';
const AVOIDED = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
const AT = 'metadata.annotations';

const annotated = (annotations: Record<string, string>) => anObject(node, { metadata: { name: 'a', annotations } });

test.each<[string, string, string[]]>([
  [TAINTS, '', []],
  [TAINTS, 'null', []],
  [TAINTS, '[{"Key":"a","EFFECT":"NoSchedule"}]', []],
  [TAINTS, '{', [`${AT}: Invalid value: "${TAINTS}": unexpected end of JSON input`]],
  [
    TAINTS,
    '{}',
    [`${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal object into Go value of type []core.Taint`],
  ],
  [
    TAINTS,
    '[1]',
    [`${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal number into Go value of type core.Taint`],
  ],
  [
    TAINTS,
    '[{"key":1}]',
    [`${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal number into Go struct field Taint.Key of type string`],
  ],
  [TAINTS, '[{"key":"a"}]', [`${AT}.${TAINTS}[0].effect: Required value`]],
  [AVOIDED, '{"preferAvoidPods":[{"podSignature":{"podController":{"controller":true}}}]}', []],
  [
    AVOIDED,
    '[]',
    [`${AT}.AvoidPods: Invalid value: "${AVOIDED}": json: cannot unmarshal array into Go value of type v1.AvoidPods`],
  ],
  [AVOIDED, '{"preferAvoidPods":[{}]}', [`${AT}.${AVOIDED}[0].PodSignature: Required value`]],
  [
    AVOIDED,
    '{"preferAvoidPods":[{"podSignature":{"podController":{"controller":false}}}]}',
    [`${AT}.${AVOIDED}[0].PodSignature.PodController.Controller: Invalid value: false: must point to a controller`],
  ],
])('%s of a node: %s', (key, text, errors) => {
  expect(createErrors(node, annotated({ [key]: text }))).toEqual(errors);
});

test('an update is judged by the same rules', () => {
  const change = updateErrors(node, annotated({}), ({ metadata }) =>
    Object.assign(metadata, { annotations: { [TAINTS]: '{' } }),
  );
  expect(change).toEqual([`${AT}: Invalid value: "${TAINTS}": unexpected end of JSON input`]);
});
