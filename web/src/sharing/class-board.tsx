/** Who has a copy by a link, and how far the lesson of each has come: a teacher's board. */
import type { LinkUse } from '../../../wire/sharing.ts';
import { Age } from '../ui/age.tsx';
import { t } from './messages.ts';

export function ClassBoard({ students }: { students: readonly LinkUse[] }) {
  return (
    <table class="class-board">
      <thead>
        <tr>
          <th>{t('student')}</th>
          <th>{t('progress')}</th>
          <th>{t('lastStep')}</th>
        </tr>
      </thead>
      <tbody>
        {[...students].sort(furthestFirst).map(({ account, name, progress, at }) => (
          <tr key={account}>
            <td title={account}>{name || t('unnamed')}</td>
            <td>
              {progress ? (
                <>
                  <progress max={progress.steps} value={progress.done} aria-label={name || t('unnamed')} />{' '}
                  <span class="number">{t('of', { uses: progress.done, most: progress.steps })}</span>
                </>
              ) : (
                <span class="quiet">{t('notBegun')}</span>
              )}
            </td>
            <td class="number">
              <Age since={progress?.at ?? at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of those at the same step, the one who came there first. */
function furthestFirst(a: LinkUse, b: LinkUse): number {
  const share = ({ progress }: LinkUse) => (progress ? progress.done / progress.steps : -1);
  return share(b) - share(a) || (a.progress?.at ?? a.at).localeCompare(b.progress?.at ?? b.at);
}
