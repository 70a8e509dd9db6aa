import { forwardedKind } from '../../../forwards/forwarded-kind.ts';
import { Ports } from '../../../forwards/ports.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { type FormProps, titleFor } from '../action-form.tsx';

/** A port of a pod or Service opens in a tab; the dialog stays for another. */
export function PortsForm({ cluster, name, targets, onClose }: FormProps) {
  const [target] = targets;
  const kind = target && forwardedKind(target.resource);
  return (
    <Dialog title={titleFor(name, targets)} onClose={() => onClose(false)}>
      {target && kind && <Ports cluster={cluster} kind={kind} object={target.object} />}
    </Dialog>
  );
}
