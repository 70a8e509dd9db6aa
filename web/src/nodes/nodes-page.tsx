/** The page `nodes`: all nodes, and more of them. */
import { useState } from 'preact/hooks';
import { route } from '../api/route.ts';
import type { PageProps } from '../ui/pages.ts';
import { SelectedView } from '../ui/selected-view.tsx';
import { t as usageText } from '../usage/messages.ts';
import { NodeUsage } from '../usage/usage.tsx';
import { MachineDialog } from './machine-dialog.tsx';
import { t } from './messages.ts';
import { NodeTable } from './node-table.tsx';
import './nodes.css';
import { SimulatedDialog } from './simulated-dialog.tsx';

export default function NodesPage({ cluster }: PageProps) {
  const [open, setOpen] = useState<'machine' | 'simulated'>();
  const { search } = route.value;
  const nodes = [...cluster.nodes.objects.value.values()].filter(({ metadata }) =>
    (metadata.name ?? '').includes(search ?? ''),
  );
  const close = (): void => setOpen(undefined);
  return (
    <>
      <section class="card nodes-page" aria-label={t('nodes')}>
        <header>
          <h2>{t('nodes')}</h2>
          {!cluster.past && (
            <div class="buttons">
              <button type="button" class="button" onClick={() => setOpen('simulated')}>
                {t('addSimulated')}
              </button>
              <button type="button" class="button is-main" onClick={() => setOpen('machine')}>
                {t('addMachine')}
              </button>
            </div>
          )}
        </header>
        {cluster.nodes.complete.value && cluster.nodes.objects.value.size === 0 && <p class="empty">{t('noNodes')}</p>}
        {nodes.length > 0 && <NodeTable cluster={cluster} nodes={nodes} />}
      </section>
      {cluster.nodes.objects.value.size > 0 && (
        <section class="card usage-of-nodes" aria-label={usageText('lastHour')}>
          <h2>{usageText('lastHour')}</h2>
          <NodeUsage cluster={cluster} />
        </section>
      )}
      {open === 'machine' && <MachineDialog cluster={cluster} onClose={close} />}
      {open === 'simulated' && <SimulatedDialog cluster={cluster} onClose={close} />}
      <SelectedView cluster={cluster} />
    </>
  );
}
