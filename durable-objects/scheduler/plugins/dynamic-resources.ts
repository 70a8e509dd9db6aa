import { type Plugin, unresolvable } from '../framework.ts';

/** Devices (KEP-4381) are not allocated by Islet: a pod that claims some must not run without them. */
export const DynamicResources: Plugin = {
  name: 'DynamicResources',
  preFilter({ pod }) {
    if (!pod.spec?.resourceClaims?.length) return 'skip';
    return unresolvable('pod has resource claims, which Islet does not allocate yet');
  },
  postFilter: ({ pod }) => (pod.spec?.resourceClaims?.length ? undefined : { message: 'no new claims to deallocate' }),
};
