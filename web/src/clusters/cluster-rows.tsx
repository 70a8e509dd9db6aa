/** The clusters of a list: each opens by its name, and has a menu. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { addressOf, type ClusterRef } from '../api/session.ts';
import { Age } from '../ui/age.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { Describe } from './describe.tsx';
import { homeOf } from './links.ts';
import { t } from './messages.ts';

interface ClusterRowsProps {
  clusters: readonly ClusterRef[];
  /** Beside the time. */
  about(cluster: ClusterRef): ComponentChildren;
  actions(cluster: ClusterRef): readonly MenuItem[];
  /** All that the person has. */
  all: readonly ClusterRef[];
}

export function ClusterRows({ clusters, about, actions, all }: ClusterRowsProps) {
  return (
    <ul class="rows">
      {clusters.map((cluster) => (
        <ClusterRow
          key={cluster.id}
          cluster={cluster}
          href={homeOf(addressOf(cluster, all))}
          about={about(cluster)}
          actions={actions(cluster)}
        />
      ))}
    </ul>
  );
}

interface ClusterRowProps {
  cluster: ClusterRef;
  href: string;
  about: ComponentChildren;
  actions: readonly MenuItem[];
}

function ClusterRow({ cluster, href, about, actions }: ClusterRowProps) {
  const [described, setDescribed] = useState(false);
  const { name, created, id } = cluster;
  return (
    <li>
      <div class="what">
        <a class="cluster-name" href={href}>
          {name}
        </a>
        <span class="about">
          {created && t.parts('created', { age: <Age since={created} /> })}
          {about}
        </span>
      </div>
      <button
        type="button"
        class="button"
        aria-expanded={described}
        aria-controls={`describe-${id}`}
        aria-label={t('describeThis', { name })}
        onClick={() => setDescribed(!described)}
      >
        {t('describe')}
      </button>
      <Menu label={t('actionsOn', { name })} items={actions} class="plain">
        <Icon name="more" />
      </Menu>
      <div id={`describe-${id}`} class="described" hidden={!described}>
        {described && <Describe cluster={cluster} />}
      </div>
    </li>
  );
}
