/** The objects under a prefix, a page at a time: at most a page of texts is in memory, and work can pause between. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyPrefix } from '../../../../kube/machinery/resource.ts';
import type { ReadPort } from '../ports.ts';

const PAGE = 200;

export function* pages(read: ReadPort, prefix: string): Iterable<ReturnType<ReadPort['list']>> {
  let after: Key | undefined;
  do {
    const page = read.list({ prefix, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page;
    after = page.next;
  } while (after !== undefined);
}

/** All objects of a resource, one after the other. */
export function* objects<T extends KubeObject>(read: ReadPort, resource: GroupResource): Iterable<T> {
  for (const { items } of pages(read, keyPrefix(resource))) {
    for (const { text } of items) yield JSON.parse(text) as T;
  }
}
