/** The texts of the boxes, in the language of the page. */
import { useMemo } from 'preact/hooks';
import { type ApiResource, idOf } from '../api/discovery.ts';
import { linkTo, route } from '../api/route.ts';
import { locale } from '../i18n/index.ts';
import { kindOf } from '../resources/detail/link.tsx';
import type { BoxProps } from './box-view.tsx';
import type { Box, Drawing } from './gather.ts';
import { t } from './messages.ts';

export type BoxText = Omit<BoxProps, 'x' | 'y' | 'isCurrent' | 'isRoot'>;

/** `namespace`: the one that all are of, which needs no saying. */
export function useTexts(
  drawing: Drawing | undefined,
  kinds: readonly ApiResource[],
  namespace: string | undefined,
): BoxText[] {
  const here = route.value;
  // An address is made once for a box, as long as the rest of it stays.
  const links = useMemo(() => new Map<string, string>(), [here]);
  return useMemo(() => {
    const { boxes = [], links: all = [] } = drawing ?? {};
    const leading = countBy(all.map(({ from }) => from));
    const led = countBy(all.map(({ to }) => to));
    const resources = new Map<string, ApiResource | undefined>();
    return boxes.map((box): BoxText => {
      if (!resources.has(box.resource)) resources.set(box.resource, kindOf(kinds, box.resource));
      const resource = resources.get(box.resource);
      return textOf(box, resource, namespace, leading.get(box.id) ?? 0, led.get(box.id) ?? 0, links);
    });
  }, [drawing, kinds, namespace, links, locale.value]);
}

function textOf(
  { id, resource, namespace, name, things, health }: Box,
  kind: ApiResource | undefined,
  shown: string | undefined,
  leads: number,
  led: number,
  links: Map<string, string>,
): BoxText {
  const isMany = things.length > 1;
  const isMissing = things.every(({ missing }) => missing);
  const kindName = kind?.kind ?? resource;
  const what = isMany ? t('many', { count: things.length, kind: kindName }) : kindName;
  const within = namespace !== '' && namespace !== shown ? namespace : '';
  const status = isMissing ? t('missing') : (health?.text ?? '');
  const called = isMany ? `${name}…` : name;
  const parts = [
    `${what} ${name}`,
    within,
    [status, health && !isMissing && t(health.tone)].filter(Boolean).join(', '),
    leads > 0 && t('leadsTo', { count: leads }),
    led > 0 && t('ledBy', { count: led }),
    isMany && t('open'),
  ];
  return {
    id,
    name: called,
    about: within ? `${what} · ${within}` : what,
    tone: isMissing ? undefined : health?.tone,
    status,
    label: parts.filter(Boolean).join('; '),
    isMany,
    isMissing,
    href: isMany || !kind?.verbs.includes('get') || isMissing ? undefined : addressOf(kind, namespace, name, links),
  };
}

function addressOf(kind: ApiResource, namespace: string, name: string, links: Map<string, string>): string {
  const selected = { kind: idOf(kind), namespace: kind.namespaced ? namespace : '', name };
  const key = `${selected.kind}/${selected.namespace}/${name}`;
  const found = links.get(key) ?? linkTo({ selected, tab: undefined });
  links.set(key, found);
  return found;
}

function countBy(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
