/**
 * The part of a cluster's OpenAPI documents about kinds defined in it. The built-in part is static and stands at
 * the edge, which joins the two (`worker/routes/openapi.ts`): `/openapi/v3`, the index;
 * `/openapi/v3/apis/{group}/{version}`; `/openapi/v2`.
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { groupVersions } from '../../../kube/machinery/discovery/resources.ts';
import { INFO } from '../../../kube/machinery/openapi/document.ts';
import { openApiV2Part } from '../../../kube/machinery/openapi/v2.ts';
import { documentPath, openApiV3Index, openApiV3Part } from '../../../kube/machinery/openapi/v3.ts';

export interface OpenApiDocument {
  /** JSON. */
  text: string;
  /** The hash by which the index names it. */
  hash?: string;
}

/** Documents by their path beneath `/openapi/`. */
type Documents = ReadonlyMap<string, OpenApiDocument>;

/** Made once for each set of kinds. */
const documents = new WeakMap<readonly KindDescriptor[], Promise<Documents>>();

/** undefined where there is no such document. `path` begins with `/openapi/`. */
export async function customOpenApi(
  kinds: readonly KindDescriptor[],
  path: string,
): Promise<OpenApiDocument | undefined> {
  let made = documents.get(kinds);
  if (!made) {
    made = makeDocuments(kinds);
    documents.set(kinds, made);
  }
  return (await made).get(path.slice('/openapi/'.length));
}

async function makeDocuments(kinds: readonly KindDescriptor[]): Promise<Documents> {
  const found = new Map<string, OpenApiDocument>();
  const hashes = new Map<string, string>();
  for (const [group, versions] of groupVersions(kinds)) {
    for (const version of versions) {
      const path = documentPath(group, version);
      const text = JSON.stringify(openApiV3Part(kinds, group, version, INFO));
      const hash = await hashOf(text);
      found.set(`v3/${path}`, { text, hash });
      hashes.set(path, hash);
    }
  }
  found.set('v3', { text: JSON.stringify(openApiV3Index(hashes)) });
  found.set('v2', { text: JSON.stringify(openApiV2Part(kinds, INFO)) });
  return found;
}

async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}
