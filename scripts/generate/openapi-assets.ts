/**
 * Writes the OpenAPI documents of the built-in kinds as static files, which the edge serves without waking a cluster.
 * Descriptions come from `@kubernetes/client-node`, and from `descriptions.json` where that says less.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { groupVersions } from '../../kube/machinery/discovery/resources.ts';
import { SHARED_DEFINITIONS } from '../../kube/machinery/openapi/custom.ts';
import { collectDefinitions } from '../../kube/machinery/openapi/definitions.ts';
import { INFO } from '../../kube/machinery/openapi/document.ts';
import { openApiV2 } from '../../kube/machinery/openapi/v2.ts';
import { encodeOpenApiV2 } from '../../kube/machinery/openapi/v2-protobuf.ts';
import { documentPath, openApiV3, openApiV3Index } from '../../kube/machinery/openapi/v3.ts';
import { publishedDescriptions } from './descriptions.ts';

/**
 * Beneath `outDir`: `openapi/v3.json` (the index), `openapi/v3/api/v1.json` and
 * `openapi/v3/apis/{group}/{version}.json`, `openapi/v2.json`, and `openapi/v2.pb`, its protobuf form.
 * `openapi/shared.json` has the definitions that documents of custom kinds refer to.
 */
export async function writeOpenApiAssets(outDir: string, kinds: readonly KindDescriptor[]): Promise<void> {
  const descriptions = publishedDescriptions();
  const write = (path: string, content: string | Uint8Array): void => {
    const file = join(outDir, 'openapi', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const hashes = new Map<string, string>();
  for (const [group, versions] of groupVersions(kinds)) {
    for (const version of versions) {
      const path = documentPath(group, version);
      const text = JSON.stringify(openApiV3(kinds, group, version, INFO, descriptions));
      hashes.set(path, createHash('sha512').update(text).digest('hex').toUpperCase());
      write(`v3/${path}.json`, text);
    }
  }
  write('v3.json', JSON.stringify(openApiV3Index(hashes)));
  write('shared.json', JSON.stringify(collectDefinitions(SHARED_DEFINITIONS, 'v3', descriptions)));
  const swagger = openApiV2(kinds, INFO, descriptions);
  write('v2.json', JSON.stringify(swagger));
  write('v2.pb', encodeOpenApiV2(swagger));
}
