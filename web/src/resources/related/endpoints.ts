/** Where a Service leads, and whether that is ready. */
import type { EndpointSlice } from '../../../../kube/types.ts';
import { named, type Relation } from './relation.ts';

export const endpoints: readonly Relation[] = [
  {
    name: 'routesTo',
    of: ['endpointslices.discovery.k8s.io'],
    find: (object) => {
      const { endpoints: all } = object as unknown as EndpointSlice;
      const pods = (all ?? []).map(({ targetRef }) => (targetRef?.kind === 'Pod' ? targetRef.name : undefined));
      return named('pods', object.metadata.namespace, pods);
    },
  },
];
