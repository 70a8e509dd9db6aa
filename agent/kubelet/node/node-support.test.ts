import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { unsupported } from './node-support.ts';

const why = (spec: object, appArmor = false, annotations = {}) =>
  unsupported({ metadata: { annotations }, spec: { containers: [{ name: 'c' }], ...spec } } as unknown as Pod, {
    appArmor,
  });
const sysctls = (...names: string[]) => ({ securityContext: { sysctls: names.map((name) => ({ name, value: '1' })) } });

test('a pod is refused for a profile that this node cannot enforce, wherever it is named', () => {
  const refused = { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
  const profile = { appArmorProfile: { type: 'RuntimeDefault' } };
  expect(why({ securityContext: profile })).toEqual(refused);
  expect(why({ initContainers: [{ name: 'i', securityContext: profile }] })).toEqual(refused);
  expect(why({}, false, { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/strict' })).toEqual(refused);
  expect(why({ securityContext: profile }, true)).toBeUndefined();
  expect(why({ securityContext: { appArmorProfile: { type: 'Unconfined' } } })).toBeUndefined();
});

test('kernel settings of the whole node are not for pods', () => {
  expect(why(sysctls('kernel.shm_rmid_forced', 'net/ipv4/ip_local_port_range'))).toBeUndefined();
  expect(why(sysctls('kernel.msgmax'))).toEqual({
    reason: 'SysctlForbidden',
    message: 'forbidden sysctl: "kernel.msgmax" not allowlisted',
  });
  expect(why(sysctls('constructor'))?.message).toBe('forbidden sysctl: "constructor" not allowlisted');
  expect(why({ ...sysctls('net.ipv4.tcp_syncookies'), hostNetwork: true })?.message).toBe(
    'forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled',
  );
});

test('a pod is refused for devices that this node cannot prepare', () => {
  expect(why({ resourceClaims: [{ name: 'gpu' }] })?.reason).toBe('UnexpectedAdmissionError');
  const status = { extendedResourceClaimStatus: { resourceClaimName: 'c', requestMappings: [] } };
  const extended = { metadata: {}, spec: { containers: [] }, status } as unknown as Pod;
  expect(unsupported(extended, { appArmor: false })?.reason).toBe('UnexpectedAdmissionError');
});
