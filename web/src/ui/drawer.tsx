/** A panel beside the overview, with tabs that live in the address. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { linkTo, route } from '../api/route.ts';

export interface Tab {
  name: string;
  content: () => ComponentChildren;
}

export function Drawer({ title, badge, tabs }: { title: string; badge?: ComponentChildren; tabs: Tab[] }) {
  useEffect(() => {
    const close = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') location.hash = linkTo({ selected: undefined, tab: undefined });
    };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, []);
  const current = tabs.find(({ name }) => name === route.value.tab) ?? tabs[0];
  return (
    <aside class="drawer" aria-label={title}>
      <header>
        <h1>{title}</h1>
        {badge}
        <a class="close" aria-label="Close" href={linkTo({ selected: undefined, tab: undefined })}>
          ✕
        </a>
      </header>
      <nav class="tabs">
        {tabs.map(({ name }) => (
          <a key={name} href={linkTo({ tab: name })} aria-current={name === current?.name}>
            {name}
          </a>
        ))}
      </nav>
      <div class="body">{current?.content()}</div>
    </aside>
  );
}
