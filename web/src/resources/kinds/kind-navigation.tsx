/** The kinds of the cluster beneath the page's line of the navigation, in groups that can be folded away. */
import { useState } from 'preact/hooks';
import { findResource, idOf } from '../../api/discovery.ts';
import { discoveryOf } from '../../api/discovery-live.ts';
import { kept } from '../../api/kept.ts';
import { pageLink, route } from '../../api/route.ts';
import type { PageProps } from '../../ui/pages.ts';
import { t } from '../messages.ts';
import '../resources.css';
import { DEFAULT_KIND } from '../resources-page.tsx';
import { type GroupName, groupKinds, groupOf, titleOf } from './groups.ts';

/** Open groups; at first those that a beginner needs. */
const unfolded = kept<readonly string[]>(
  'kinds.open',
  (text) => (text === null ? ['workloads', 'network', 'custom'] : text.split(',')),
  (names) => names.join(),
);

export default function KindNavigation({ cluster }: PageProps) {
  const kinds = discoveryOf(cluster).resources.value ?? [];
  const here = findResource(kinds, route.value.resource ?? DEFAULT_KIND);
  const group = here && groupOf(here);
  // The group of what is shown is open, until a person closes it.
  const [closed, close] = useState<GroupName>();
  const isOpen = (name: GroupName) => unfolded.value.includes(name) || (name === group && closed !== name);
  const fold = (name: GroupName) => {
    const others = unfolded.value.filter((each) => each !== name);
    close(isOpen(name) ? name : undefined);
    unfolded.value = isOpen(name) ? others : [...others, name];
  };
  return (
    <ul class="kinds" aria-label={t('kinds')}>
      {groupKinds(kinds).map(({ name, kinds: own }) => (
        <li key={name}>
          <button type="button" class="group" aria-expanded={isOpen(name)} onClick={() => fold(name)}>
            {t(name)}
          </button>
          {isOpen(name) && (
            <ul>
              {own.map((resource) => (
                <li key={idOf(resource)}>
                  <a
                    href={pageLink('resources', { resource: idOf(resource) })}
                    aria-current={resource === here ? 'page' : undefined}
                    title={idOf(resource)}
                  >
                    {titleOf(resource)}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
