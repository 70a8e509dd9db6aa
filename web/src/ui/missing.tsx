import type { Collection } from '../api/collection.ts';
import { Drawer } from './drawer.tsx';

/** The drawer of an object that does not exist yet, or any more. */
export function Missing({ title, of }: { title: string; of: Pick<Collection<never>, 'complete'> }) {
  const text = of.complete.value ? `There is no ${title}, or not any more.` : 'Loading …';
  return <Drawer title={title} tabs={[{ name: 'Summary', content: () => <p class="notice">{text}</p> }]} />;
}
