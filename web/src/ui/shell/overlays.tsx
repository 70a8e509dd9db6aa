/** The command palette and the keyboard help, which any part of the page may open. Their code is loaded then. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { notify } from '../notices.tsx';
import { t } from './messages.ts';

type Overlay = 'palette' | 'help';
type Loaded = ComponentType<{ close(): void }>;

const LOAD: Readonly<Record<Overlay, () => Promise<{ default: Loaded }>>> = {
  palette: () => import('./palette.tsx'),
  help: () => import('./keyboard-help.tsx'),
};

const open = signal<Overlay | undefined>(undefined);

export function openOverlay(overlay: Overlay): void {
  open.value = overlay;
}

const close = (): void => {
  open.value = undefined;
};

/** Stands once on the page. */
export function Overlays() {
  const overlay = open.value;
  const [loaded, setLoaded] = useState<Partial<Record<Overlay, Loaded>>>({});
  useEffect(() => {
    if (!overlay || loaded[overlay]) return;
    LOAD[overlay]().then(
      (module) => setLoaded((others) => ({ ...others, [overlay]: module.default })),
      () => {
        close();
        notify(t('outdated'), { tone: 'bad', action: { title: t('reload'), run: () => location.reload() } });
      },
    );
  }, [overlay]);
  const Content = overlay && loaded[overlay];
  return Content ? <Content close={close} /> : null;
}
