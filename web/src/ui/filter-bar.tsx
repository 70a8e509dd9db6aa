/** Narrows the page down to one namespace, and to names with a text in them. The address carries both. */
import { useEffect, useRef } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { amend, go, route } from '../api/route.ts';

export function FilterBar({ cluster }: { cluster: Cluster }) {
  const { namespace, search } = route.value;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const jump = (event: KeyboardEvent): void => {
      const { key, target, ctrlKey, metaKey, altKey } = event;
      if (key !== '/' || ctrlKey || metaKey || altKey || (target as Element).matches('input, textarea')) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', jump);
    return () => window.removeEventListener('keydown', jump);
  }, []);
  const names = new Set([...cluster.namespaces.objects.value.values()].map(({ metadata }) => metadata.name ?? ''));
  // One that is gone, or not here yet, is still what the address asks for.
  if (namespace) names.add(namespace);
  return (
    <search class="filter">
      <select
        aria-label="Namespace"
        value={namespace ?? ''}
        onChange={({ currentTarget }) => go({ namespace: currentTarget.value || undefined })}
      >
        <option value="">All namespaces</option>
        {[...names].sort().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        ref={input}
        type="search"
        aria-label="Search by name"
        placeholder="Search by name"
        title="Press / to search"
        value={search ?? ''}
        onInput={({ currentTarget }) => amend({ search: currentTarget.value || undefined })}
      />
    </search>
  );
}
