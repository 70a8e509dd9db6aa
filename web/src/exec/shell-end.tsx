/** How a terminal ended, and what can be done next. */
import { isMissingShell, type TerminalTarget } from './command.ts';
import { t } from './messages.ts';
import type { RemoteEnd } from './remote.ts';

interface ShellEndProps {
  end: RemoteEnd;
  target: TerminalTarget;
  onAgain(): void;
}

const NOT_IMPLEMENTED = 501;
const JOIN = 'npx islet token create --print-join-command';

/** No container runs there. */
export function OnSimulatedNode() {
  return (
    <div class="notice" role="status">
      <p>{t('simulated')}</p>
      <p>{t.parts('simulatedHelp', { line: <code class="mono">{JOIN}</code> })}</p>
    </div>
  );
}

export function ShellEnd({ end, target, onAgain }: ShellEndProps) {
  if (end.ended === 'refused' && end.code === NOT_IMPLEMENTED) return <OnSimulatedNode />;
  const { namespace, pod, container } = target;
  const debug = `kubectl debug -it -n ${namespace} ${pod} --image=busybox --target=${container}`;
  return (
    <div class="notice exec-end" role="status">
      <span>
        {end.ended === 'failure' && isMissingShell(end.message)
          ? t.parts('noShell', { line: <code class="mono">{debug}</code> })
          : textOf(end)}
      </span>
      <button type="button" class="button" onClick={onAgain}>
        {t('again')}
      </button>
    </div>
  );
}

function textOf(end: RemoteEnd): string {
  if (end.ended === 'exit') return t('exit', { code: end.code });
  if (end.ended === 'failure' || end.ended === 'refused') return t('failed', { reason: end.message });
  return t('success');
}
