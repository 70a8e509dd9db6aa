/**
 * The object that a mutation makes of another (apiserver
 * `pkg/admission/plugin/policy/mutating/patch/{smd,json_patch}.go`).
 */
import { findAtomics } from '../../../../kube/machinery/apply/typed/atomics.ts';
import { checkConfig, Foreign, joinErrors } from '../../../../kube/machinery/apply/typed/check-config.ts';
import { merge } from '../../../../kube/machinery/apply/typed/merge.ts';
import { jsonOf, misplacedTypes, NoJsonError, operationJson } from '../../../../kube/machinery/cel/mutation/json.ts';
import { MadeObject, MadeOperation } from '../../../../kube/machinery/cel/mutation/types.ts';
import { List, typeName, type Value } from '../../../../kube/machinery/cel/values/value.ts';
import type { Json, KubeObject } from '../../../../kube/machinery/object.ts';
import { PatchError } from '../../../../kube/machinery/patch/errors.ts';
import { isFailedTest, jsonPatch } from '../../../../kube/machinery/patch/json.ts';
import { kindSchema } from '../../../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../../../kube/machinery/schema/schema.ts';
import { patchedObject, type Sight } from '../patched-object.ts';
import { isOwnKind } from '../webhooks/review.ts';

/** The mutation fails; the policy says whether the request does. */
export class MutationError extends Error {}

/** The value of a mutation's expression. */
export interface Mutation {
  type: string;
  value: Value;
}

/**
 * The object in the request's version as the mutation wants it; undefined where it is to stay as it is. `shown` may be
 * changed. Throws MutationError, and 500 for a JSON patch whose result is no object of the kind.
 */
export function outcomeOf({ type, value }: Mutation, shown: KubeObject, sight: Sight): KubeObject | undefined {
  const { apiVersion, kind } = shown;
  if (type === 'JSONPatch') {
    const result = patched(value, shown);
    checkVersion(sight);
    return result === undefined ? undefined : patchedObject(sight, result, { apiVersion, kind }, 'strict');
  }
  const result = applied(value, shown, sight);
  checkVersion(sight);
  return patchedObject(sight, result, { apiVersion, kind }, (why) => {
    const what = `unable to convert unstructured object to ${kindText({ apiVersion, kind } as KubeObject)}`;
    return new MutationError(`${what}: ${why}`);
  });
}

/** `why` is what upstream says where the value is none that JSON has. */
function json(make: () => Json, why: (detail: string) => string): Json {
  try {
    return make();
  } catch (error) {
    throw error instanceof NoJsonError ? new MutationError(why(error.message)) : error;
  }
}

function checkTypes(value: Value): void {
  if (!(value instanceof MadeObject)) return;
  const errors = misplacedTypes(value, value.type.name);
  if (errors.length > 0) throw new MutationError(`type mismatch: ${errors.join('\n')}`);
}

function patched(value: Value, shown: KubeObject): Json | undefined {
  const operations = value instanceof List ? Array.from({ length: value.size }, (_, i) => value.at(i)) : [];
  const patch = operations.map((operation) => {
    if (!(operation instanceof MadeOperation)) {
      throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch');
    }
    const set = operation.fields.get('value');
    if (set !== undefined) checkTypes(set);
    const why = 'JSONPath valueExpression evaluated to a type that could not marshal to JSON';
    return json(
      () => operationJson(operation),
      (detail) => `${why}: ${detail}`,
    );
  });
  try {
    return jsonPatch(shown as unknown as Json, patch);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (isFailedTest(error)) return undefined;
    throw new MutationError(`JSON Patch: ${error.message}`);
  }
}

/** Null is a number to upstream. */
function foreign(value: Value): Foreign {
  if (value === null) return new Foreign('structpb.NullValue', 'NULL_VALUE', '0');
  const name = typeName(value);
  return new Foreign(name, name, name);
}

function applied(value: Value, shown: KubeObject, sight: Sight): unknown {
  checkTypes(value);
  const schema = schemaOf(sight);
  const made = json(
    () => jsonOf(value, foreign),
    () => 'invalid return type: *dynamic.ObjectVal',
  ) as Record<string, unknown>;
  const { apiVersion, kind } = shown;
  const config = { ...made, apiVersion, kind };
  const fail = (why: string) => new MutationError(`error applying patch: ${why}`);
  if (!schema)
    throw fail(`failed to convert patch object to typed object: no corresponding type for ${kindText(shown)}`);
  const errors = checkConfig(schema, config);
  if (errors.length > 0) throw fail(`failed to convert patch object to typed object: ${joinErrors(errors)}`);
  const atomics = findAtomics(schema, config);
  if (atomics.length > 0) {
    const which = atomics.join(', ');
    throw fail(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${which}`);
  }
  return merge(schema, shown, config);
}

/**
 * Upstream looks the kind up among the schemas of its own version; that of Scale, Eviction or TokenRequest stands among
 * those of the version that serves the subresource.
 */
function schemaOf({ attributes, served: { kind: served } }: Sight): Schema | undefined {
  if (isOwnKind(attributes)) return served.schema;
  const { group, version, kind } = attributes.kind;
  const { resource } = attributes;
  return group === resource.group && version === resource.version ? kindSchema(group, version, kind) : undefined;
}

/** Upstream has no conversion of a built-in kind into the request's version, so that none is changed in another. */
function checkVersion({ attributes, served: { kind: served } }: Sight): void {
  const { kind: own } = attributes.call;
  if (served === own || served.custom || !isOwnKind(attributes)) return;
  const [from, to] = [served, own].map(({ version, kind }) => `(${version}.${kind})`);
  throw new MutationError(`converting ${from} to ${to}: unknown conversion`);
}

function kindText({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion?.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
}
