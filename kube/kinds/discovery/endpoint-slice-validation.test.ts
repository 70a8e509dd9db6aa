import { expect, test } from 'vitest';
import { anObject, createErrors } from '../../testing/strategy.ts';
import { endpointSlice } from './endpoint-slice.ts';

const withPorts = (ports: object[]) => anObject(endpointSlice, { addressType: 'IPv4', endpoints: [], ports });

test('the name of a port is used once; ports without a name have the same one', () => {
  const ports = [{ name: 'a' }, {}, { name: 'a' }, { name: '' }];
  expect(createErrors(endpointSlice, withPorts(ports))).toEqual([
    'ports[2].name: Duplicate value: "a"',
    'ports[3].name: Duplicate value: ""',
  ]);
});
