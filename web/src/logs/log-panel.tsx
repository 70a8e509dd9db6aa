/** Logs of the pods that are given, which may come and go: followed, searched, downloaded. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { kept } from '../api/kept.ts';
import { notify } from '../ui/notices.tsx';
import { save, wholeLogs } from './download.ts';
import { LogControls } from './log-controls.tsx';
import { LogScreen } from './log-screen.ts';
import { LogStates } from './log-states.tsx';
import { LogWork } from './log-work.ts';
import './logs.css';
import { t } from './messages.ts';
import { RANGES, type RangeName } from './ranges.ts';
import { containersOf, restartsOf, targetsOf } from './targets.ts';

interface LogPanelProps {
  cluster: Cluster;
  pods: readonly Pod[];
  /** The name of what is shown, for the file. */
  name: string;
  /** Above the log. */
  children?: ComponentChildren;
}

const flag = (name: string) => kept<boolean>(name, (text) => text === 'true', String);
const timestamps = flag('log-timestamps');
const wrap = flag('log-wrap');

export default function LogPanel({ cluster, pods, name, children }: LogPanelProps) {
  const [container, setContainer] = useState<string>();
  const [range, setRange] = useState<RangeName>('last');
  const [previous, setPrevious] = useState(false);
  const [pinned, setPinned] = useState(true);
  const [waiting, setWaiting] = useState(0);
  const [drawn, setDrawn] = useState(0);
  const screen = useRef<LogScreen | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const work = useMemo(
    () => new LogWork(cluster.api, cluster.pods.objects, { previous, ...RANGES[range].query }),
    [container, range, previous],
  );
  const targets = targetsOf(pods, container);
  const prefixes = work.prefixes();
  const shown = { timestamps: timestamps.value, wrap: wrap.value, prefixes };

  useEffect(() => {
    if (!place.current) return;
    const made = new LogScreen(place.current, work.buffer, shown, `${t('log')} ${name}`, {
      pinned: (now) => {
        setPinned(now);
        if (now) setWaiting(0);
      },
    });
    screen.current = made;
    setPinned(true);
    setWaiting(0);
    return () => {
      work.stop();
      made.destroy();
      screen.current = null;
    };
  }, [work]);
  useEffect(() => work.want(targets), [work, targets.map(({ key }) => key).join()]);
  useEffect(() => screen.current?.redraw(shown), [shown.timestamps, shown.wrap, prefixes.join('\0')]);
  useArrivals(work, (count) => {
    screen.current?.append(work.buffer.flush());
    setDrawn((before) => before + count);
    if (screen.current?.pinned === false) setWaiting((before) => before + count);
  });

  const download = async (): Promise<void> => {
    try {
      const text = await wholeLogs(cluster.api, targets, { previous, timestamps: timestamps.value });
      save(`${name}.log`, text);
    } catch (error) {
      notify(t('downloadFailed', { reason: (error as Error).message }), { tone: 'bad' });
    }
  };

  return (
    <div class="logs">
      {children}
      <LogControls
        containers={containersOf(pods)}
        container={container}
        onContainer={setContainer}
        range={range}
        onRange={setRange}
        previous={restartsOf(pods) > 0 || previous ? previous : undefined}
        onPrevious={setPrevious}
        timestamps={timestamps}
        wrap={wrap}
        screen={screen}
        drawn={drawn}
        onDownload={download}
      />
      <LogStates work={work} targets={targets} />
      <div class="log-place">
        <div ref={place} class="code log" data-keys="own" />
        {!pinned && (
          <button
            type="button"
            class="button is-main follow"
            onClick={() => {
              screen.current?.follow();
              setPinned(true);
              setWaiting(0);
            }}
          >
            {waiting > 0 ? t('newLines', { count: waiting }) : t('follow')} ↓
          </button>
        )}
      </div>
    </div>
  );
}

/** The first lines wait for each other, so that those of several pods come in one order. */
const FIRST_MS = 250;
const EACH_MS = 60;

/** Calls with the number of lines that came, a few times a second at most. */
function useArrivals(work: LogWork, draw: (count: number) => void): void {
  const timer = useRef<number | undefined>(undefined);
  const current = useRef(draw);
  current.current = draw;
  const arrived = work.arrived.value;
  useEffect(() => {
    if (!work.buffer.isWaiting || timer.current !== undefined) return;
    const isFirst = work.buffer.lines.length === 0;
    timer.current = window.setTimeout(
      () => {
        timer.current = undefined;
        current.current(work.buffer.waiting);
      },
      isFirst ? FIRST_MS : EACH_MS,
    );
  }, [arrived, work]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [work],
  );
}
