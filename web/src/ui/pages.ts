/** The pages of a cluster, a line each. Their titles are in `titles.ts`, their code is loaded when they are opened. */
import type { ComponentType } from 'preact';
import type { Cluster } from '../api/cluster.ts';
import { pageLink } from '../api/route.ts';
import type { IconName } from './icon.tsx';
import type { PageTitle } from './titles.ts';

export interface PageProps {
  cluster: Cluster;
}

type Loaded = Promise<{ default: ComponentType<PageProps> }>;

export interface Page {
  /** `#page=NAME` */
  name: string;
  title: PageTitle;
  icon: IconName;
  /** Keys after each other. */
  shortcut: string;
  load(): Loaded;
  /** It shows the present also while a moment of the past is looked at elsewhere. */
  isOfNow?: true;
  /** Stands beneath its line of the navigation while the page is open. */
  navigation?(): Loaded;
}

export const pages: readonly Page[] = [
  {
    name: 'overview',
    title: 'overview',
    icon: 'overview',
    shortcut: 'g o',
    load: () => import('./overview-page.tsx'),
  },
  {
    name: 'resources',
    title: 'resources',
    icon: 'list',
    shortcut: 'g r',
    load: () => import('../resources/resources-page.tsx'),
    navigation: () => import('../resources/kinds/kind-navigation.tsx'),
  },
  {
    name: 'map',
    title: 'map',
    icon: 'map',
    shortcut: 'g m',
    load: () => import('../map/map-page.tsx'),
  },
  {
    name: 'nodes',
    title: 'nodes',
    icon: 'node',
    shortcut: 'g n',
    load: () => import('../nodes/nodes-page.tsx'),
  },
  {
    name: 'history',
    title: 'history',
    icon: 'history',
    shortcut: 'g h',
    load: () => import('../history/history-page.tsx'),
  },
  {
    name: 'apply',
    title: 'apply',
    isOfNow: true,
    icon: 'way',
    shortcut: 'g y',
    load: () => import('../apply/apply-page.tsx'),
  },
  {
    name: 'create',
    title: 'create',
    isOfNow: true,
    icon: 'plus',
    shortcut: 'g c',
    load: () => import('../editor/create/create-page.tsx'),
  },
  {
    name: 'terminal',
    title: 'terminal',
    isOfNow: true,
    icon: 'terminal',
    shortcut: 'g t',
    load: () => import('../kubectl/terminal/terminal-page.tsx'),
  },
  {
    name: 'logs',
    title: 'logs',
    isOfNow: true,
    icon: 'log',
    shortcut: 'g f',
    load: () => import('../logs/logs-page.tsx'),
  },
  {
    name: 'sharing',
    title: 'sharing',
    isOfNow: true,
    icon: 'share',
    shortcut: 'g s',
    load: () => import('../sharing/sharing-page.tsx'),
  },
  {
    name: 'lessons',
    title: 'lessons',
    isOfNow: true,
    icon: 'lesson',
    shortcut: 'g l',
    load: () => import('../lessons/lessons-page.tsx'),
  },
];

/** The page of a name; the overview for a name that there is none of. */
export function pageNamed(name: string | undefined): Page {
  return pages.find((page) => page.name === name) ?? (pages[0] as Page);
}

/** A link to a page of the cluster; to one that is of now, out of the past. */
export function linkToPage({ name, isOfNow }: Page): string {
  return pageLink(name === pages[0]?.name ? undefined : name, isOfNow ? { at: undefined } : {});
}
