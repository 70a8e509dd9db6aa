/** The map with what can be chosen beside it: on its page, and beside one object. */
import type { ComponentChildren } from 'preact';
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import type { ApiResource } from '../api/discovery.ts';
import { kindOf } from '../resources/detail/link.tsx';
import { MapCanvas } from './map-canvas.tsx';
import { MapList } from './map-list.tsx';
import type { MapDrawing } from './use-drawing.ts';
import './map.css';
import { t } from './messages.ts';
import type { Line } from './texts.ts';
import { MOST_BOXES, useDrawing, usePlaces } from './use-drawing.ts';
import { useKnown } from './use-known.ts';
import { useTexts } from './use-texts.ts';

interface MapViewProps {
  cluster: Cluster;
  kinds: readonly ApiResource[];
  namespace: string | undefined;
  hidden: ReadonlySet<string>;
  /** The object that it is about. */
  root?: string | undefined;
  search?: string | undefined;
  /** The text that is shown where there is nothing. */
  empty: ComponentChildren;
  /** Stands above the map. */
  tools?(drawing: MapDrawing): ComponentChildren;
}

const NONE: ReadonlySet<string> = new Set();

export function MapView({ cluster, kinds, namespace, hidden, root, search, empty, tools }: MapViewProps) {
  const [opened, setOpened] = useState(NONE);
  const [tidied, setTidied] = useState(0);
  const [aspect, setAspect] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    setAspect(clientHeight > 0 ? clientWidth / clientHeight : 1);
  }, []);
  const found = useKnown({ cluster, kinds, namespace, hidden, about: root?.slice(0, root.indexOf('/')) });
  const drawing = useDrawing(found, kinds, { namespace, hidden, root, search, opened });
  const choice = JSON.stringify([namespace, [...hidden], root, search, tidied]);
  const { places, problem } = usePlaces(drawing, aspect, choice);
  const texts = useTexts(drawing, kinds, namespace);
  const placed = useMemo(() => texts.filter(({ id }) => places?.boxes.has(id)), [texts, places]);
  const open = useCallback((id: string) => setOpened((before) => new Set([...before, id])), []);
  const names = (found?.refused ?? []).map((name) => kindOf(kinds, name)?.kind ?? name);
  const isEmpty = drawing?.boxes.length === 0;
  const isTooMany = (drawing?.boxes.length ?? 0) > MOST_BOXES;
  const isDrawn = places !== undefined && drawing !== undefined && !isEmpty && !isTooMany;
  return (
    <div class="map-view">
      {drawing && tools?.(drawing)}
      {drawing && !isEmpty && (
        <p class="map-note quiet">
          <span role="status">{t('shown', { count: drawing.count })}</span>
          {opened.size > 0 && (
            <button type="button" onClick={() => setOpened(NONE)}>
              {t('gather')}
            </button>
          )}
          <button type="button" onClick={() => setTidied(tidied + 1)}>
            {t('tidy')}
          </button>
          <Legend />
        </p>
      )}
      {names.length > 0 && <p class="notice">{t('notGiven', { kinds: names.join(', ') })}</p>}
      {isTooMany && <p class="notice">{t('tooMany', { count: drawing?.boxes.length ?? 0 })}</p>}
      {problem && (
        <p class="notice bad" role="alert">
          {t('failed', { problem })}
        </p>
      )}
      {isEmpty && <div class="notice nothing">{empty}</div>}
      <div ref={frame} class="map-frame" hidden={isEmpty || isTooMany}>
        {isDrawn ? (
          <MapCanvas
            label={`${t('map')}. ${t('keys')}`}
            places={places}
            boxes={placed}
            links={drawing.links}
            root={root}
            open={open}
          />
        ) : (
          !problem && <p class="empty loading">{t('loading')}</p>
        )}
      </div>
      {drawing && !isEmpty && <MapList boxes={texts} links={drawing.links} open={open} />}
    </div>
  );
}

function Legend() {
  const lines: readonly (readonly [Line, string])[] = [
    ['is-owned', t('lineOwned')],
    ['is-selects', t('lineSelects')],
    ['is-routes', t('lineRoutes')],
    ['is-uses', t('lineUses')],
  ];
  return (
    <span class="map-legend">
      {lines.map(([line, text]) => (
        <span key={line}>
          <svg class="lines" viewBox="0 0 24 8" aria-hidden="true">
            <path class={line} d="M0 4h24" />
          </svg>
          {text}
        </span>
      ))}
    </span>
  );
}
