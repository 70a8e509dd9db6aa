/** The shell's own commands: what is everywhere, the pages, the clusters, and the objects that the overview watches. */

import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cluster } from '../../api/cluster.ts';
import type { Collection } from '../../api/collection.ts';
import { clusterLink, follow, go, pageLink, route } from '../../api/route.ts';
import { addressOf, type ClusterRef } from '../../api/session.ts';
import { type Locale, locale } from '../../i18n/index.ts';
import { DEPLOYMENTS, NODES, PODS } from '../../kinds/ids.ts';
import type { Command } from '../commands.ts';
import { linkToPage, pages } from '../pages.ts';
import { type Theme, theme } from '../theme.ts';
import { pageTitle } from '../titles.ts';
import { LANGUAGES, themeTitles } from './choices.ts';
import { t } from './messages.ts';
import { openOverlay } from './overlays.tsx';

/** `#page=account`: of the person, and so not in the table of a cluster's pages. */
export const ACCOUNT_PAGE = 'account';
/** `#page=clusters`: all that the person has. */
export const CLUSTERS_PAGE = 'clusters';
/** `#page=device`: lets a program in. */
export const DEVICE_PAGE = 'device';

export function generalCommands(): Command[] {
  const themes = Object.entries(themeTitles()).filter(([value]) => value !== theme.value);
  const languages = Object.entries(LANGUAGES).filter(([value]) => value !== locale.value);
  return [
    {
      title: t('palette'),
      group: t('everywhere'),
      shortcut: 'mod+k',
      keysOnly: true,
      run: () => openOverlay('palette'),
    },
    { title: t('help'), group: t('everywhere'), shortcut: '?', run: () => openOverlay('help') },
    {
      title: t('account'),
      group: t('everywhere'),
      words: 'account passkey sessions sign out',
      shortcut: 'g a',
      run: () => follow(pageLink(ACCOUNT_PAGE)),
    },
    {
      title: t('clusters'),
      group: t('everywhere'),
      words: 'clusters create fork delete import export',
      shortcut: 'g k',
      run: () => follow(pageLink(CLUSTERS_PAGE)),
    },
    ...themes.map(([value, title]) => ({
      title,
      group: t('theme'),
      words: 'theme appearance',
      run: () => {
        theme.value = value as Theme;
      },
    })),
    ...languages.map(([value, title]) => ({
      title,
      group: t('language'),
      words: 'language',
      run: () => {
        locale.value = value as Locale;
      },
    })),
  ];
}

export function pageCommands(): Command[] {
  return pages.map((page) => ({
    title: pageTitle(page.title),
    group: t('goTo'),
    words: page.name,
    shortcut: page.shortcut,
    run: () => follow(linkToPage(page)),
  }));
}

export function clusterCommands(clusters: readonly ClusterRef[]): Command[] {
  const others = clusters.filter((each) => addressOf(each, clusters) !== route.value.cluster);
  return others.map((each) => ({
    id: `cluster/${each.id}`,
    title: each.name,
    group: t('cluster'),
    words: 'cluster',
    run: () => follow(clusterLink(addressOf(each, clusters))),
  }));
}

/** Namespaces narrow the page down; nodes, Deployments and pods open beside the overview. */
export function objectCommands(cluster: Cluster, query: string): Command[] {
  if (query === '') return [];
  const namespaces = named(cluster.namespaces).map(({ name }) => ({
    id: `namespace/${name}`,
    title: name,
    group: 'Namespace',
    run: () => go({ namespace: name }),
  }));
  const opened = (kind: string, group: string, of: Collection<KubeObject>): Command[] =>
    named(of).map(({ namespace, name }) => ({
      id: `${kind}/${namespace}/${name}`,
      title: name,
      detail: namespace,
      group,
      run: () => follow(pageLink(undefined, { selected: { kind, namespace, name } })),
    }));
  return [
    ...namespaces,
    ...opened(NODES, 'Node', cluster.nodes),
    ...opened(DEPLOYMENTS, 'Deployment', cluster.deployments),
    ...opened(PODS, 'Pod', cluster.pods),
  ];
}

function named({ objects }: Collection<KubeObject>): { namespace: string; name: string }[] {
  return [...objects.value.values()].map(({ metadata: { namespace = '', name = '' } }) => ({ namespace, name }));
}
