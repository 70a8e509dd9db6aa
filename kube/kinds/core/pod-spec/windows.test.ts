import { expect, test } from 'vitest';
import { errorText } from '../../../machinery/field-error.ts';
import { validateForOS, validateHostProcess, validateWindowsOptions } from './windows.ts';

test.each([
  ['DOMAIN\\user', []],
  ['', ['runAsUserName cannot be an empty string']],
  ['a\\b\\c', ['runAsUserName cannot contain more than one backslash']],
  ['a\u0007', ['runAsUserName cannot contain control characters']],
  ['\\user', ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]],
  ['D\\', ["runAsUserName's User cannot be empty"]],
  ['..', ["runAsUserName's User cannot contain only periods or spaces"]],
  ['a@b', ['runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]']],
])('the user %j', (runAsUserName, details) => {
  expect(validateWindowsOptions({ runAsUserName }, 'w').map(({ detail }) => detail)).toEqual(details);
});

test('a process of the host needs its network, and company', () => {
  const hostProcess = { securityContext: { windowsOptions: { hostProcess: true } } };
  const spec = { containers: [{ name: 'a', ...hostProcess }, { name: 'b' }] };
  expect(validateHostProcess(spec, 'spec').map(errorText)).toEqual([
    'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
    'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
  ]);
  const mixed = { ...hostProcess, hostNetwork: true, containers: [{ name: 'a' }] };
  expect(validateHostProcess(mixed, 'spec')).toEqual([]);
});

test('fields of one system are refused on the other', () => {
  const containers = [{ name: 'a', securityContext: { runAsUser: 1, windowsOptions: {} } }];
  const pod = { containers, hostPID: false, securityContext: { fsGroup: 1 } };
  const found = (name: string) => validateForOS({ ...pod, os: { name } }, 'spec').map(errorText);
  expect(found('linux')).toEqual([
    'spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
  ]);
  expect(found('windows')).toEqual([
    'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
    'spec.containers[0].securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
  ]);
});
