/** The use of CPU and memory by one subject over the last hour, as charts and as a table. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Node, Pod } from '../../../kube/types.ts';
import { SIMULATED_CPU, SIMULATED_MEMORY } from '../../../kube/usage/simulated.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { locale } from '../i18n/index.ts';
import { NODES } from '../kinds/ids.ts';
import { CopyButton } from '../resources/copy-button.tsx';
import { amountText } from './amounts.ts';
import { boundsOf } from './bounds.ts';
import { Chart } from './chart.tsx';
import { t } from './messages.ts';
import { meterOf } from './meters.ts';
import { onReturn } from './presence.ts';
import { reasonFor } from './reason.ts';
import { type Resource, rowsOf, type Sample } from './samples.ts';
import { lineFor, type Subject } from './subject.ts';
import './usage.css';

export interface UsageViewProps {
  cluster: Cluster;
  subject: Subject;
  /** The objects around the subject: of a node its pods, of pods all nodes. */
  pods: readonly Pod[];
  nodes: readonly Node[];
}

const EVERY_MS = 15_000;
const RESOURCES: readonly Resource[] = ['cpu', 'memory'];

export default function UsageView({ cluster, subject, pods, nodes }: UsageViewProps) {
  const [now, setNow] = useState(Date.now());
  const key = JSON.stringify(subject);
  const meter = useMemo(() => meterOf(cluster, subject), [cluster, key]);
  meter.about(pods, nodes);
  useEffect(() => {
    const tick = (): void => {
      void meter.tick().then(() => setNow(Date.now()));
    };
    tick();
    const timer = window.setInterval(tick, EVERY_MS);
    const end = onReturn(tick);
    return () => {
      window.clearInterval(timer);
      end();
    };
  }, [meter, cluster.connection.state.value]);
  const samples = meter.samples.value;
  const problem = meter.problem.value;
  const isOfNodes = subject.of === 'nodes' || subject.of === 'node';
  const hasSimulated = isOfNodes ? nodes.some(isSimulated) : !meter.isReal;
  return (
    <div class="usage">
      {problem && <Unmeasured reason={reasonFor(subject, problem, pods, nodes)} />}
      {!problem && samples.length === 0 && <p class="empty loading">{t('loading')}</p>}
      {meter.isPaused.value && (
        <p class="notice" role="status">
          {t('paused')}
        </p>
      )}
      {samples.length > 0 && (
        <>
          {RESOURCES.map((resource) => (
            <Chart
              key={resource}
              resource={resource}
              samples={samples}
              bounds={boundsOf(pods, isOfNodes ? nodes : [], resource)}
              now={now}
            />
          ))}
          {subject.of === 'pods' && <p class="quiet">{t('ofThese')}</p>}
          {hasSimulated && (
            <p class="quiet">
              {t.parts('simulated', { cpu: <code>{SIMULATED_CPU}</code>, memory: <code>{SIMULATED_MEMORY}</code> })}
            </p>
          )}
          <SampleTable samples={samples} />
        </>
      )}
      <p class="with-copy">
        <code>{lineFor(subject)}</code>
        <CopyButton text={lineFor(subject)} />
      </p>
    </div>
  );
}

function Unmeasured({ reason }: { reason: ReturnType<typeof reasonFor> }) {
  const { why } = reason;
  if (why === 'forbidden' || why === 'failed') return <p class="notice">{t(why, { said: reason.said })}</p>;
  if (why !== 'silent') return <p class="notice">{t(why)}</p>;
  const href = linkTo({ selected: { kind: NODES, namespace: '', name: reason.node }, tab: undefined });
  return (
    <p class="notice">
      {t.parts('silent', {
        node: (
          <a class="inline" href={href}>
            {reason.node}
          </a>
        ),
      })}
    </p>
  );
}

function SampleTable({ samples }: { samples: readonly Sample[] }) {
  const clock = new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-Hans' : 'en', { timeStyle: 'short' });
  return (
    <details>
      <summary>{t('table')}</summary>
      <table aria-label={t('lastHour')}>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('cpu')}</th>
            <th scope="col">{t('memory')}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(samples).map(({ at, cpu, memory }) => (
            <tr key={at}>
              <th scope="row">{clock.format(at)}</th>
              <td>{amountText(cpu, 'cpu')}</td>
              <td>{amountText(memory, 'memory')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
