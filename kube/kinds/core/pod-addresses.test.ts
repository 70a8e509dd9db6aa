import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { Pod } from '../../types.ts';
import { podStrategy } from './pod-strategy.ts';

const pod = (status: Pod['status']): Pod => {
  const made: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] }, status };
  podStrategy.applyDefaults?.(made);
  return made;
};

test('the two fields for the addresses of a pod say the same, the older one first', () => {
  expect(pod({ podIP: '10.0.0.1' }).status?.podIPs).toEqual([{ ip: '10.0.0.1' }]);
  expect(pod({ podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }).status?.podIP).toBe('10.0.0.1');
  expect(pod({ podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.1' }] }).status?.podIPs).toEqual([{ ip: '10.0.0.2' }]);
});

test.each<[Pod['status'], Pod['status'], string[]]>([
  [{ podIP: '10.0.0.1', hostIP: '10.0.0.2', hostIPs: [{ ip: '10.0.0.2' }] }, {}, []],
  [
    { podIP: 'x' },
    {},
    ['status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [{ podIP: 'x' }, { podIP: 'x' }, []],
  [
    { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] },
    {},
    [
      'status.podIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}]: may specify no more than one IP for each IP family',
    ],
  ],
  [
    { podIPs: [{ ip: '10.0.0.1' }, { ip: '' }] },
    {},
    [
      'status.podIPs[1]: Invalid value: "": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[1]: ',
      'status.podIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":""}]: may specify no more than one IP for each IP family',
    ],
  ],
  [
    { hostIPs: [{ ip: '10.0.0.2' }] },
    {},
    ['status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`'],
  ],
])('a status with %j', (next, old, errors) => {
  expect(podStrategy.validateStatusUpdate?.(pod(next), pod(old)).map(errorText)).toEqual(errors);
});
