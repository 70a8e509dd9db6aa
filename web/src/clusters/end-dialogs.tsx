/** A cluster is deleted, or left, or had back under a name that is free. */
import { useState } from 'preact/hooks';
import type { DeletedCluster } from '../../../wire/rpc.ts';
import { amend, route } from '../api/route.ts';
import { type ClusterRef, refreshClusters } from '../api/session.ts';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';
import { freeName } from './names.ts';
import { leave, remove, undelete } from './requests.ts';
import { NameField, WorkDialog } from './work-dialog.tsx';

/** The address names it no longer. */
function forget({ id, name }: ClusterRef): void {
  if (route.value.cluster === name || route.value.cluster === id) amend({ cluster: undefined });
  refreshClusters();
}

export function DeleteDialog({ cluster, onClose }: { cluster: ClusterRef; onClose(): void }) {
  const { id, name } = cluster;
  const undo = async (): Promise<void> => {
    await undelete(id, name).then(
      () => notify(t('restored', { name })),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
    refreshClusters();
  };
  return (
    <WorkDialog
      title={t('deleteTitle', { name })}
      text={t('deleteText')}
      action={t('delete')}
      going={t('deleting')}
      danger
      line={`clusters delete ${name}`}
      onClose={onClose}
      work={async () => {
        const { until } = await remove(name);
        forget(cluster);
        const action = { title: t('undo'), run: () => void undo() };
        notify(t('isDeleted', { name }), until === undefined ? {} : { action });
      }}
    />
  );
}

export function LeaveDialog({ cluster, onClose }: { cluster: ClusterRef; onClose(): void }) {
  const { id, name } = cluster;
  return (
    <WorkDialog
      title={t('leaveTitle', { name })}
      text={t('leaveText')}
      action={t('leave')}
      going={t('leaving')}
      danger
      onClose={onClose}
      work={async () => {
        await leave(id);
        forget(cluster);
        notify(t('left', { name }));
      }}
    />
  );
}

interface RestoreDialogProps {
  cluster: DeletedCluster;
  taken: readonly string[];
  onClose(): void;
}

export function RestoreDialog({ cluster: { id, name: before }, taken, onClose }: RestoreDialogProps) {
  const [name, setName] = useState(() => freeName(before, taken));
  return (
    <WorkDialog
      title={t('restoreTitle', { name: before })}
      text={t('restoreText')}
      action={t('restore')}
      going={t('restoring')}
      line={`clusters undelete ${before}${name === before ? '' : ` --as ${name || 'NAME'}`}`}
      onClose={onClose}
      work={async () => {
        await undelete(id, name);
        refreshClusters();
        notify(t('restored', { name }));
      }}
    >
      <NameField label={t('name')} value={name} onInput={setName} />
    </WorkDialog>
  );
}
