/**
 * ComponentStatuses, made when they are read. Upstream asks each component for its health over the network; here all of
 * them are the one object that answers, from its store, so an answer at all shows their health. Tools look for
 * upstream's names; the message says that the store stands in for etcd. A component that the cluster was created without
 * is not listed: its health is not known here.
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ComponentStatus } from '../../../kube/types.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { notFound } from '../errors.ts';

const RESOURCE = 'componentstatuses';

/** All components, or the one that the request names. */
export function componentStatuses({ server, info }: Call): Stored[] {
  const { revision } = server.store;
  const messages = {
    ...(!server.foreignControllers && { 'controller-manager': 'ok' }),
    'etcd-0': `ok: SQLite at revision ${revision}`,
    ...(!server.foreignScheduler && { scheduler: 'ok' }),
  };
  const asked = Object.entries(messages).filter(([name]) => info.name === '' || info.name === name);
  // Upstream's words have the singular.
  if (asked.length === 0 && info.verb === 'get') throw notFound('componentstatus', info.name);
  return asked.map(([name, message]) => {
    const status: ComponentStatus = {
      kind: 'ComponentStatus',
      apiVersion: 'v1',
      metadata: { name },
      conditions: [{ type: 'Healthy', status: 'True', message }],
    };
    return { key: keyOf(RESOURCE, '', name), revision, created: revision, text: JSON.stringify(status) };
  });
}
