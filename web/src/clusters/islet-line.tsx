/** The line that does the same in a terminal. */
import { CopyButton } from '../resources/copy-button.tsx';
import './islet-line.css';
import { t } from './messages.ts';

export function IsletLine({ line }: { line: string }) {
  return (
    <p class="islet-line">
      <span class="for-readers">{t('inTerminal')}</span>
      <code>npx islet {line}</code>
      <CopyButton text={`npx islet ${line}`} />
    </p>
  );
}
