/** A machine is added: the line to paste there, and the word that it is here. */
import { useRef, useState } from 'preact/hooks';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { pageLink } from '../api/route.ts';
import { type Methods, methods } from '../api/session.ts';
import { IsletLine } from '../clusters/islet-line.tsx';
import { nodeStatus } from '../kinds/node.ts';
import { Dialog } from '../ui/dialog.tsx';
import '../clusters/dialogs.css';
import { joinLine, serverOf } from './join-line.ts';
import { t } from './messages.ts';

const TTL_SECONDS = 24 * 3600;

export function MachineDialog({ cluster, onClose }: { cluster: Cluster; onClose(): void }) {
  const [made, setMade] = useState<{ line?: string; server?: string }>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const before = useRef(new Set(cluster.nodes.objects.peek().keys()));
  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const service: Methods = await methods();
      const server = serverOf(service, location.origin);
      if (server === undefined) return setMade({});
      const body = { ttlSeconds: TTL_SECONDS, uses: 1, ca: service.api?.ca };
      const { token } = await cluster.api.post<{ token: string }>('/islet/v1/join-tokens', body);
      setMade({ line: joinLine(server, cluster.ref.id, token), server });
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const nodes = [...cluster.nodes.objects.value];
  const joined = nodes.find(([key, node]) => !before.current.has(key) && !isSimulated(node))?.[1];
  const isReady = joined !== undefined && nodeStatus(joined).tone !== 'bad';
  return (
    <Dialog title={t('addMachine')} onClose={onClose} class="wide">
      <p class="text">{t('machineText')}</p>
      <div class="machine">
        {made?.line !== undefined && (
          <>
            <p>{t('pasteLine')}</p>
            <IsletLine line={made.line} />
            <p class="about">{t.parts('pasteWhere', { install: <code>npm ci</code> })}</p>
            {/\/\/(127\.|localhost[:/])/.test(`${made.server}/`) && (
              <p class="about">{t.parts('loopback', { option: <code>--host 0.0.0.0</code> })}</p>
            )}
            <p role="status" class={isReady ? 'good' : 'about'}>
              {joined ? t(isReady ? 'here' : 'notReadyYet', { name: joined.metadata.name ?? '' }) : t('waiting')}
            </p>
            {isReady && (
              <p>
                {t('next')} <a href={pageLink('create')}>{t('createPod')}</a>
              </p>
            )}
          </>
        )}
        {made && made.line === undefined && (
          <p>{t.parts('unknownServer', { line: <code>npx islet token create --print-join-command</code> })}</p>
        )}
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
      </div>
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          {t('close')}
        </button>
        {!made && (
          <button type="button" class="button is-main" disabled={busy} onClick={() => void make()}>
            {t(busy ? 'making' : 'makeLine')}
          </button>
        )}
      </div>
    </Dialog>
  );
}
