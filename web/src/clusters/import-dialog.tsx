/** A cluster made of a file that one was exported to, or of YAML. */
import { useState } from 'preact/hooks';
import { follow } from '../api/route.ts';
import { refreshClusters } from '../api/session.ts';
import { homeOf } from './links.ts';
import { t } from './messages.ts';
import { freeName, nameOfFile } from './names.ts';
import { importFile } from './requests.ts';
import { NameField, WorkDialog } from './work-dialog.tsx';

interface ImportDialogProps {
  taken: readonly string[];
  /** That was dropped on the page. */
  dropped?: File;
  onClose(): void;
}

export function ImportDialog({ taken, dropped, onClose }: ImportDialogProps) {
  const [file, setFile] = useState(dropped);
  const [name, setName] = useState(() => (dropped ? freeName(nameOfFile(dropped.name), taken) : ''));
  const take = (chosen: File | undefined): void => {
    setFile(chosen);
    if (chosen) setName(freeName(nameOfFile(chosen.name), taken));
  };
  const work = async (): Promise<void> => {
    if (!file) return;
    await importFile(name, file);
    refreshClusters();
    follow(homeOf(name));
  };
  return (
    <WorkDialog
      title={t('importTitle')}
      text={t('importText')}
      action={t('import')}
      going={t('importing')}
      disabled={!file}
      line={`clusters import ${name || 'NAME'} ${quoted(file?.name ?? 'FILE')}`}
      onClose={onClose}
      work={work}
    >
      {dropped ? (
        <p class="about mono">{dropped.name}</p>
      ) : (
        <label>
          {t('file')}
          <input
            type="file"
            accept=".gz,.yaml,.yml,.json"
            required
            onChange={({ currentTarget }) => take(currentTarget.files?.[0])}
          />
        </label>
      )}
      <NameField label={t('name')} value={name} onInput={setName} autofocus={Boolean(dropped)} />
    </WorkDialog>
  );
}

function quoted(file: string): string {
  return /^[\w.,:/@+-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`;
}
