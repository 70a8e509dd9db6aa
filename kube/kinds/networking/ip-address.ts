import type { IPAddress } from '../../types.ts';
import { column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';

/** `services/default/kubernetes` */
function parent({ spec }: IPAddress): string {
  const reference = spec?.parentRef;
  if (!reference) return NONE;
  const resource = [reference.resource, reference.group].filter(Boolean).join('.').toLowerCase();
  return [resource, reference.namespace, reference.name].filter(Boolean).join('/');
}

export const ipAddress = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  scope: 'Cluster',
  nameRule: 'ip',
  support: 'acted-on',
  columns: [nameColumn, column('ParentRef', 'Object that uses the address.', parent)],
});
