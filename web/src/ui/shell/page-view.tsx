/** A page whose code is loaded when it is opened, and kept from then on. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageProps } from '../pages.ts';
import { t } from './messages.ts';

type Load = () => Promise<{ default: ComponentType<PageProps> }>;

const loaded = new Map<Load, ComponentType<PageProps>>();

interface PageViewProps extends PageProps {
  load: Load;
  /** Nothing is said while it is loaded: it is no page of its own. */
  quiet?: boolean;
}

export function PageView({ load, quiet, ...props }: PageViewProps) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<Load>();
  const Content = loaded.get(load);
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
  if (Content) return <Content {...props} />;
  if (failed === load) {
    return (
      <div class="notice bad page-notice" role="alert">
        <p>{t('outdated')}</p>
        <button type="button" class="button is-main" onClick={() => location.reload()}>
          {t('reload')}
        </button>
      </div>
    );
  }
  return quiet ? null : <p class="empty loading">{t('loading')}</p>;
}
