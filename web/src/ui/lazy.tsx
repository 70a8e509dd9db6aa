/** A part of a page whose code is loaded when it is drawn first. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './shell/messages.ts';

interface LazyProps<Props extends object> {
  /** The same function each time. */
  load(): Promise<{ default: FunctionComponent<Props> }>;
  props: Props;
}

const loaded = new Map<unknown, unknown>();

export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (loaded.has(load)) return;
    let current = true;
    load().then(
      (module) => {
        loaded.set(load, module.default);
        if (current) redraw((count) => count + 1);
      },
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, [load]);
  const Content = loaded.get(load) as FunctionComponent<Props> | undefined;
  if (Content) return <Content {...props} />;
  if (!failed) return <p class="empty loading">{t('loading')}</p>;
  return (
    <div class="notice bad" role="alert">
      <p>{t('outdated')}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        {t('reload')}
      </button>
    </div>
  );
}
