/** Watches, which go on until the sequence ends. */

import { asOf, selected } from './reads.ts';
import { accepted, asUser, type Maker, PARTIAL, PROTOBUF, requestOf, TABLE } from './step.ts';

const STARTS = [
  '',
  'resourceVersion=0',
  'resourceVersion=NOW',
  'resourceVersion=NOW',
  'resourceVersion=SEEN',
  'resourceVersion=SEEN',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=0',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=SEEN&allowWatchBookmarks=true',
  'sendInitialEvents=true',
  'sendInitialEvents=true&resourceVersionMatch=Exact',
  'resourceVersion=x',
  'resourceVersionMatch=NotOlderThan&resourceVersion=0',
  'sendInitialEvents=false&resourceVersionMatch=NotOlderThan',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  'limit=1',
  'continue=x',
  'resourceVersion=-1',
  'timeoutSeconds=x',
  'includeObject=Object',
  'includeObject=None',
  'allowWatchBookmarks=x',
] as const;

const BINARY = [`${PROTOBUF},application/json`, `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`] as const;

export const watch: Maker = (tape, subject, scope) => {
  const start = tape.pick(STARTS);
  const collection = scope.collection(subject);
  const single = tape.oneIn(6);
  const name = scope.name(subject, tape.pick(['a', 'b']));
  const selector = single ? `fieldSelector=metadata.name%3D${name}` : selected(tape, subject, scope);
  const accept = tape.pick([undefined, undefined, undefined, TABLE, PARTIAL, ...BINARY]);
  const headers = { ...(accept ? { accept } : tape.oneIn(8) ? { ...accepted(tape, 1) } : {}), ...asUser(tape) };
  const deprecated = tape.oneIn(20);
  const path = deprecated ? collection.replace(/^(\/api\/v1|\/apis\/[^/]+\/[^/]+)/, '$1/watch') : collection;
  return asOf([start, selector].filter((each) => each !== '').join('&'), async (client, query) => {
    let asked = query;
    if (query.includes('NOW')) {
      const now = await client.read(`${collection}?limit=1&labelSelector=${scope.selector}`);
      asked = query.replace('NOW', now?.metadata?.resourceVersion ?? '0');
    }
    await client.settle(`${collection}?labelSelector=${scope.selector}`);
    return client.watch(requestOf('GET', `${path}?watch=true&timeoutSeconds=50&${asked}`, undefined, headers));
  });
};
