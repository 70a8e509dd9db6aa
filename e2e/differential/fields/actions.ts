/** Requests to subresources, and to kinds that are asked and not kept: each field of their bodies is tried. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../mutations.ts';
import type { Request } from '../request.ts';
import { mutationsAt, places, withMutation } from './cases.ts';
import { compareAnswers } from './compare.ts';
import { schemaOf } from './openapi.ts';
import { printed } from './raw.ts';
import { APPLY, type Options, parallel, QUERY, sample, type Trial, without } from './try-kind.ts';

export interface Action {
  path: string;
  method?: 'POST' | 'PUT' | 'PATCH';
  /** The object whose subresource it is. */
  of?: Json;
  body?: Json;
  /** The body is that object, as each server shows it. */
  from?: true;
}

const FILE = join(import.meta.dirname, 'actions.yaml');

export function loadActions(namespace: string): Action[] {
  return parse(readFileSync(FILE, 'utf8').replaceAll('NAMESPACE', namespace)) as Action[];
}

export function nameOf({ path, method = 'POST' }: Action): string {
  return `${method} ${path.split('/').slice(-3).join('/')}`;
}

/** Answers why the action could not be tried, or nothing. */
export async function tryAction(action: Action, options: Options, told: (trial: Trial) => void): Promise<string> {
  const { theirs, ours, definitions, count, seed, only } = options;
  const { path, method = 'POST', of } = action;
  const object = path.split('/').slice(0, -1).join('/');
  const collection = object.split('/').slice(0, -1).join('/');
  let bodies = [action.body, action.body];
  if (of) {
    const answers = await Promise.all(
      [theirs, ours].map(async (ask) => {
        await ask({ method: 'POST', path: `${collection}?fieldManager=differential`, body: JSON.stringify(of) });
        return ask({ method: 'GET', path: object });
      }),
    );
    if (answers.some(({ status }) => status !== 200)) return 'the object whose part it is was refused';
    if (action.from) bodies = answers.map(({ text }) => without(JSON.parse(text), false));
  }
  const schema = schemaOf(definitions, bodies[0].apiVersion, bodies[0].kind);
  if (!schema) return 'not served by upstream';
  const cases = places(definitions, schema)
    .filter((place) => place.path[1] !== 'managedFields' && only.test(place.path.join('.')))
    .flatMap((place) => mutationsAt(definitions, place).map(({ value }) => ({ place, value })));
  const headers = method === 'PATCH' ? { headers: APPLY } : {};
  const query = method === 'PATCH' ? `${QUERY}&force=true` : QUERY;
  await parallel(sample(cases, count, seed), async (one) => {
    const requests = bodies.map((body): Request => {
      const text = printed(withMutation(definitions, body, one.place, one.value));
      return { method, path: path + query, ...headers, body: text };
    }) as [Request, Request];
    const [upstream, islet] = await Promise.all([theirs(requests[0]), ours(requests[1])]);
    told({ verb: '', ...one, found: compareAnswers(path, upstream, islet) });
  });
  if (of)
    await Promise.all([theirs, ours].map((ask) => ask({ method: 'DELETE', path: `${object}?gracePeriodSeconds=0` })));
  return '';
}
