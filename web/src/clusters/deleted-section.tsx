/** Clusters that were deleted, and can be had back for a while. */
import type { DeletedCluster } from '../../../wire/rpc.ts';
import { Section } from '../account/section.tsx';
import { t } from './messages.ts';

interface DeletedSectionProps {
  deleted: readonly DeletedCluster[];
  restore(cluster: DeletedCluster): void;
}

export function DeletedSection({ deleted, restore }: DeletedSectionProps) {
  if (deleted.length === 0) return null;
  return (
    <Section title={t('deleted')} text={t('deletedText')}>
      <ul class="rows">
        {deleted.map((cluster) => (
          <li key={cluster.id}>
            <div class="what">
              <b>{cluster.name}</b>
              <span class="about">{t('until', { time: new Date(cluster.until).toLocaleString() })}</span>
            </div>
            <button
              type="button"
              class="button"
              aria-label={t('restoreThis', { name: cluster.name })}
              onClick={() => restore(cluster)}
            >
              {t('restore')}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
