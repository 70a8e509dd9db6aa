import { render } from 'preact';
import { App } from './ui/app.tsx';
import { registerCommands } from './ui/commands.ts';
import { Confirmation } from './ui/dialog.tsx';
import { Notices } from './ui/notices.tsx';
import { listenForKeys } from './ui/shell/keys.ts';
import { Overlays } from './ui/shell/overlays.tsx';
import { generalCommands } from './ui/shell/own-commands.ts';

const root = document.getElementById('app');
if (root) {
  listenForKeys();
  registerCommands(generalCommands);
  render(
    <>
      <App />
      <Overlays />
      <Notices />
      <Confirmation />
    </>,
    root,
  );
}
