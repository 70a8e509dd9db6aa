import { expect, test } from 'vitest';
import { createErrors } from '../../../testing/strategy.ts';
import { pod } from '../pod.ts';

const errorsOf = (spec: object, container: object = {}): string[] =>
  createErrors(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
  });

const CLAIM = '"ResourceClaimName":null,"ResourceClaimTemplateName":null}';
const ONE_OF = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';

test.each<[object, object, string[]]>([
  [{ resourceClaims: [{ name: 'a', resourceClaimName: 'x' }] }, { resources: { claims: [{ name: 'a' }] } }, []],
  [
    { resourceClaims: [{ name: 'a' }, { name: 'a', resourceClaimName: 'x' }] },
    {},
    [
      `spec.resourceClaims[0]: Invalid value: {"Name":"a",${CLAIM}: ${ONE_OF}`,
      'spec.resourceClaims[1].name: Duplicate value: "a"',
    ],
  ],
  [
    {},
    { resources: { claims: [{ name: 'x' }] } },
    [
      'spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
  ],
  [
    { resourceClaims: [{ name: 'a', resourceClaimName: 'x' }] },
    { resources: { claims: [{ name: 'a', request: 'r' }, { name: 'a', request: 'r' }, { name: 'a' }, { name: '' }] } },
    [
      'spec.containers[0].resources.claims[1]: Duplicate value: "a/r"',
      'spec.containers[0].resources.claims[2]: Duplicate value: "a"',
      'spec.containers[0].resources.claims[3]: Required value',
    ],
  ],
])('claims of a pod: %j %j', (spec, container, errors) => {
  expect(errorsOf(spec, container)).toEqual(errors);
});

const fromFile = (volumeName: string) => ({
  env: [{ name: 'E', valueFrom: { fileKeyRef: { volumeName, path: 'p', key: 'k' } } }],
});
const AT = 'spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName';

test.each<[object, object, string[]]>([
  [{ volumes: [{ name: 'v', emptyDir: {} }] }, fromFile('v'), []],
  [{}, fromFile('v'), [`${AT}: Not found: "v"`]],
  [
    { volumes: [{ name: 'v', configMap: { name: 'm' } }] },
    fromFile('v'),
    [`${AT}: Invalid value: "v": referenced volume must be of type emptyDir`],
  ],
  [
    { hostnameOverride: 'a', setHostnameAsFQDN: true },
    {},
    ['spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true'],
  ],
  [
    { securityContext: { supplementalGroupsPolicy: 'x', seLinuxChangePolicy: 'y' } },
    {},
    [
      'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "x": supported values: "Merge", "Strict"',
      'spec.securityContext.seLinuxChangePolicy: Unsupported value: "y": supported values: "Recursive"',
    ],
  ],
  [
    {
      volumes: [
        {
          name: 'v',
          ephemeral: {
            volumeClaimTemplate: {
              metadata: { name: 'x', uid: 'y' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          },
        },
      ],
    },
    {},
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.uID: Forbidden: cannot be set',
    ],
  ],
])('a pod with %j %j', (spec, container, errors) => {
  expect(errorsOf(spec, container)).toEqual(errors);
});

test('the claims of a pod are gathered once for all of its containers', () => {
  const resourceClaims = Array.from({ length: 15_000 }, (_, i) => ({ name: `c${i}`, resourceClaimName: 'x' }));
  const containers = Array.from({ length: 15_000 }, (_, i) => ({
    name: `a${i}`,
    image: 'i',
    resources: { claims: [{ name: 'none' }] },
  }));
  const { validate, applyDefaults } = pod.strategy;
  const wide = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers, resourceClaims } };
  applyDefaults?.(wide);
  expect(validate?.(wide)).toHaveLength(15_000);
});
