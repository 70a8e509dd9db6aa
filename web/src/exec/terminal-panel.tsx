/** A terminal in a container of a pod: a shell of its own, or the main process. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { openTerminal } from '../terminal/open-terminal.ts';
import { binaryFrame, stdinFrame } from './channels.ts';
import { kubectlLine, type TerminalTarget, terminalPath } from './command.ts';
import './exec.css';
import { keysOf } from './keys.ts';
import { t } from './messages.ts';
import { socketTo } from './remote.ts';
import { runningContainers } from './running.ts';
import { OnSimulatedNode, ShellEnd } from './shell-end.tsx';
import { ShellWork } from './shell-work.ts';

interface TerminalPanelProps {
  cluster: Cluster;
  pod: Pod;
}

export default function TerminalPanel({ cluster, pod }: TerminalPanelProps) {
  const running = runningContainers(pod);
  const [chosen, setContainer] = useState<string>();
  const [mode, setMode] = useState<TerminalTarget['mode']>('shell');
  const container = running.find(({ name }) => name === chosen) ?? running[0];
  const node = cluster.nodes.objects.value.get(`/${pod.spec?.nodeName}`);
  if (node && isSimulated(node)) return <OnSimulatedNode />;
  if (!container) return <p class="notice">{t('notRunning')}</p>;
  const { namespace = '', name = '' } = pod.metadata;
  const isShell = mode === 'shell';
  const target: TerminalTarget = {
    namespace,
    pod: name,
    container: container.name,
    mode,
    stdin: isShell || container.stdin,
    tty: isShell || container.tty,
  };
  return (
    <div class="exec">
      <div class="exec-bar">
        {running.length > 1 && (
          <select
            aria-label={t('container')}
            value={container.name}
            onChange={({ currentTarget }) => setContainer(currentTarget.value)}
          >
            {running.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        )}
        <select
          aria-label={t('mode')}
          value={mode}
          onChange={({ currentTarget }) => setMode(currentTarget.value as TerminalTarget['mode'])}
        >
          <option value="shell">{t('shell')}</option>
          <option value="attach">{t('attach')}</option>
        </select>
        <code class="mono quiet">{kubectlLine(target)}</code>
      </div>
      {!target.stdin && <p class="quiet">{t('readOnly')}</p>}
      <Shell key={`${container.id}/${mode}`} cluster={cluster} target={target} />
    </div>
  );
}

function Shell({ cluster, target }: { cluster: Cluster; target: TerminalTarget }) {
  const place = useRef<HTMLDivElement>(null);
  const [work, setWork] = useState<ShellWork>();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const { terminal, dispose } = openTerminal(element, { screenReaderMode: true, convertEol: !target.tty });
    const path = terminalPath(target);
    const opened = new ShellWork({
      api: cluster.api,
      path,
      socket: () => socketTo(cluster.base, path),
      screen: terminal,
      again: () => (target.mode === 'shell' ? t('newShell') : t('attachedAgain')),
      later: (milliseconds, run) => {
        const timer = window.setTimeout(run, milliseconds);
        return () => window.clearTimeout(timer);
      },
    });
    terminal.onData((text) => target.stdin && opened.send(stdinFrame(text)));
    terminal.onBinary((text) => target.stdin && opened.send(binaryFrame(text)));
    terminal.onResize(() => opened.resize());
    terminal.attachCustomKeyEventHandler((event) => keysOf(event, terminal));
    // Escape is for what runs in the terminal, not for what lies around it.
    element.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation());
    terminal.focus();
    setWork(opened);
    return () => {
      opened.close();
      dispose();
    };
  }, []);
  const state = work?.state.value;
  return (
    <>
      {state?.state === 'over' && work ? (
        <ShellEnd end={state.end} target={target} onAgain={() => work.restart()} />
      ) : (
        <p class={state?.state === 'cut' ? 'busy' : 'quiet'} role="status">
          {t(state?.state === 'over' || !state ? 'connecting' : state.state)}
        </p>
      )}
      <section
        ref={place}
        class="exec-terminal"
        aria-label={t('label', { container: target.container, pod: target.pod })}
      />
    </>
  );
}
