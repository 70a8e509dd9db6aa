import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { initFamilies } from './service-families.ts';
import type { ServiceSpec } from './service-types.ts';

const HEADLESS = { clusterIP: 'None', clusterIPs: ['None'] };
const SELECTING = { selector: { app: 'web' } };

/** The families and the policy, or the errors. */
function init(spec: ServiceSpec, old?: ServiceSpec): unknown {
  const next = structuredClone({ type: 'ClusterIP', ...spec });
  const errors = initFamilies(next, old && { type: 'ClusterIP', ...old });
  return errors.length > 0 ? errors.map(errorText) : [next.ipFamilyPolicy, next.ipFamilies];
}

test.each<[ServiceSpec, unknown]>([
  [{ ...SELECTING }, ['SingleStack', ['IPv4']]],
  [{ ...SELECTING, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }, ['SingleStack', ['IPv4']]],
  [{ ...SELECTING, ipFamilyPolicy: 'PreferDualStack' }, ['PreferDualStack', ['IPv4']]],
  [HEADLESS, ['RequireDualStack', ['IPv4', 'IPv6']]],
  [{ ...HEADLESS, ipFamilies: ['IPv6'] }, ['RequireDualStack', ['IPv6', 'IPv4']]],
  [{ ...HEADLESS, ipFamilyPolicy: 'SingleStack' }, ['SingleStack', ['IPv4']]],
  [{ ...HEADLESS, ...SELECTING }, ['SingleStack', ['IPv4']]],
  [{ type: 'ExternalName', externalName: 'a.b' }, [undefined, undefined]],
  [
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
    [
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
  ],
  [
    { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] },
    [
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
  ],
  [
    { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] },
    ['spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'],
  ],
])('a new service with %j', (spec, expected) => {
  expect(init(spec)).toEqual(expected);
});

const DUAL: ServiceSpec = { ...HEADLESS, ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] };
const PREFERRING: ServiceSpec = { ...HEADLESS, ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] };

test.each<[string, ServiceSpec, ServiceSpec, unknown]>([
  ['asks for one family', { ...DUAL, ipFamilyPolicy: 'SingleStack' }, DUAL, ['SingleStack', ['IPv4']]],
  [
    'asks for both',
    { ...DUAL, ipFamilies: ['IPv6'] },
    { ...DUAL, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] },
    ['RequireDualStack', ['IPv6', 'IPv4']],
  ],
  ['names neither', HEADLESS, DUAL, ['RequireDualStack', ['IPv4', 'IPv6']]],
  ['would like both, as before', { ...PREFERRING, ...SELECTING }, PREFERRING, ['PreferDualStack', ['IPv6']]],
  [
    'leaves out the second alone',
    { ...DUAL, ipFamilies: ['IPv4'] },
    DUAL,
    [
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family',
    ],
  ],
  ['was a name before', SELECTING, { type: 'ExternalName' }, ['SingleStack', ['IPv4']]],
])('an update that %s', (_, spec, old, expected) => {
  expect(init(spec, old)).toEqual(expected);
});
