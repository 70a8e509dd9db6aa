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
  const form = path === '/api' || path === '/apis' ? aggregatedForm(accept) : undefined;
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

/** The first form of the header that is known, as upstream negotiates: kubectl asks for v2, v2beta1 and plain. */
export function aggregatedForm(accept: string | undefined): AggregatedVersion | undefined {
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (type !== 'application/json') continue;
    const given = new Map(parameters.map((text) => text.split('=', 2) as [string, string]));
    if (given.get('as') !== 'APIGroupDiscoveryList' || given.get('g') !== 'apidiscovery.k8s.io') {
      if (!given.has('as')) return undefined;
      continue;
    }
    const version = given.get('v');
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}
