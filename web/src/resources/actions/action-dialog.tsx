/** The dialog of an action. What is decided on whole objects is decided on them as they are now. */
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { t } from '../messages.ts';
import { type FormProps, titleFor } from './action-form.tsx';
import { DrainForm } from './forms/drain.tsx';
import { MarksForm } from './forms/marks.tsx';
import { PLAIN, PlainForm, type PlainName } from './forms/plain.tsx';
import { PortsForm } from './forms/ports.tsx';
import { RemoveForm } from './forms/remove.tsx';
import { ScaleForm } from './forms/scale.tsx';
import { TriggerForm } from './forms/trigger.tsx';
import { UndoForm } from './forms/undo.tsx';
import { ACTIONS } from './index.ts';
import { type Target, targetPath } from './plan.ts';

export type Asked = Pick<FormProps, 'name' | 'targets'>;

export function ActionDialog(props: FormProps) {
  const { cluster, name, targets, onClose } = props;
  const action = ACTIONS.find((each) => each.name === name);
  const [whole, setWhole] = useState<readonly Target[] | undefined>(action?.whole ? undefined : targets);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (whole) return;
    const load = async (target: Target): Promise<Target> => ({
      ...target,
      object: await cluster.api.get<KubeObject>(targetPath(target)),
    });
    Promise.all(targets.map(load)).then(setWhole, (error: Error) => setProblem(error.message));
  }, []);
  if (whole) return <Form {...props} targets={whole} />;
  return (
    <Dialog title={titleFor(name, targets)} onClose={() => onClose(false)}>
      {problem === undefined ? (
        <p class="empty">{t('loading')}</p>
      ) : (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}

function Form(props: FormProps) {
  const { name } = props;
  if (name in PLAIN) return <PlainForm {...props} name={name as PlainName} />;
  if (name === 'scale') return <ScaleForm {...props} />;
  if (name === 'undo') return <UndoForm {...props} />;
  if (name === 'trigger') return <TriggerForm {...props} />;
  if (name === 'openPort') return <PortsForm {...props} />;
  if (name === 'drain') return <DrainForm {...props} />;
  if (name === 'editLabels') return <MarksForm {...props} of="labels" />;
  if (name === 'editAnnotations') return <MarksForm {...props} of="annotations" />;
  return <RemoveForm {...props} />;
}
