/** The pods that a drain would evict and those that stand in its way, live; then the drain itself, pod by pod. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PodDisruptionBudget } from '../../../../../kube/types.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { t } from '../../messages.ts';
import { type FormProps, KubectlLine, titleFor } from '../action-form.tsx';
import { cordon } from '../cordon.ts';
import { type DrainOptions, drain, keyOf, type Objection } from '../drain.ts';
import { evict } from '../evict.ts';
import type { Plan, Target } from '../plan.ts';
import { run } from '../run.ts';
import { t as drainText } from './messages.ts';

const OPTIONS = ['ignoreDaemonSets', 'deleteEmptyDirData', 'force'] as const;
const BUDGETS = '/apis/policy/v1/poddisruptionbudgets';

interface Progress {
  total: number;
  gone: number;
  /** By pod, what holds it up. */
  holding: ReadonlyMap<string, string>;
  state: 'running' | 'over' | 'stopped';
}

export function DrainForm({ cluster, name, targets, onClose }: FormProps) {
  const node = targets[0] as Target;
  const [options, setOptions] = useState<DrainOptions>({
    ignoreDaemonSets: true,
    deleteEmptyDirData: false,
    force: false,
  });
  const [budgets, setBudgets] = useState<PodDisruptionBudget[]>([]);
  const [problem, setProblem] = useState<string>();
  const [progress, setProgress] = useState<Progress>();
  const stopped = useRef(false);
  useEffect(() => {
    cluster.api.get<{ items: PodDisruptionBudget[] }>(BUDGETS).then(
      ({ items }) => setBudgets(items),
      (error: Error) => setProblem(error.message),
    );
    return () => {
      stopped.current = true;
    };
  }, []);
  const daemonSets = new Set(cluster.daemonSets.objects.value.keys());
  const plan = drain(node, cluster.pods.objects.value.values(), daemonSets, budgets, options);
  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (plan.errors.length > 0 || progress) return;
    setProblem(undefined);
    const [failure] = await run(cluster.api, cordon([node], true) as Plan);
    if (failure) return setProblem(failure.error.message);
    let state: Progress = { total: plan.evicted.length, gone: 0, holding: new Map(), state: 'running' };
    const show = (part: Partial<Progress>): void => {
      state = { ...state, ...part };
      setProgress(state);
    };
    show({});
    const errors = await evict(plan.evicted, {
      api: cluster.api,
      // One of the same name, of a StatefulSet, is another pod.
      isThere: (pod) => cluster.pods.objects.peek().get(keyOf(pod))?.metadata.uid === pod.metadata.uid,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      stopped: () => stopped.current,
      told: (pod, holding, gone) => {
        const others = new Map(state.holding);
        others.delete(keyOf(pod));
        if (holding !== undefined) others.set(keyOf(pod), holding);
        show({ holding: others, gone: state.gone + Number(gone) });
      },
    });
    show({ state: stopped.current || errors.length > 0 ? 'stopped' : 'over' });
  };
  return (
    <Dialog title={titleFor(name, targets)} class="wide" onClose={() => onClose(progress !== undefined)}>
      <form class="action drain" onSubmit={start}>
        {progress ? (
          <Going progress={progress} node={node.object.metadata.name ?? ''} />
        ) : (
          <>
            <p>{drainText('drainPods', { count: plan.evicted.length })}</p>
            {OPTIONS.map((option) => (
              <label key={option} class="check">
                <input
                  type="checkbox"
                  checked={options[option]}
                  onChange={({ currentTarget }) => setOptions({ ...options, [option]: currentTarget.checked })}
                />
                {t(option)}
              </label>
            ))}
            <Objections title={drainText('inTheWay')} objections={plan.errors} tone="bad" />
            <Objections title={drainText('drainNotes')} objections={plan.warnings} tone="busy" />
            {plan.budgets.map(({ budget, pods }) => (
              <p key={budget.metadata.uid} class="notice">
                {drainText('budgetWaits', { name: budget.metadata.name ?? '' })}{' '}
                <span class="quiet">{pods.join(', ')}</span>
              </p>
            ))}
          </>
        )}
        {!progress && <KubectlLine text={plan.kubectl} />}
        {problem && (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={() => onClose(progress !== undefined)}>
            {progress && progress.state !== 'running' ? t('close') : t('cancel')}
          </button>
          {progress?.state === 'running' && (
            <button
              type="button"
              class="button is-danger"
              onClick={() => {
                stopped.current = true;
              }}
            >
              {drainText('drainStop')}
            </button>
          )}
          {!progress && (
            <button type="submit" class="button is-main" disabled={plan.errors.length > 0}>
              {t('drain')}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Objections({ title, objections, tone }: { title: string; objections: readonly Objection[]; tone: string }) {
  if (objections.length === 0) return null;
  return (
    <section class="objections">
      <h2>{title}</h2>
      <ul class="rows">
        {objections.map(({ text, pods }) => (
          <li key={text}>
            <span class={tone}>{text}</span>
            <div class="about">{pods.join(', ')}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Going({ progress: { total, gone, holding, state }, node }: { progress: Progress; node: string }) {
  return (
    <>
      <p role="status">
        {drainText('drainProgress', { done: gone, count: total })}
        {state === 'over' && ` ${drainText('drained', { name: node })}`}
        {state === 'stopped' && ` ${drainText('drainStopped')}`}
      </p>
      <progress max={Math.max(1, total)} value={total === 0 ? 1 : gone} aria-label={t('drain')} />
      <ul class="rows">
        {[...holding].map(([pod, text]) => (
          <li key={pod}>
            <b>{pod}</b>
            <div class="about">{text}</div>
          </li>
        ))}
      </ul>
    </>
  );
}
