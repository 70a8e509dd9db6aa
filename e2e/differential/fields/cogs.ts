/** Custom resources of a rich schema, in two versions, and other kinds that are tried here alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { kinds } from '../../../kube/kinds/index.ts';
import type { Json } from '../mutations.ts';
import type { Subject } from '../subjects.ts';
import type { Ask } from './server.ts';

const [definition, ...manifests] = parseAllDocuments(readFileSync(join(import.meta.dirname, 'cogs.yaml'), 'utf8')).map(
  (document) => document.toJS() as Json,
);
const TRIES = 100;
const PAUSE_MS = 100;

export function cogs(): Subject[] {
  const all = [...kinds, ...customKinds(definition.spec)];
  return manifests.flatMap((manifest): Subject[] => {
    const kind = all.find((each) => each.apiVersion === manifest.apiVersion && each.kind === manifest.kind);
    if (kind?.schema.type !== 'struct') return [];
    return [{ name: `${kind.plural}.${kind.group}/${kind.version}`, kind, manifest, schema: kind.schema }];
  });
}

/** Answers once the server serves them, and publishes their schemas. */
export async function defineCogs(ask: Ask): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await ask({ method: 'POST', path, body: JSON.stringify(definition) });
  for (let tries = 0; tries < TRIES; tries++) {
    const { status, text } = await ask({ method: 'GET', path: '/openapi/v3/apis/fields.example.com/v1' });
    if (status === 200 && text.includes('Cog')) return;
    await setTimeout(PAUSE_MS);
  }
  throw new Error('the definition is not served');
}
