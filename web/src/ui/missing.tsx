import type { Collection } from '../api/collection.ts';
import { Drawer } from './drawer.tsx';
import { t } from './messages.ts';

/** The drawer of an object that does not exist yet, or any more. */
export function Missing({ title, of }: { title: string; of: Pick<Collection<never>, 'complete'> }) {
  const text = of.complete.value ? t('thereIsNo', { title }) : t('loading');
  return (
    <Drawer
      title={title}
      tabs={[{ name: 'Summary', title: t('summary'), content: () => <p class="notice">{text}</p> }]}
    />
  );
}
