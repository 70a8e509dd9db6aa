/** Completion, documentation under the pointer and errors, from the schemas of the cluster. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import type { EditorState, Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { t } from '../messages.ts';
import type { Catalog } from '../schema/catalog.ts';
import { type Proposal, proposeKeys, proposeKinds, proposeValues } from '../schema/proposals.ts';
import { resolved, schemaAt, typeName } from '../schema/schema.ts';
import { type Finding, findingText, validate } from '../schema/validate.ts';
import { placeAt } from '../text/place.ts';
import { documentAt, splitDocuments } from '../text/split.ts';
import { keyAt, parseTree } from '../text/tree.ts';
import { documentation } from './documentation.ts';

/** Characters up to which a text is checked while it is written. What is longer is checked when it is sent. */
const MOST_CHECKED = 400_000;
const LINT_AFTER_MS = 350;

export function schemaSupport(catalog: Catalog): Extension {
  return [
    autocompletion({ override: [(context) => complete(catalog, context)], icons: false, activateOnTypingDelay: 50 }),
    hoverTooltip(({ state }, position) => (isLong(state) ? null : hover(catalog, state.doc.toString(), position))),
    linter(({ state }) => (isLong(state) ? [] : lint(catalog, state.doc.toString())), { delay: LINT_AFTER_MS }),
    lintGutter(),
  ];
}

function isLong({ doc }: EditorState): boolean {
  return doc.length > MOST_CHECKED;
}

/** `apiVersion` and `kind` as the top of the text says them, also while the rest of it can't be read. */
export function typeOf(text: string): { apiVersion?: string; kind?: string } {
  const value = (field: string) =>
    new RegExp(`^\\s{0,2}["']?${field}["']?:\\s*["']?([^\\s"',#]+)`, 'm').exec(text)?.[1];
  return { apiVersion: value('apiVersion'), kind: value('kind') };
}

async function complete(catalog: Catalog, context: CompletionContext): Promise<CompletionResult | null> {
  if (isLong(context.state)) return null;
  const text = context.state.doc.toString();
  const { from, text: document } = documentAt(text, context.pos);
  const place = placeAt(document, context.pos - from);
  if (!place || (place.typed === '' && place.at === 'key' && !context.explicit)) return null;
  const start = context.pos - place.typed.length;
  const options = await optionsAt(catalog, document, place).catch(() => []);
  if (options.length === 0) return null;
  return { from: start, options: options.map(asCompletion), validFor: /^[\w./-]*$/ };
}

async function optionsAt(catalog: Catalog, document: string, place: NonNullable<ReturnType<typeof placeAt>>) {
  const { apiVersion, kind } = typeOf(document);
  const [field] = place.path;
  if (place.at === 'value' && place.path.length === 1 && (field === 'apiVersion' || field === 'kind')) {
    return proposeKinds(field, { apiVersion, kind }, await catalog.kinds());
  }
  const found = apiVersion && kind ? await catalog.schema(apiVersion, kind) : undefined;
  if (found) return place.at === 'key' ? proposeKeys(place, found) : proposeValues(place, found);
  if (place.at === 'value' || place.path.length > 0) return [];
  const first = ['apiVersion', 'kind', 'metadata'].filter((name) => !place.present.includes(name));
  return first.map(
    (name): Proposal => ({ label: name, text: name === 'metadata' ? 'metadata:\n  name: ' : `${name}: ` }),
  );
}

function asCompletion({ label, detail, description, text, required }: Proposal): Completion {
  return {
    label,
    detail: required ? `${detail ?? ''} · ${t('required')}` : detail,
    info: description,
    apply: text,
    boost: required ? 50 : 0,
  };
}

async function hover(catalog: Catalog, text: string, position: number) {
  const { from, text: document } = documentAt(text, position);
  const key = keyAt(parseTree(document).root, position - from);
  const { apiVersion, kind } = typeOf(document);
  if (!key || !apiVersion || !kind) return null;
  const found = await catalog.schema(apiVersion, kind).catch(() => undefined);
  const field = found && schemaAt(found.schema, key.path, found.definitions);
  if (!found || !field) return null;
  const parent = schemaAt(found.schema, key.path.slice(0, -1), found.definitions);
  const name = String(key.path.at(-1));
  const facts = {
    name,
    type: typeName(field, found.definitions),
    schema: resolved(field, found.definitions),
    required: parent?.required?.includes(name) === true,
  };
  return {
    pos: from + key.range[0],
    end: from + key.range[1],
    above: true,
    create: () => ({ dom: documentation(facts) }),
  };
}

async function lint(catalog: Catalog, text: string): Promise<Diagnostic[]> {
  const found = splitDocuments(text).map(async ({ from, text: document }) => {
    const inDocument = await checkDocument(catalog, document);
    return inDocument.map((each) => ({ ...each, from: each.from + from, to: each.to + from }));
  });
  return (await Promise.all(found)).flat();
}

async function checkDocument(catalog: Catalog, text: string): Promise<Diagnostic[]> {
  const { root, problems } = parseTree(text);
  if (problems.length > 0) return problems.map((problem) => ({ ...problem, severity: 'error' }));
  const { apiVersion, kind } = typeOf(text);
  if (!apiVersion || !kind || kind === 'List') return [];
  const found = await catalog.schema(apiVersion, kind).catch(() => 'unknown' as const);
  if (found === 'unknown') return [];
  if (!found) {
    const at = text.indexOf(kind, Math.max(0, text.search(/^["']?kind/m)));
    return [{ from: at, to: at + kind.length, severity: 'warning', message: t('unknownKind', { kind, apiVersion }) }];
  }
  return validate(root, found.schema, found.definitions).map(asDiagnostic);
}

function asDiagnostic(finding: Finding): Diagnostic {
  return { from: finding.from, to: finding.to, severity: 'error', message: findingText(finding) };
}
