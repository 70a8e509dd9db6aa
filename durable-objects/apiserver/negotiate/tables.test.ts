import { expect, test } from 'vitest';
import { kinds } from '../../../kube/kinds/index.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rowPrinter, tableRow } from './tables.ts';

const kindOf = (name: string) => kinds.find(({ kind }) => kind === name) as (typeof kinds)[number];
const MANAGERS = [{ manager: '},"spec":', operation: 'Update', fieldsV1: { 'f:spec': { 'f:a': {} } } }];
const metadata = (more: object) => ({ name: 'a', creationTimestamp: '2026-01-02T03:04:05Z', ...more });
const tricky = { annotations: { a: '},"spec":{', spec: '"},\\"spec":', managedFields: ',"managedFields":[' } };
const objects: KubeObject[] = [
  metadata({ labels: { spec: 'x' }, ...tricky, managedFields: MANAGERS }),
  metadata({ ...tricky, managedFields: MANAGERS }),
  metadata({ managedFields: MANAGERS, labels: { a: 'b' } }),
  metadata(tricky),
].flatMap((metadata) => [
  { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'b', containers: [] }, status: { phase: 'Running' } },
  { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' }, spec: { containers: [] } },
  { apiVersion: 'v1', kind: 'Pod', metadata },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { managedFields: ',"managedFields":[', a: '},"data":' } },
  {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata,
    data: { metadata: { managedFields: MANAGERS } },
    revision: 3,
  },
]) as KubeObject[];

test.each(['None', 'Metadata', 'Object'] as const)(
  'a row that is cut from a text, with %s, is the one of its object',
  (include) => {
    for (const object of objects) {
      const { kind, apiVersion, ...rest } = object;
      const text = JSON.stringify({ kind, apiVersion, ...rest });
      const now = Date.parse('2026-01-03T03:04:05Z');
      const expected = tableRow(kindOf(kind), object, text, include, now, 'v1');
      expect(rowPrinter(kindOf(kind), include, now, 'v1')(text)).toBe(expected);
    }
  },
);
