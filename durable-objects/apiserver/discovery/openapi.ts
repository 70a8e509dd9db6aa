/**
 * The part of a cluster's OpenAPI documents about kinds defined in it. The built-in part is static and stands at
 * the edge, which joins the two (`worker/routes/openapi.ts`): `/openapi/v3`, the index;
 * `/openapi/v3/apis/{group}/{version}`; `/openapi/v2`.
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { groupVersions } from '../../../kube/machinery/discovery/resources.ts';
import { keptUnlessRejected } from '../../../kube/machinery/kept-promise.ts';
import { openApiV2Part } from '../../../kube/machinery/openapi/v2.ts';
import { documentPath, openApiV3Index, openApiV3Part } from '../../../kube/machinery/openapi/v3.ts';
import { hashOf } from './hash.ts';

export interface OpenApiDocument {
  /** JSON. */
  text: string;
  /** The hash by which the index names it. */
  hash?: string;
}

/** undefined where there is no such document. `path` begins with `/openapi/`. */
export async function customOpenApi(
  kinds: readonly KindDescriptor[],
  path: string,
  remote: Hashes = NO_HASHES,
): Promise<OpenApiDocument | undefined> {
  if (path === '/openapi/v3') {
    return { text: JSON.stringify(openApiV3Index(new Map([...(await hashesOf(kinds)), ...remote]))) };
  }
  if (path === '/openapi/v2') return { text: openApiV2Part(kinds) };
  const name = path.replace(/^\/openapi\/v3\//, '');
  const hash = (await hashesOf(kinds)).get(name);
  const [, group = '', version = ''] = name.split('/');
  return hash === undefined ? undefined : { text: openApiV3Part(kinds, group, version), hash };
}

/** By the document's path. */
export type Hashes = ReadonlyMap<string, string>;
const NO_HASHES: Hashes = new Map();

/** Made once for each set of kinds. Documents are not kept: clients ask for one once, by its hash. */
const hashes = new WeakMap<readonly KindDescriptor[], Promise<Hashes>>();

function hashesOf(kinds: readonly KindDescriptor[]): Promise<Hashes> {
  return keptUnlessRejected(hashes, kinds, () => makeHashes(kinds));
}

/** Raised when documents of the same kinds become others, because clients keep each by its hash. */
const FORM = '2';

/** By the document's path: no schema is read for it. */
async function makeHashes(kinds: readonly KindDescriptor[]): Promise<Hashes> {
  const texts = new Map<string, string[]>();
  for (const [group, versions] of groupVersions(kinds)) {
    for (const version of versions) texts.set(documentPath(group, version), []);
  }
  for (const { group, version, resource, custom } of kinds) {
    texts.get(documentPath(group, version))?.push(`${resource} ${custom?.fingerprint}`);
  }
  const found = new Map<string, string>();
  for (const [path, parts] of texts) found.set(path, await hashOf([FORM, ...parts.sort()].join('\n')));
  return found;
}
