/** The choice of the kind, where there is no room for the navigation. */
import { useEffect } from 'preact/hooks';
import { type ApiResource, findResource, idOf } from '../../api/discovery.ts';
import { follow, pageLink } from '../../api/route.ts';
import { registerCommands } from '../../ui/commands.ts';
import { t } from '../messages.ts';
import { groupKinds, titleOf } from './groups.ts';

export function KindSelect({ kinds, current }: { kinds: readonly ApiResource[]; current: string }) {
  const groups = groupKinds(kinds);
  const found = findResource(kinds, current);
  const open = (id: string) => follow(pageLink('resources', { resource: id }));
  useEffect(
    () =>
      registerCommands(() =>
        groups.flatMap(({ kinds: own }) =>
          own.map((resource) => ({
            id: `kind/${idOf(resource)}`,
            title: titleOf(resource),
            group: t('go'),
            detail: resource.group,
            words: resource.shortNames.join(' '),
            run: () => open(idOf(resource)),
          })),
        ),
      ),
    [kinds],
  );
  return (
    <select
      class="kind-select"
      aria-label={t('kind')}
      value={found && idOf(found)}
      onChange={({ currentTarget }) => open(currentTarget.value)}
    >
      {groups.map(({ name, kinds: own }) => (
        <optgroup key={name} label={t(name)}>
          {own.map((resource) => (
            <option key={idOf(resource)} value={idOf(resource)}>
              {titleOf(resource)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
