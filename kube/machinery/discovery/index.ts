/**
 * Discovery: the groups, versions and resources that a cluster serves, by its kinds ({@link answerDiscovery}).
 * Documents are made once per table and form, because clients ask for them far more often than kinds change.
 */
import { PROTOBUF_TYPE } from '../../../wire/protobuf.ts';
import type { KindDescriptor } from '../../kinds/define.ts';
import {
  type AggregatedVersion,
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from './documents.ts';

export * from './documents.ts';

export interface DiscoveryAnswer {
  isAggregated: boolean;
  /** JSON text. */
  body: string;
}

const cache = new WeakMap<readonly KindDescriptor[], Map<string, DiscoveryAnswer | undefined>>();

/**
 * `asked` is `/api`, `/apis`, `/api/v1`, `/apis/{group}` or `/apis/{group}/{version}`; undefined for any other, and
 * where nothing is served (404). A slash at the end changes nothing. `accept` is the request's header. Answers vary by
 * it (`Vary: Accept`).
 */
export function answerDiscovery(
  kinds: readonly KindDescriptor[],
  asked: string,
  accept: string | undefined,
): DiscoveryAnswer | undefined {
  const path = asked.endsWith('/') ? asked.slice(0, -1) : asked;
  // `/apis/` is another path upstream, without the form.
  const form = path === '/api' || asked === '/apis' ? aggregatedForm(accept) : undefined;
  const answers = cache.get(kinds) ?? new Map<string, DiscoveryAnswer | undefined>();
  cache.set(kinds, answers);
  const key = `${form?.version ?? ''} ${path}`;
  if (!answers.has(key)) {
    // Paths are the clients' to invent: only those that exist are kept.
    const answer = makeAnswer(kinds, path, form?.version);
    if (!answer) return undefined;
    answers.set(key, answer);
  }
  return answers.get(key);
}

function makeAnswer(
  kinds: readonly KindDescriptor[],
  path: string,
  form: AggregatedVersion | undefined,
): DiscoveryAnswer | undefined {
  if (form) {
    return {
      isAggregated: true,
      body: JSON.stringify(aggregatedDiscovery(kinds, path === '/api' ? 'legacy' : 'groups', form)),
    };
  }
  const document = plainDocument(kinds, path);
  return document && { isAggregated: false, body: JSON.stringify(document) };
}

function plainDocument(kinds: readonly KindDescriptor[], path: string): object | undefined {
  if (path === '/api') return apiVersions('10.96.0.1:443');
  if (path === '/apis') return apiGroupList(kinds);
  const [, root, first = '', second, more] = path.split('/');
  if (more !== undefined || first === '') return undefined;
  if (root === 'api') return second === undefined ? apiResourceList(kinds, '', first) : undefined;
  if (root !== 'apis') return undefined;
  return second === undefined ? apiGroup(kinds, first) : apiResourceList(kinds, first, second);
}

/** The aggregated form, and the media type in which the header asks for it. */
export interface AggregatedForm {
  version: AggregatedVersion;
  type: (typeof TYPES)[number];
}

const TYPES = ['application/json', 'application/yaml', PROTOBUF_TYPE] as const;
const ANY: ReadonlySet<string> = new Set(['*/*', 'application/*']);

/**
 * The first form that the header names and upstream makes, however much better it likes other answers. It is v2 alone:
 * v2beta1 was removed (apiserver `pkg/endpoints/discovery/aggregated/wrapper.go`).
 */
export function aggregatedForm(accept: string | undefined): AggregatedForm | undefined {
  const clauses = (accept ?? '').split(',').map((clause) => {
    const [type = '', ...parameters] = clause.split(';').map((text) => text.trim());
    const given = new Map(parameters.map((text) => text.split('=', 2) as [string, string]));
    return { type, given, weight: Number(given.get('q') ?? 1) };
  });
  clauses.sort((a, b) => b.weight - a.weight);
  for (const { type: wanted, given } of clauses) {
    const type = ANY.has(wanted) ? TYPES[0] : TYPES.find((each) => each === wanted);
    if (!type || (given.get('sv') ?? '') !== '') continue;
    const isKind = given.get('as') === 'APIGroupDiscoveryList' && given.get('g') === 'apidiscovery.k8s.io';
    if (isKind && given.get('v') === 'v2') return { version: 'v2', type };
  }
  return undefined;
}
