/**
 * Discovery: the groups, versions and resources that a cluster serves, by its kinds ({@link answerDiscovery}).
 * Documents are made once per table and form, because clients ask for them far more often than kinds change.
 */
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
  contentType: string;
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
  const key = `${form ?? ''} ${path}`;
  if (!answers.has(key)) {
    // Paths are the clients' to invent: only those that exist are kept.
    const answer = makeAnswer(kinds, path, form);
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
      contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
      body: JSON.stringify(aggregatedDiscovery(kinds, path === '/api' ? 'legacy' : 'groups', form)),
    };
  }
  const document = plainDocument(kinds, path);
  return document && { contentType: 'application/json', body: JSON.stringify(document) };
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

/**
 * The aggregated form where the header likes it best of what is known. Upstream serves v2 alone: it has removed v2beta1, and
 * a client that asks for that, too, is answered in another of its forms.
 */
export function aggregatedForm(accept: string | undefined): AggregatedVersion | undefined {
  const clauses = (accept ?? '').split(',').map((clause) => {
    const [type = '', ...parameters] = clause.split(';').map((text) => text.trim());
    const given = new Map(parameters.map((text) => text.split('=', 2) as [string, string]));
    return { type, given, weight: Number(given.get('q') ?? 1) };
  });
  clauses.sort((a, b) => b.weight - a.weight);
  for (const { type, given } of clauses) {
    if (type !== 'application/json') continue;
    if (!given.has('as')) return undefined;
    const isKind = given.get('as') === 'APIGroupDiscoveryList' && given.get('g') === 'apidiscovery.k8s.io';
    if (isKind && given.get('v') === 'v2') return 'v2';
  }
  return undefined;
}
