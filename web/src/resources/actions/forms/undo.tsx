/** The revisions of a workload, and the way back to one of them. */
import { useEffect, useState } from 'preact/hooks';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { pathOf } from '../../../api/discovery.ts';
import { Age } from '../../../ui/age.tsx';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import type { Target } from '../plan.ts';
import { keeperOf, type Revision, revisionsOf, templateOf, undo } from '../rollout.ts';

export function UndoForm(props: FormProps) {
  const target = props.targets[0] as Target;
  const [revisions, setRevisions] = useState<Revision[]>();
  const [problem, setProblem] = useState<string>();
  const [number, setNumber] = useState<number>();
  useEffect(() => {
    const plural = keeperOf(target) ?? 'replicasets';
    const path = pathOf({ group: 'apps', version: 'v1', plural, namespaced: true }, target.object.metadata.namespace);
    props.cluster.api.get<{ items: KubeObject[] }>(path).then(
      ({ items }) => {
        const found = revisionsOf(target.object, items);
        setRevisions(found);
        setNumber(found.find(({ current }) => !current)?.number);
      },
      (error: Error) => setProblem(error.message),
    );
  }, []);
  const chosen = revisions?.find((revision) => revision.number === number);
  return (
    <ActionForm {...props} decision={problem ? { refused: problem } : chosen && undo(target, chosen)}>
      {!revisions && !problem && <p class="empty">{t('loading')}</p>}
      {revisions?.length === 0 && <p>{t('noHistory')}</p>}
      {revisions?.length === 1 && <p>{t('onlyRevision')}</p>}
      <fieldset class="revisions">
        <legend class="for-readers">{t('undo')}</legend>
        {revisions?.map((revision) => (
          <label key={revision.number} class="check">
            <input
              type="radio"
              name="revision"
              checked={revision.number === number}
              disabled={revision.current}
              onChange={() => setNumber(revision.number)}
            />
            <span>
              <b>{t('revision', { number: revision.number })}</b>
              {revision.current && <span class="quiet"> · {t('currentRevision')}</span>}{' '}
              <span class="quiet">
                <Age since={revision.created} />
              </span>
              <span class="about mono">{revision.changeCause ?? imagesOf(revision)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {chosen && (
        <details>
          <summary>{t('template')}</summary>
          <pre>{stringify(templateOf(chosen), { lineWidth: 0 })}</pre>
        </details>
      )}
    </ActionForm>
  );
}

function imagesOf(revision: Revision): string {
  const { spec } = templateOf(revision) as { spec?: { containers?: { image?: string }[] } };
  return (spec?.containers ?? []).map(({ image }) => image).join(', ');
}
