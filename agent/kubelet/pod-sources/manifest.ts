/**
 * A pod out of the text of a manifest (kubelet `config/common.go`): decoded, defaulted, validated, bound to this node.
 */

import { apiReference } from '../../../kube/kinds/core/pod-spec/api-references.ts';
import { podStrategy } from '../../../kube/kinds/core/pod-strategy.ts';
import {
  CONFIG_HASH,
  CONFIG_MIRROR,
  CONFIG_SEEN,
  CONFIG_SOURCE,
  FILE_SOURCE,
} from '../../../kube/kinds/core/static-pods.ts';
import { validateMetadata } from '../../../kube/kinds/metadata.ts';
import { semanticText } from '../../../kube/machinery/equality.ts';
import { errorText, type FieldError } from '../../../kube/machinery/field-error.ts';
import { decodeObject } from '../../../kube/machinery/schema/decode-object.ts';
import { applySchemaDefaults } from '../../../kube/machinery/schema/defaults.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import { yamlToJson } from '../../../kube/machinery/yaml.ts';
import type { Pod, Toleration } from '../../../kube/types.ts';

export interface ManifestPlace {
  /** The path of the file. */
  path: string;
  nodeName: string;
}

const schema = schemaOf('io.k8s.api.core.v1.Pod');
const EXPECTED = { group: '', version: 'v1', kind: 'Pod', schema };
/** No taint of the node evicts a static pod. */
const TOLERATION: Toleration = { operator: 'Exists', effect: 'NoExecute' };

/** Throws an Error with the kubelet's words. `seen` is an RFC 3339 time. */
export function podOfManifest(text: string, place: ManifestPlace, seen: string): Pod {
  const pod = decoded(text, place.path);
  if (!pod.metadata.name) throw new Error('invalid pod: name is needed for the pod');
  pod.metadata.uid ||= uidOf(pod, place);
  const { uid, name, namespace } = pod.metadata;
  pod.metadata.name = `${name}-${place.nodeName.toLowerCase()}`;
  pod.metadata.namespace = namespace || 'default';
  const { [CONFIG_MIRROR]: _, ...annotations } = pod.metadata.annotations ?? {};
  pod.metadata.annotations = { ...annotations, [CONFIG_HASH]: uid };
  const spec = pod.spec ?? { containers: [] };
  const tolerations = spec.tolerations ?? [];
  pod.spec = {
    ...spec,
    nodeName: place.nodeName,
    tolerations: [...tolerations.filter((one) => !isSame(one)), TOLERATION],
  };
  pod.status = { phase: 'Pending' };
  const errors = [
    ...validateMetadata(pod.metadata, { nameRule: 'dns-subdomain', scope: 'Namespaced' }),
    ...(podStrategy.validate?.(pod) ?? []),
  ];
  if (errors.length > 0) throw new Error(`invalid pod: ${allTexts(errors)}`);
  const reference = apiReference(pod.spec);
  if (reference !== undefined) throw new Error(`static pods may not reference ${reference}`);
  Object.assign(pod.metadata.annotations, { [CONFIG_SOURCE]: FILE_SOURCE, [CONFIG_SEEN]: seen });
  return pod;
}

/** `Toleration.MatchToleration`, of the one that is added. */
function isSame({ key, operator, value, effect }: Toleration): boolean {
  return !key && !value && operator === TOLERATION.operator && effect === TOLERATION.effect;
}

/** JSON is YAML as well. */
function decoded(text: string, path: string): Pod {
  try {
    const json = yamlToJson(text).text;
    const parsed = JSON.parse(json) as { kind?: unknown } | null;
    if (!parsed?.kind) throw new Error(`Object 'Kind' is missing in '${json.slice(0, 200)}'`);
    const result = decodeObject(json, EXPECTED, 'Ignore');
    if ('error' in result) throw new Error(result.error);
    const pod = result.object as unknown as Pod;
    pod.metadata ??= {};
    applySchemaDefaults(schema, pod);
    podStrategy.applyDefaults?.(pod);
    return pod;
  } catch (error) {
    throw new Error(`${path}: couldn't parse as pod(${(error as Error).message}), please check config file`);
  }
}

/** `utilerrors.Aggregate`: each text once. */
function allTexts(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(errorText))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** A uid that follows from the content, the node and the file. */
function uidOf(pod: Pod, { path, nodeName }: ManifestPlace): string {
  return fnv128a(`${semanticText(schema, pod)}host:${nodeName}file:${path}`);
}

const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;

/** Go's `hash/fnv` New128a. */
function fnv128a(text: string): string {
  let hash = OFFSET;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(32, '0');
}
