/**
 * kubectl's way from client-side apply (apimachinery `pkg/util/managedfields/internal/lastappliedmanager.go`,
 * `lastappliedupdater.go`): fields that its annotation names, and that are still so, are its own to change; and while
 * the annotation is there, it is kept up to date.
 */
import { parseExact } from '../exact-json.ts';
import type { FieldsV1, KubeObject } from '../object.ts';
import { type ApplyOptions, type ApplyOutcome, applyConfiguration, withoutManagers } from './apply.ts';
import { difference, unionAll } from './sets/field-set.ts';
import { checkConfig } from './typed/check-config.ts';
import { compare } from './typed/compare.ts';
import { fieldsOf } from './typed/owned.ts';
import { asFields, goJson } from './typed/shape.ts';

const KUBECTL = 'kubectl';
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** Bytes of all annotations (`ValidateAnnotationsSize`). */
const MAX_ANNOTATIONS = 256 * 1024;

/** As {@link applyConfiguration}, which it is for all managers but kubectl's own. */
export function applyAsManager(options: ApplyOptions): ApplyOutcome {
  const outcome = applyConfiguration(options);
  if (options.manager !== KUBECTL) return outcome;
  if (!('conflicts' in outcome)) return 'object' in outcome ? withLastApplied(outcome, options) : outcome;
  const allowed = lastAppliedFields(options);
  if (!allowed) return outcome;
  if (!difference(unionAll(outcome.conflicts.map(({ set }) => set)), allowed)) {
    return applyAsManager({ ...options, force: true });
  }
  return {
    conflicts: outcome.conflicts.flatMap((conflict) => {
      const set = difference(conflict.set, allowed);
      return set ? { ...conflict, set } : [];
    }),
  };
}

/** The fields that the annotation gives as they are in the live object; undefined where either does not fit the kind. */
function lastAppliedFields({ live, schema, apiVersion, config }: ApplyOptions): FieldsV1 | undefined {
  const text = live?.metadata.annotations?.[ANNOTATION];
  if (!live || !text) return undefined;
  const last = parsed(text);
  if (!last || last.apiVersion !== apiVersion || last.kind !== config.kind) return undefined;
  // Items that share a key fit no configuration, and upstream takes them for none in the live object, too.
  if ([last, withoutManagers(live)].some((each) => checkConfig(schema, each).length > 0)) return undefined;
  const { changed, removed } = compare(schema, last, live);
  return difference(difference(fieldsOf(schema, last), changed), removed);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function withLastApplied(
  outcome: Extract<ApplyOutcome, { object: KubeObject }>,
  { config }: ApplyOptions,
): ApplyOutcome {
  const { object } = outcome;
  const metadata = asFields(object.metadata);
  const annotations = asFields(metadata.annotations);
  if (!annotations[ANNOTATION]) return outcome;
  const { [ANNOTATION]: _, ...kept } = annotations;
  const next = { ...kept, [ANNOTATION]: lastAppliedText(config) };
  const size = Object.entries(next).reduce((sum, [name, value]) => sum + bytes(name) + bytes(String(value)), 0);
  return {
    ...outcome,
    object: { ...object, metadata: { ...metadata, annotations: size > MAX_ANNOTATIONS ? kept : next } } as KubeObject,
  };
}

function lastAppliedText(config: Readonly<Record<string, unknown>>): string {
  const metadata = config.metadata;
  let shown = config;
  if (typeof metadata === 'object' && metadata !== null && 'annotations' in metadata) {
    const { [ANNOTATION]: _, ...annotations } = asFields(metadata.annotations);
    shown = { ...config, metadata: { ...metadata, annotations } };
  }
  return `${sortedJson(shown)}\n`;
}

/** JSON as Go prints it: the keys of each object in their order, also where they are numbers, which JavaScript puts first. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return goJson(value);
  const fields = asFields(value);
  const printed = Object.keys(fields)
    .sort()
    .map((name) => `${goJson(name)}:${sortedJson(fields[name])}`);
  return `{${printed.join(',')}}`;
}

const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;
