/**
 * Makes `descriptions.json` from the OpenAPI document of a real API server of the release: what
 * `@kubernetes/client-node` leaves out or cuts. Its models say nothing of fields whose type is another model, nothing
 * of what the values of an enumeration mean, and have no line breaks.
 *
 * Run: `kubectl get --raw /openapi/v2 > FILE; KUBERNETES_OPENAPI=FILE node scripts/generate/openapi-texts.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { definitionNames, schemaOf } from '../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../kube/machinery/schema/schema.ts';
import { ENUM_HEADING, enumType, type Texts } from './descriptions.ts';
import { openPublishedModels } from './published-models.ts';

interface Document {
  definitions: Record<string, { description?: string; properties?: Record<string, { description?: string }> }>;
}

const file = process.env.KUBERNETES_OPENAPI;
if (!file) throw new Error('KUBERNETES_OPENAPI must name the document: kubectl get --raw /openapi/v2 > FILE');
const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as Document;
const models = openPublishedModels();
const ours = new Set(definitionNames());
/** Text → the fields that it describes, because many share one. */
const texts = new Map<string, string[]>();
const enums = new Map<string, string>();

function take(name: string, published: string | undefined, said: string | undefined, schema?: Schema): void {
  const [text = '', meanings] = (published ?? '').split(ENUM_HEADING);
  const type = schema && enumType(schema);
  if (type && meanings !== undefined) enums.set(type, meanings);
  if (text !== '' && text !== said) texts.set(text, [...(texts.get(text) ?? []), name]);
}

for (const [definition, { description, properties = {} }] of Object.entries(definitions)) {
  const model = models.find(definition);
  take(definition, description, model?.description);
  if (!ours.has(definition)) continue;
  for (const [field, property] of Object.entries(properties)) {
    const schema = schemaOf(definition).fields.get(field)?.schema;
    take(`${definition}#${field}`, property.description, model?.fields.get(field)?.description, schema);
  }
}
const sorted = <T>(map: Map<string, T>): Record<string, T> =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
const result: Texts = { enums: sorted(enums), texts: sorted(texts) };
writeFileSync(
  fileURLToPath(new URL('descriptions.json', import.meta.url)),
  `${JSON.stringify(result, undefined, 2)}\n`,
);
