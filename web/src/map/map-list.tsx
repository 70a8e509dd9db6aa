/** The same as the picture, in words: each box, and what it leads to. */
import { useState } from 'preact/hooks';
import { t as related } from '../resources/messages.ts';
import type { RelationName } from '../resources/related/relation.ts';
import type { Link } from './graph.ts';
import { t } from './messages.ts';
import type { BoxText } from './use-texts.ts';

interface MapListProps {
  boxes: readonly BoxText[];
  links: readonly Link[];
  open(id: string): void;
}

export function MapList(props: MapListProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="map-list" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('asList')}</summary>
      {isOpen && <List {...props} />}
    </details>
  );
}

function List({ boxes, links, open }: MapListProps) {
  const names = new Map(boxes.map(({ id, name }) => [id, name]));
  const from = Map.groupBy(links, (link) => link.from);
  return (
    <ul class="rows">
      {boxes.map(({ id, name, about, tone, status, href, isMany }) => (
        <li key={id}>
          <div>
            {href !== undefined && <a href={href}>{name}</a>}
            {isMany && (
              <button type="button" aria-label={`${name}: ${t('open')}`} onClick={() => open(id)}>
                {name}
              </button>
            )}
            {href === undefined && !isMany && <span>{name}</span>} <span class="quiet">{about}</span>{' '}
            <span class={tone}>{status}</span>
          </div>
          {[...Map.groupBy(from.get(id) ?? [], (link): RelationName => link.name)].map(([relation, ways]) => (
            <div key={relation} class="quiet">
              {related(relation)}:{' '}
              {ways
                .map(({ to }) => names.get(to))
                .filter(Boolean)
                .join(', ')}
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
