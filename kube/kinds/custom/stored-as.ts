/**
 * Objects are stored in one version, with its defaults (apiextensions `pkg/apiserver/conversion`). A text that was
 * written before the schema changed is pruned and defaulted as it is read, and so is one of another version, whose own
 * defaults are not applied, as upstream.
 */
import { copyJson } from '../../machinery/copy.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { groupResource } from '../../machinery/resource.ts';
import { applyDefaults } from '../../machinery/structural/defaults.ts';
import { pruneNulls } from '../../machinery/structural/prune.ts';
import { defaultOf, propertyOf } from '../../machinery/structural/schema.ts';
import type { StoredAs } from '../define.ts';
import { refresh, renamed } from './codec.ts';
import { ConversionError, type ConversionWebhook, convertedBy } from './conversion-webhook.ts';
import type { Version } from './version.ts';

/** `versions`: all of the definition, served or not, by apiVersion. Without a webhook, versions differ in their name. */
export function storedIn(
  own: Version,
  stored: Version,
  versions: ReadonlyMap<string, Version>,
  webhook: ConversionWebhook | undefined,
): StoredAs {
  const { group, names, since } = own.facts;
  const shared = {
    resource: groupResource(group, names.plural),
    apiVersion: stored.apiVersion,
    isStored: (text: string) => since === 0 || revisionOf(text) > since,
  };
  return webhook
    ? { ...shared, ...byWebhook({ own, stored, versions }, webhook, shared.isStored) }
    : { ...shared, ...byName(own, stored, shared.isStored) };
}

type Conversions = Omit<StoredAs, 'resource' | 'apiVersion' | 'isStored'>;
type IsStored = (text: string) => boolean;

function byName(own: Version, stored: Version, isStored: IsStored): Conversions {
  const isOwn = own.version === stored.version;
  const takeStored = (object: KubeObject) => {
    object.apiVersion = stored.apiVersion;
    const current = refresh(object, stored);
    return isOwn ? current : renamed(current, own.apiVersion, own);
  };
  return {
    ...(isOwn && { isCurrent: isStored }),
    toStored: (object) =>
      isOwn ? asRead(object, stored) : refresh({ ...copyJson(object), apiVersion: stored.apiVersion }, stored),
    fromStored: (object) => takeStored(copyJson(object)),
    takeStored,
  };
}

function byWebhook(
  { own, stored, versions }: { own: Version; stored: Version; versions: ReadonlyMap<string, Version> },
  webhook: ConversionWebhook,
  isStored: IsStored,
): Conversions {
  const start = `{"kind":${JSON.stringify(own.facts.names.kind)},"apiVersion":${JSON.stringify(own.apiVersion)},`;
  const begin = (object: KubeObject): KubeObject => {
    const from = versions.get(object.apiVersion);
    if (from) return refresh(object, from);
    throw new ConversionError(`request to convert CR from an invalid group/version: ${object.apiVersion}`);
  };
  const finish = (object: KubeObject): KubeObject => renamed(object, own.apiVersion, own);
  const takeStored: Conversions['takeStored'] = (object, answers) => {
    const current = begin(object);
    if (current.apiVersion === own.apiVersion) return current;
    return finish(convertedBy(webhook, current, own.apiVersion, answers));
  };
  return {
    isCurrent: (text) => text.startsWith(start) && isStored(text),
    toStored: (object, answers) =>
      own.version === stored.version
        ? asRead(object, stored)
        : refresh(convertedBy(webhook, object, stored.apiVersion, answers), stored),
    fromStored: (object, answers) => takeStored(copyJson(object), answers),
    takeStored,
    remote: { webhook, begin, finish },
  };
}

/**
 * The object as upstream's clients read it, because upstream prunes and defaults each object that it reads. Nulls that an
 * apply put there and that the schema does not allow go, in place. A create drops the status that was sent, and with it
 * the one that was filled in, which is there again in the answer.
 */
function asRead(object: KubeObject, { schema, preservesAll }: Version): KubeObject {
  if (!preservesAll) pruneNulls(object, schema);
  if (object.status !== undefined) return object;
  const preset = defaultOf(propertyOf(schema, 'status'));
  if (preset === undefined) return object;
  const completed = { ...object };
  delete completed.status;
  applyDefaults(completed, schema);
  return completed;
}

/** Before it stand names alone, which have no quotes in them. */
const REVISION = /"resourceVersion":"(\d+)"/;

function revisionOf(text: string): number {
  return Number(REVISION.exec(text.slice(0, 2000))?.[1] ?? 0);
}
