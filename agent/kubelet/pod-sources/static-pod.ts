/** A pod out of a manifest on the node's disk (kubelet `config/common.go`). */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { pod as podKind } from '../../../kube/kinds/core/pod.ts';
import { apiReferenceIn } from '../../../kube/kinds/core/pod-spec/api-references.ts';
import { errorText } from '../../../kube/machinery/field-error.ts';
import { decodeParsed } from '../../../kube/machinery/schema/decode-object.ts';
import { applySchemaDefaults } from '../../../kube/machinery/schema/defaults.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import type { Pod, Toleration } from '../../../kube/types.ts';

const SOURCE = 'kubernetes.io/config.source';
/** The uid that the node gave to a static pod. */
export const CONFIG_HASH = 'kubernetes.io/config.hash';
/** On the object that shows a static pod in the API: the hash of what it shows. */
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

const SCHEMA = schemaOf('io.k8s.api.core.v1.Pod');
/** Problems of the node are no reason for a static pod to go. */
const ALWAYS: Toleration = { operator: 'Exists', effect: 'NoExecute' };

/** Whether the pod came from the node itself, not from the API. */
export function isStatic({ metadata }: Pod): boolean {
  return metadata.annotations?.[SOURCE] === 'file';
}

export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

/** Its name has the node's at its end, and its uid says what it is made of. Throws with what is wrong with the manifest. */
export function staticPod(text: string, path: string, nodeName: string): Pod {
  const manifest: unknown = parse(text);
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw new Error('this is no object');
  const { group, version, kind } = podKind;
  const decoded = decodeParsed({ ...manifest }, '', { group, version, kind, schema: SCHEMA }, 'Ignore');
  if ('error' in decoded) throw new Error(decoded.error);
  const pod = decoded.object as unknown as Pod;
  const { name, namespace = 'default', labels, annotations } = pod.metadata ?? {};
  if (!name) throw new Error('invalid pod: name is needed for the pod');
  const uid = createHash('sha256')
    .update(`${JSON.stringify(manifest)}\nhost:${nodeName}\nfile:${path}`)
    .digest('hex')
    .slice(0, 32);
  const made: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${nodeName.toLowerCase()}`,
      namespace,
      uid,
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [CONFIG_HASH]: uid, [SOURCE]: 'file' },
    },
    spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName },
    status: { phase: 'Pending' },
  };
  applySchemaDefaults(SCHEMA, made);
  podKind.strategy.applyDefaults?.(made as never);
  if (made.spec) made.spec.tolerations = [...(made.spec.tolerations ?? []), ALWAYS];
  const errors = podKind.strategy.validate?.(made as never) ?? [];
  if (errors.length > 0) throw new Error(`invalid pod: ${errors.map(errorText).join(', ')}`);
  const reference = made.spec && apiReferenceIn(made.spec);
  if (reference) throw new Error(`static pods may not reference ${reference}`);
  return made;
}
