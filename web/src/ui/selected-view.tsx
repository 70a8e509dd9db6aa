/** The detail of the object that the address selects; its code is loaded when one is selected first. */
import { route } from '../api/route.ts';
import { Lazy } from './lazy.tsx';
import type { PageProps } from './pages.ts';

const load = () => import('../resources/detail/selected-object.tsx');

export function SelectedView({ cluster }: PageProps) {
  return route.value.selected ? <Lazy load={load} props={{ cluster }} quiet /> : null;
}
