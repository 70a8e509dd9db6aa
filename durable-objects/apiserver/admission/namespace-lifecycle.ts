/**
 * Objects live in namespaces that exist and aren't going away (apiserver `pkg/admission/plugin/namespace/lifecycle`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Namespace } from '../../../kube/types.ts';
import { forbidden, notFound } from '../errors.ts';
import type { Attributes } from './attributes.ts';
import type { Plugin } from './plugin.ts';
import { refuse } from './plugin.ts';

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
    if (namespace === '' || operation !== 'CREATE') return;
    if (call.kind.resource === 'localsubjectaccessreviews.authorization.k8s.io') return;
    const stored = reader.get(keyOf('namespaces', '', namespace));
    if (!stored) throw notFound('namespaces', namespace);
    // The text is parsed only when it contains the phase.
    if (!stored.text.includes('"Terminating"')) return;
    const { status } = JSON.parse(stored.text) as Namespace;
    if (status?.phase !== 'Terminating') return;
    throw refuse(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  },
};
