/** Slices, classes and claims of devices, each scenario's own. */
import type { Json } from '../../mutations.ts';
import { create, kill, type Step, together, wait } from '../scenario.ts';
import { pod } from './objects.ts';
import { claimant, claimTemplate, ofTemplate } from './resource-claims.ts';

export const DRIVER = 'NAMESPACE.example.com';
const API = 'resource.k8s.io/v1';

export function deviceClass(spec: Json = {}, name = DRIVER): Json {
  const selectors = [{ cel: { expression: `device.driver == "${DRIVER}"` } }];
  return { apiVersion: API, kind: 'DeviceClass', metadata: { name }, spec: { selectors, ...spec } };
}

/** Of the scenario's first node, where nothing else is said. */
export function slice(name: string, devices: Json[], spec: Json = { nodeName: 'NAMESPACE-n1' }): Json {
  const pool = { name: spec.nodeName ?? 'pool', generation: 1, resourceSliceCount: 1 };
  const metadata = { name: `NAMESPACE-${name}` };
  return { apiVersion: API, kind: 'ResourceSlice', metadata, spec: { driver: DRIVER, pool, devices, ...spec } };
}

export const gpu = (name: string, more: Json = {}): Json => ({ name, ...more });
export const model = (string: string): Json => ({ attributes: { model: { string } } });
export const ofMemory = (value: string): Json => ({ capacity: { memory: { value } } });
export const request = (more: Json = {}, name = 'gpu'): Json => ({
  name,
  exactly: { deviceClassName: DRIVER, ...more },
});
export const wanting = (...requests: Json[]): Json => ({ devices: { requests } });
export const selecting = (expression: string): Json => ({ selectors: [{ cel: { expression } }] });
export const own = (name: string): Json => claimant(name, { gpu: ofTemplate() });
export const template = (...requests: Json[]): Json => claimTemplate('t', wanting(...requests));
export const setup = (...devices: Json[]) => create(deviceClass(), slice('a', devices));

/** Pods that wait for what others gave back are tried after their back-off. */
export const freed = (named: RegExp): Step => together(kill({ named }), wait(10));

export function extended(name: string, count: string): Json {
  const resources = { requests: { [`${DRIVER}/gpu`]: count }, limits: { [`${DRIVER}/gpu`]: count } };
  return pod(name, {}, { containers: [{ name: 'app', image: 'app:1', resources }] });
}
