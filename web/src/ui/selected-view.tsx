/** The detail of the object that the address selects; its code is loaded when one is selected first. */
import { route } from '../api/route.ts';
import type { PageProps } from './pages.ts';
import { PageView } from './shell/page-view.tsx';

const load = () => import('../resources/detail/selected-object.tsx');

export function SelectedView({ cluster }: PageProps) {
  return route.value.selected ? <PageView cluster={cluster} load={load} quiet /> : null;
}
