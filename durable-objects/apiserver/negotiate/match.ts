/** Selectors of a list or watch: checked against the kind's selectable fields, and compiled. */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import type { Kinds } from '../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type FieldRequirement, matchesFields, parseFieldSelector } from '../../../kube/machinery/selectors/fields.ts';
import { parseLabelSelector, type Selector, SelectorError } from '../../../kube/machinery/selectors/labels.ts';
import type { MatcherFactory } from '../../store/watch/ports.ts';
import { badRequest } from '../errors.ts';

export interface Filter {
  /** The object in the kind's own version. */
  matches(object: KubeObject): boolean;
  /** A cheap look at the stored text; false: it cannot match. */
  mayMatch(text: string): boolean;
}

export interface Selectors {
  labelSelector?: string;
  fieldSelector?: string;
}

/** Each needle is looked for in the whole text, and a selector may name thousands of values. */
const MAX_NEEDLES = 8;

/** undefined: everything matches. Throws 400 in upstream's words. */
export function compileFilter(kind: KindDescriptor, { labelSelector, fieldSelector }: Selectors): Filter | undefined {
  const labels = labelSelector ? parsed(() => parseLabelSelector(labelSelector)) : undefined;
  const fields = fieldSelector ? parsed(() => parseFieldSelector(fieldSelector)) : [];
  for (const { field } of fields) checkField(kind, field);
  const hasLabels = labels !== undefined && labels.requirements.length > 0;
  if (!hasLabels && fields.length === 0) return undefined;
  const needles = [...(labels ? labelNeedles(labels) : []), ...fieldNeedles(fields)].slice(0, MAX_NEEDLES);
  return {
    matches: (object) =>
      (!hasLabels || labels.matches(object.metadata.labels)) &&
      (fields.length === 0 || matchesFields(fields, (field) => fieldValue(kind, object, field))),
    mayMatch: (text) => needles.every((needle) => text.includes(needle)),
  };
}

/** Whether the selectors can be read at all. Throws 400. */
export function checkSelectors({ labelSelector, fieldSelector }: Selectors): void {
  if (labelSelector) parsed(() => parseLabelSelector(labelSelector));
  if (fieldSelector) parsed(() => parseFieldSelector(fieldSelector));
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
  }
}

function checkField({ selectableFields, scope, unknownField, custom }: KindDescriptor, field: string): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && scope === 'Namespaced')) return;
  if (Object.hasOwn(selectableFields, field)) return;
  if (custom) throw badRequest(`field label not supported: ${field}`);
  for (const _ in selectableFields) {
    throw badRequest(unknownField?.(field) ?? `field label not supported: ${field}`);
  }
  // The default conversion knows no scopes.
  if (field === 'metadata.namespace') return;
  throw badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

function fieldValue({ selectableFields }: KindDescriptor, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name ?? '';
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return selectableFields[field]?.(object) ?? '';
}

/** Texts that a match must contain, as JSON.stringify prints them. */
function labelNeedles({ requirements }: Selector): string[] {
  return requirements.flatMap(({ key, operator, values }) => {
    if (operator === '=' && values.length === 1) return [`${JSON.stringify(key)}:${JSON.stringify(values[0])}`];
    return operator === 'in' || operator === 'exists' || operator === '=' ? [`${JSON.stringify(key)}:`] : [];
  });
}

/** Values that aren't defaults of absent fields stand somewhere in the text, if they are texts at all. */
function fieldNeedles(fields: readonly FieldRequirement[]): string[] {
  return fields
    .filter(
      ({ negated, value, field }) =>
        !negated && value !== '' && (field === 'metadata.name' || field === 'spec.nodeName'),
    )
    .map(({ value }) => JSON.stringify(value));
}

const MATCHES_NOTHING: Filter = { matches: () => false, mayMatch: () => false };

/** For the watch hub. A kind that is not served any more matches nothing: its watches end when it goes. */
export function matcherFactory(kinds: Kinds): MatcherFactory {
  return ({ apiVersion, kind, labelSelector, fieldSelector }) => {
    const served = kinds.findKind(apiVersion, kind);
    if (!served) return MATCHES_NOTHING;
    const filter = compileFilter(served.kind, { labelSelector, fieldSelector });
    if (!filter) return undefined;
    const { conversion } = served;
    // The needles must stand in the version's own text, which is stored only where there is no other.
    return conversion && !conversion.isCurrent && !conversion.remote
      ? { matches: (object) => filter.matches(conversion.fromStored(object)) }
      : filter;
  };
}
