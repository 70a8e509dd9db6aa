/**
 * Makes `descriptions.json` and `kube/generated/parameters.ts` from the OpenAPI document of a real API server of the
 * release: what `@kubernetes/client-node` leaves out or cuts. Its models say nothing of fields whose type is another
 * model, nothing of what the values of an enumeration mean, nothing of parameters, and have no line breaks.
 *
 * Run: `kubectl get --raw /openapi/v2 > FILE; KUBERNETES_OPENAPI=FILE node scripts/generate/openapi-texts.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collectDefinitions, NO_DESCRIPTIONS, type OpenApiSchema } from '../../kube/machinery/openapi/definitions.ts';
import { definitionNames, schemaOf } from '../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../kube/machinery/schema/schema.ts';
import { ENUM_HEADING, enumType, type Texts } from './descriptions.ts';
import { parametersOf, type Swagger } from './openapi-parameters.ts';
import { openPublishedModels } from './published-models.ts';

const file = process.env.KUBERNETES_OPENAPI;
if (!file) throw new Error('KUBERNETES_OPENAPI must name the document: kubectl get --raw /openapi/v2 > FILE');
const document = JSON.parse(readFileSync(file, 'utf8')) as Swagger;
const { definitions } = document;
const models = openPublishedModels();
const ours = new Set(definitionNames());
/** Text → the fields that it describes, because many share one. */
const texts = new Map<string, string[]>();
const enums = new Map<string, string>();
const extensions: Texts['extensions'] = {};
/** Fields of an enumeration, and whether the document says what its values mean. */
const fieldsOfEnums: [name: string, type: string, isTold: boolean][] = [];

function take(name: string, published: string | undefined, said: string | undefined, schema?: Schema): void {
  const [text = '', meanings] = (published ?? '').split(ENUM_HEADING);
  const type = schema && enumType(schema);
  if (type && meanings !== undefined) enums.set(type, meanings);
  if (type) fieldsOfEnums.push([name, type, meanings !== undefined]);
  // A text of none takes away what a model says of its type.
  if (text !== (said ?? '')) texts.set(text, [...(texts.get(text) ?? []), name]);
}

/** The extensions of one schema that differ from what the types say: null takes one away. */
function takeExtensions(name: string, published: OpenApiSchema, made: OpenApiSchema): void {
  const found: OpenApiSchema = {};
  for (const key of new Set([...Object.keys(published), ...Object.keys(made)])) {
    if (!key.startsWith('x-') || key === 'x-kubernetes-group-version-kind') continue;
    if (JSON.stringify(published[key]) !== JSON.stringify(made[key])) found[key] = published[key] ?? null;
  }
  if (Object.keys(found).length > 0) extensions[name] = found;
}

for (const [definition, { description, properties = {} }] of Object.entries(definitions)) {
  const model = models.find(definition);
  take(definition, description, model?.description);
  if (!ours.has(definition)) continue;
  const made = collectDefinitions([definition], 'v2', NO_DESCRIPTIONS)[definition] ?? {};
  takeExtensions(definition, definitions[definition] as OpenApiSchema, made);
  for (const [field, property] of Object.entries(properties)) {
    const schema = schemaOf(definition).fields.get(field)?.schema;
    take(`${definition}#${field}`, property.description, model?.fields.get(field)?.description, schema);
    const own = (made.properties as Record<string, OpenApiSchema> | undefined)?.[field];
    if (own) takeExtensions(`${definition}#${field}`, property as OpenApiSchema, own);
  }
}
const sorted = <T>(map: Map<string, T>): Record<string, T> =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
const { shared, connect } = parametersOf(document);
const everywhere = definitions['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']?.[
  'x-kubernetes-group-version-kind'
] as { group: string; version: string }[];
const result: Texts = {
  enums: sorted(enums),
  texts: sorted(texts),
  plain: fieldsOfEnums.flatMap(([name, type, isTold]) => (!isTold && enums.has(type) ? [name] : [])),
  extensions,
  groupVersions: everywhere.map(({ group, version }) => `${group}/${version}`),
  connect,
};
const write = (path: string, text: string): void => writeFileSync(fileURLToPath(new URL(path, import.meta.url)), text);
write('descriptions.json', `${JSON.stringify(result, undefined, 2)}\n`);
write(
  '../../kube/generated/parameters.ts',
  `/**
 * The parameters of operations in OpenAPI documents. Made by scripts/generate/openapi-texts.ts; not edited by hand.
 * \`shared\`: the name beneath \`parameters\` of version 2; one without it is repeated in each operation.
 */
import type { DescribedParameter } from '../machinery/openapi/parameters.ts';

export const PARAMETERS: Readonly<Record<string, DescribedParameter>> = ${JSON.stringify(shared, undefined, 2)};
`,
);
