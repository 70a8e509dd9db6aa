import type { Collection } from '../api/collection.ts';
import { Drawer } from './drawer.tsx';

/** The drawer of what is not there: not yet, or not any more. */
export function Missing({ title, of }: { title: string; of: Pick<Collection<never>, 'complete'> }) {
  const text = of.complete.value ? `There is no ${title}, or not any more.` : 'Loading …';
  return <Drawer title={title} tabs={[{ name: 'Summary', content: () => <p class="notice">{text}</p> }]} />;
}
