/** `GET /islet/v1/trace?resource=deploy&namespace=default&name=web`: resources by any name that kubectl knows. */
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import type { Store } from '../store/store.ts';
import { traceStory } from '../trace/story.ts';
import { type Answer, refuse } from './islet-api.ts';

/** `query` is the request's, without the `?`. */
export function answerTrace(query: string, kinds: readonly KindDescriptor[], store: Store): Answer {
  const params = new URLSearchParams(query);
  const [resource, name] = [params.get('resource'), params.get('name')];
  if (!resource || !name) return refuse('BadRequest', 'name an object by resource=… and name=… (and namespace=…)');
  const kind = kinds.find(({ plural, singular, shortNames, resource: full }) =>
    [full, plural, singular, ...shortNames].includes(resource),
  );
  if (!kind) return refuse('NotFound', `the server doesn't have a resource type ${JSON.stringify(resource)}`);
  const namespace = kind.scope === 'Namespaced' ? (params.get('namespace') ?? 'default') : '';
  const story = traceStory({ resource: kind.resource, namespace, name }, store, store);
  if (!story) return refuse('NotFound', `${kind.resource} ${JSON.stringify(name)} not found`);
  return { status: 200, body: story };
}
