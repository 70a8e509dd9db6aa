/** Proposals for a place of a document: fields that are not there yet, or the choices of a value. */
import type { Place } from '../text/place.ts';
import type { Kind, KindSchema } from './catalog.ts';
import { isIntOrString, resolved, type Schema, schemaAt, typeName } from './schema.ts';

export interface Proposal {
  label: string;
  /** The type of a field. */
  detail?: string;
  description?: string;
  /** The text that is inserted, where that is more than the label. */
  text: string;
  /** A required field goes first. */
  required?: boolean;
}

const META_FIRST = ['apiVersion', 'kind', 'metadata', 'spec'];

export function proposeKeys(place: Place, { schema, definitions }: KindSchema): Proposal[] {
  const at = schemaAt(schema, place.path, definitions);
  if (!at) return [];
  if (at.type === 'array' && at.items) return [];
  return Object.entries(at.properties ?? {})
    .filter(([name]) => !place.present.includes(name))
    .map(([name, given]) => {
      const field = resolved(given, definitions);
      return {
        label: name,
        detail: typeName(field, definitions),
        description: field.description,
        text: `${name}:${after(field, place.column)}`,
        required: at.required?.includes(name) || (place.path.length === 0 && META_FIRST.includes(name)),
      };
    });
}

/** The text after a key: a space before a value, or the beginning of the lines beneath. */
function after(field: Schema, column: number): string {
  if (isIntOrString(field)) return ' ';
  const indent = ' '.repeat(column + 2);
  if (field.type === 'array') return `\n${indent}- `;
  const isObject = field.type === 'object' || field.properties !== undefined || field.additionalProperties;
  return isObject ? `\n${indent}` : ' ';
}

export function proposeValues(place: Place, { schema, definitions }: KindSchema): Proposal[] {
  const at = schemaAt(schema, place.path, definitions);
  if (!at) return [];
  const choices = at.enum ?? (at.type === 'boolean' ? [true, false] : []);
  const preset = at.default !== undefined && typeof at.default !== 'object' && at.default !== '' ? [at.default] : [];
  const all = [...new Set([...choices, ...preset])].filter((value) => value !== '');
  return all.map((value) => ({
    label: String(value),
    text: String(value),
    detail: value === at.default ? 'default' : undefined,
    description: at.description,
  }));
}

/** `apiVersion` and `kind` of a document, each narrowed down by the other when that is there. */
export function proposeKinds(
  field: 'apiVersion' | 'kind',
  { apiVersion, kind }: { apiVersion?: string; kind?: string },
  kinds: readonly Kind[],
): Proposal[] {
  const creatable = kinds.filter(({ verbs }) => verbs.includes('create'));
  const known = creatable.some((each) => (field === 'kind' ? each.apiVersion === apiVersion : each.kind === kind));
  const fitting = creatable.filter((each) =>
    field === 'kind' ? !known || each.apiVersion === apiVersion : !known || each.kind === kind,
  );
  const labels = new Map(fitting.map((each) => [each[field], field === 'kind' ? each.apiVersion : '']));
  return [...labels].map(([label, detail]) => ({ label, text: label, detail: detail || undefined }));
}
