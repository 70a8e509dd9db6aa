import { useEffect, useState } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import type { ApiResource } from '../../api/discovery.ts';
import { t as past } from '../../history/messages.ts';
import { t } from '../messages.ts';
import type { Action } from './index.ts';
import { needsOf, needText, type ResourceRule, refusedNeed, rulesIn } from './rights.ts';

/** Why an action may not be done, for a person; undefined when it may, and until that is known. */
export type Refuses = (action: Action, object?: string) => string | undefined;

/** `namespace`: empty for what is in none; `asked`: the answer is of use. */
export function useRights(cluster: Cluster, resource: ApiResource, namespace: string, asked = true): Refuses {
  const [rules, setRules] = useState<readonly ResourceRule[]>();
  useEffect(() => {
    if (!asked || cluster.past) return;
    let current = true;
    // Rules of ClusterRoleBindings are told with those of any namespace.
    void rulesIn(cluster.api, namespace || 'default', Date.now()).then((found) => current && setRules(found));
    return () => {
      current = false;
    };
  }, [cluster, namespace, asked]);
  return (action, object) => {
    if (cluster.past) return past('nothingToChange');
    const need = rules && refusedNeed(rules, needsOf(action, resource), object);
    return need && t('mayNot', { need: needText(need) });
  };
}
