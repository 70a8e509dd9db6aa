/**
 * The versions of a kind in which its fields may be owned (apimachinery
 * `pkg/util/managedfields/internal/versionconverter.go`).
 */
import type { KubeObject } from '../object.ts';
import type { StructSchema } from '../schema/schema.ts';
import { checkConfig, joinErrors } from './typed/check-config.ts';

export interface OwnedVersion {
  schema: StructSchema;
  /** As those of the request ({@link Tracking}); left out where they are the same. */
  resets?: readonly string[];
  /** The object of the request's version in this one. May share parts with it, and does not change it. */
  convert(object: KubeObject): KubeObject;
  /** The inverse of {@link convert}. */
  restore(object: KubeObject): KubeObject;
}

/**
 * The kind's other versions, by apiVersion; undefined for one that is not served, whose managers are forgotten. Throws
 * {@link UnfitVersion} for one that a custom resource no longer has.
 */
export type OwnedVersions = (apiVersion: string) => OwnedVersion | undefined;

/** The object has no form in a version in which some of its fields are owned. The message is upstream's. */
export class UnfitVersion extends Error {}

/**
 * The object in that version. Versions of a custom resource without a webhook differ in their name alone, so one may
 * hold fields that another does not declare. `step`: begins the error's message. Throws {@link UnfitVersion}.
 */
export function inOwnedVersion({ schema, convert }: OwnedVersion, object: KubeObject, step = ''): KubeObject {
  const converted = convert(object);
  const errors = schema.structural ? checkConfig(schema, converted) : [];
  if (errors.length > 0) throw new UnfitVersion(step + joinErrors(errors));
  return converted;
}
