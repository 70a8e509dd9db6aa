/** All keys of what is open now, by what they are for. */
import { commandsFor } from '../commands.ts';
import { Dialog } from '../dialog.tsx';
import { KeyLabels } from './key-labels.tsx';
import { t } from './messages.ts';
import './palette.css';

export default function KeyboardHelp({ close }: { close(): void }) {
  const commands = commandsFor('').filter(({ shortcut }) => shortcut);
  const groups = Map.groupBy(commands, ({ group }) => group ?? t('here'));
  return (
    <Dialog title={t('help')} class="wide help" onClose={close}>
      <div class="sections">
        {[...groups].map(([group, members]) => (
          <section key={group} aria-label={group}>
            <h2>{group}</h2>
            <ul>
              {members.map(({ title, shortcut = '' }) => (
                <li key={title}>
                  <span>{title}</span>
                  <KeyLabels shortcut={shortcut} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
