/**
 * The hash of a pod template, in the names and labels of what is made of it (upstream `controller.ComputeHash`). Upstream hashes a dump of Go structures, which only Go can make; clients only rely on it
 * being the same for the same template, so this is FNV-1a over the template's semantic text, in upstream's alphabet.
 */
import { semanticEqual, semanticText } from '../../../kube/machinery/equality.ts';
import { fnv1a } from '../../../kube/machinery/fnv.ts';
import { NAME_LETTERS } from '../../../kube/machinery/names.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import type { PodTemplateSpec } from '../../../kube/types.ts';

export const HASH_LABEL = 'pod-template-hash';
const TEMPLATE = 'io.k8s.api.core.v1.PodTemplateSpec';

export function templateHash(template: PodTemplateSpec | undefined, collisions: number | undefined): string {
  const text = semanticText(schemaOf(TEMPLATE), template) + (collisions === undefined ? '' : `#${collisions}`);
  return [...String(fnv1a(text)).padStart(9, '0')]
    .map((digit) => NAME_LETTERS[digit.charCodeAt(0) % NAME_LETTERS.length])
    .join('');
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
