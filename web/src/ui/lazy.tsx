/** A page, or a part of one, whose code is loaded when it is drawn first, and kept from then on. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './shell/messages.ts';

interface LazyProps<Props extends object> {
  /** The same function each time. */
  load(): Promise<{ default: ComponentType<Props> }>;
  props: Props;
  /** Nothing is said while it is loaded, as where something else stands in its place. */
  quiet?: boolean;
}

const loaded = new Map<unknown, unknown>();

export function Lazy<Props extends object>({ load, props, quiet }: LazyProps<Props>) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => {
    if (loaded.has(load)) return;
    let current = true;
    load().then(
      (module) => {
        loaded.set(load, module.default);
        if (current) redraw((count) => count + 1);
      },
      () => current && setFailed(() => load),
    );
    return () => {
      current = false;
    };
  }, [load]);
  const Content = loaded.get(load) as ComponentType<Props> | undefined;
  if (Content) return <Content {...props} />;
  if (failed !== load) return quiet ? null : <p class="empty loading">{t('loading')}</p>;
  return (
    <div class="notice bad" role="alert">
      <p>{t('outdated')}</p>
      <button type="button" class="button is-main" onClick={() => location.reload()}>
        {t('reload')}
      </button>
    </div>
  );
}
