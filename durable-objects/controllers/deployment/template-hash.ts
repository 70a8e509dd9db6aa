/**
 * The pod-template-hash. Upstream hashes a dump of Go structures, which only Go can make; clients only rely on it
 * being the same for the same template, so this is FNV-1a over the template's semantic text, in upstream's alphabet.
 */
import { semanticEqual, semanticText } from '../../../kube/machinery/equality.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import type { PodTemplateSpec } from '../../../kube/types.ts';

export const HASH_LABEL = 'pod-template-hash';
const TEMPLATE = 'io.k8s.api.core.v1.PodTemplateSpec';
/** No vowels (no words), nothing that looks like something else (apimachinery `util/rand`). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export function templateHash(template: PodTemplateSpec | undefined, collisions: number | undefined): string {
  let hash = 0x811c9dc5;
  const text = semanticText(schemaOf(TEMPLATE), template) + (collisions === undefined ? '' : `#${collisions}`);
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return [...String(hash).padStart(9, '0')].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** `EqualIgnoreHash` */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return semanticEqual(schemaOf(TEMPLATE), withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  if (!template?.metadata?.labels?.[HASH_LABEL]) return template;
  const { [HASH_LABEL]: _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}
