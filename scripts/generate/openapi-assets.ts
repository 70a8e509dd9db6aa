/**
 * Writes the OpenAPI documents of the built-in kinds as static files, which the edge serves without waking a cluster.
 * Descriptions come from `@kubernetes/client-node`, and from `descriptions.json` where that says less.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { SHARED_DEFINITIONS } from '../../kube/machinery/openapi/custom.ts';
import { collectDefinitions } from '../../kube/machinery/openapi/definitions.ts';
import { openApiV2 } from '../../kube/machinery/openapi/v2.ts';
import { encodeOpenApiV2 } from '../../kube/machinery/openapi/v2-protobuf.ts';
import { openApiV3Documents, openApiV3Index } from '../../kube/machinery/openapi/v3.ts';
import { connectOptions, publishedDescriptions } from './descriptions.ts';

/** Groups that client-go's scheme does not have, of which documents of custom kinds are made. */
const NOT_OF_CLIENTS: ReadonlySet<string> = new Set([
  'admission.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'imagepolicy.k8s.io',
]);

/**
 * Beneath `outDir`: `openapi/v3.json` (the index), `openapi/v3/{path}.json` for each document that it names, `openapi/v2.json`, and `openapi/v2.pb`, its protobuf form.
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
  const options = connectOptions();
  for (const [path, document] of openApiV3Documents(kinds, descriptions, options)) {
    const text = JSON.stringify(document);
    hashes.set(path, createHash('sha512').update(text).digest('hex').toUpperCase());
    // As the edge asks for it.
    write(`v3/${path.replace(/^\./, '')}.json`, text);
  }
  write('v3.json', JSON.stringify(openApiV3Index(hashes)));
  const groupVersions = descriptions.groupVersions?.filter(({ group }) => !NOT_OF_CLIENTS.has(group));
  write('shared.json', JSON.stringify(collectDefinitions(SHARED_DEFINITIONS, 'v3', descriptions, groupVersions)));
  const swagger = openApiV2(kinds, descriptions, options);
  write('v2.json', JSON.stringify(swagger));
  write('v2.pb', encodeOpenApiV2(swagger));
}
