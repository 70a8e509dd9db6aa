/**
 * Objects live in namespaces that exist and aren't going away (apiserver `pkg/admission/plugin/namespace/lifecycle`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Namespace } from '../../../kube/types.ts';
import type { StoreReader } from '../../store/store.ts';
import { forbidden, notFound } from '../errors.ts';
import type { Attributes } from './attributes.ts';
import type { Plugin } from './plugin.ts';
import { refuse } from './plugin.ts';

type State = 'absent' | 'open' | 'terminating';

const MAX_KNOWN = 1000;

/** The states of namespaces, kept until any namespace changes. */
export class NamespaceStates {
  readonly #known = new Map<string, State>();
  #changes = -1;

  of(name: string, reader: StoreReader): State {
    const changes = reader.changes('namespaces');
    if (changes !== this.#changes || this.#known.size > MAX_KNOWN) {
      this.#changes = changes;
      this.#known.clear();
    }
    let state = this.#known.get(name);
    if (state === undefined) {
      state = read(name, reader);
      this.#known.set(name, state);
    }
    return state;
  }
}

function read(name: string, reader: StoreReader): State {
  const stored = reader.get(keyOf('namespaces', '', name));
  if (!stored) return 'absent';
  // Parsing is costly, so a text that does not contain the phase is not parsed.
  if (!stored.text.includes('"Terminating"')) return 'open';
  return (JSON.parse(stored.text) as Namespace).status?.phase === 'Terminating' ? 'terminating' : 'open';
}

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

export const namespaceLifecycle: Plugin = {
  name: 'NamespaceLifecycle',
  mutate(attributes: Attributes) {
    const { call, operation, namespace, name, reader } = attributes;
    if (call.kind.resource === 'namespaces') {
      if (operation === 'DELETE' && IMMORTAL.has(name)) {
        throw forbidden('namespaces', name, 'this namespace may not be deleted');
      }
      return;
    }
    if (namespace === '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
    if (call.kind.resource === 'localsubjectaccessreviews.authorization.k8s.io') return;
    const state = call.server.namespaces.of(namespace, reader);
    if (state === 'absent') throw notFound('namespaces', namespace);
    if (state === 'open' || operation === 'UPDATE') return;
    throw refuse(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  },
};
