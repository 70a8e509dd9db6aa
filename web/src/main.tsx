import { render } from 'preact';
import { App } from './ui/app.tsx';
import { Confirmation } from './ui/dialog.tsx';
import { Notices } from './ui/notices.tsx';
import { listenForKeys } from './ui/shell/keys.ts';

const root = document.getElementById('app');
if (root) {
  listenForKeys();
  render(
    <>
      <App />
      <Notices />
      <Confirmation />
    </>,
    root,
  );
}
