/** A panel beside a page, with tabs that live in the address. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { go, linkTo, route } from '../api/route.ts';
import { Icon } from './icon.tsx';
import { t } from './shell/messages.ts';

export interface Tab {
  /** In the address, in every language. */
  name: string;
  /** The text that is shown; the name when left out. */
  title?: string;
  content: () => ComponentChildren;
}

const CLOSED = { selected: undefined, tab: undefined };

/** Tabs that tell of the present alone. */
const OF_NOW = ['Logs', 'Terminal', 'Why', 'Story'];

interface DrawerProps {
  title: string;
  /** The object's state, beside the title. */
  badge?: ComponentChildren;
  /** The menu of actions. */
  actions?: ComponentChildren;
  tabs: Tab[];
}

export function Drawer({ title, badge, actions, tabs: all }: DrawerProps) {
  const tabs = route.value.at === undefined ? all : all.filter(({ name }) => !OF_NOW.includes(name));
  const heading = useRef<HTMLHeadingElement>(null);
  // At once: a key that is pressed as soon as the drawer is seen is for it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    const close = ({ key, defaultPrevented }: KeyboardEvent) => {
      // An Escape that closed something within it is for that alone.
      if (key === 'Escape' && !defaultPrevented) go(CLOSED);
    };
    window.addEventListener('keydown', close);
    return () => {
      window.removeEventListener('keydown', close);
      // Keyboard users go on where the link was.
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const current = tabs.find(({ name }) => name === route.value.tab) ?? tabs[0];
  return (
    <aside class="drawer" aria-label={title}>
      <header>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {badge}
        <span class="end">
          {actions}
          <a class="plain close" aria-label={t('close')} href={linkTo(CLOSED)}>
            <Icon name="close" />
          </a>
        </span>
      </header>
      <nav class="tabs">
        {tabs.map(({ name, title = name }) => (
          <a key={name} href={linkTo({ tab: name })} aria-current={name === current?.name}>
            {title}
          </a>
        ))}
      </nav>
      <div class="body">{current?.content()}</div>
    </aside>
  );
}
