/** Narrows the page down to one namespace, and to names with a text in them. The address carries both. */
import { useEffect, useRef } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { amend, go, route } from '../api/route.ts';
import { registerCommands } from './commands.ts';
import { t } from './messages.ts';
import { t as frame } from './shell/messages.ts';

export function FilterBar({ cluster }: { cluster: Cluster }) {
  const { namespace, search } = route.value;
  const input = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      registerCommands(() => [
        {
          title: t('searchByName'),
          group: frame('here'),
          shortcut: '/',
          keysOnly: true,
          run: () => input.current?.focus(),
        },
      ]),
    [],
  );
  const names = new Set([...cluster.namespaces.objects.value.values()].map(({ metadata }) => metadata.name ?? ''));
  // The address may ask for a namespace that is gone, or not here yet.
  if (namespace) names.add(namespace);
  return (
    <search class="filter">
      <select
        aria-label={t('namespace')}
        value={namespace ?? ''}
        onChange={({ currentTarget }) => go({ namespace: currentTarget.value || undefined })}
      >
        <option value="">{t('allNamespaces')}</option>
        {[...names].sort().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        ref={input}
        type="search"
        aria-label={t('searchByName')}
        placeholder={t('searchByName')}
        title={t('searchHint')}
        value={search ?? ''}
        onInput={({ currentTarget }) => amend({ search: currentTarget.value || undefined })}
      />
    </search>
  );
}
