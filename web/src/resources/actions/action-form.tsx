/** The frame of all actions: what it is about, the kubectl line that does the same, and the button that does it. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { notify } from '../../ui/notices.tsx';
import { CopyButton } from '../copy-button.tsx';
import { t } from '../messages.ts';
import type { ActionName } from './index.ts';
import { type Decision, isRefused, type Target } from './plan.ts';
import { run } from './run.ts';

export interface FormProps {
  cluster: Cluster;
  name: ActionName;
  targets: readonly Target[];
  /** `done`: it was done, at least in part. */
  onClose(done: boolean): void;
}

interface ActionFormProps extends FormProps {
  decision: Decision | undefined;
  danger?: boolean;
  /** The button's text, where it is not the action's name. */
  submit?: string;
  children?: ComponentChildren;
}

/** Names that are listed. */
const MOST = 5;

export function titleFor(name: ActionName, targets: readonly Target[]): string {
  const [first] = targets;
  return targets.length === 1
    ? t('actionOn', { action: t(name), name: first?.object.metadata.name ?? '' })
    : t('actionOnMany', { action: t(name), count: targets.length });
}

export function ActionForm({ cluster, name, targets, decision, danger, submit, children, onClose }: ActionFormProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const refused = decision && isRefused(decision) ? decision.refused : undefined;
  const plan = decision && !isRefused(decision) ? decision : undefined;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!plan || busy) return;
    setBusy(true);
    setProblem(undefined);
    const failures = await run(cluster.api, plan);
    const count = plan.steps.length;
    setBusy(false);
    if (failures.length === 0) {
      notify(`${titleFor(name, targets)}. ${t('done')}`);
      return onClose(true);
    }
    const text = failures[0]?.error.message ?? '';
    setProblem(count === 1 ? text : t('failedSome', { failed: failures.length, count, problem: text }));
  };
  return (
    <Dialog title={titleFor(name, targets)} onClose={() => onClose(false)}>
      <form class="action" onSubmit={send}>
        {targets.length > 1 && (
          <p class="quiet names">
            {targets
              .slice(0, MOST)
              .map(({ object }) => object.metadata.name)
              .join(', ')}
            {targets.length > MOST && ` ${t('manyMore', { count: targets.length - MOST })}`}
          </p>
        )}
        {children}
        {plan && <KubectlLine text={plan.kubectl} />}
        {(problem ?? refused) && (
          <p class="notice bad" role="alert">
            {problem ?? refused}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={() => onClose(false)}>
            {t('cancel')}
          </button>
          <button
            type="submit"
            class={`button ${danger ? 'is-danger' : 'is-main'}`}
            disabled={!plan || busy}
            autofocus={!danger}
          >
            {busy ? t('working') : (submit ?? t(name))}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function KubectlLine({ text }: { text: string }) {
  return (
    <div class="kubectl">
      <span class="quiet">{t('same')}</span>
      <div class="line">
        <code>{text}</code>
        <CopyButton text={text} />
      </div>
    </div>
  );
}
