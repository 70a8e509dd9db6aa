/** The pages of a cluster: at the side, on a phone in a drawer. */
import { useEffect, useRef } from 'preact/hooks';
import { route } from '../../api/route.ts';
import { Icon } from '../icon.tsx';
import { Lazy } from '../lazy.tsx';
import { linkToPage, type PageProps, pageNamed, pages } from '../pages.ts';
import { pageTitle } from '../titles.ts';
import { t } from './messages.ts';

export function Navigation({ cluster }: PageProps) {
  const current = pageNamed(route.value.page);
  return (
    <nav class="side" aria-label={t('pages')}>
      <ul>
        {pages.map((page) => {
          const { name, title, icon, shortcut, navigation } = page;
          return (
            <li key={name}>
              <a
                href={linkToPage(page)}
                aria-current={name === current.name ? 'page' : undefined}
                title={`${pageTitle(title)} (${shortcut})`}
              >
                <Icon name={icon} />
                <span>{pageTitle(title)}</span>
              </a>
              {name === current.name && navigation && <Lazy load={navigation} props={{ cluster }} />}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The same over the page, with a button that opens it. */
export function NavigationDrawer({ cluster }: PageProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const here = route.value;
  // It has done its work once it led somewhere.
  useEffect(() => dialog.current?.close(), [here]);
  return (
    <>
      <button
        type="button"
        class="plain only-narrow"
        aria-label={t('menu')}
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="menu" />
      </button>
      <dialog ref={dialog} class="side-drawer" aria-label={t('pages')}>
        <form method="dialog">
          <button type="submit" class="plain" aria-label={t('close')}>
            <Icon name="close" />
          </button>
        </form>
        <Navigation cluster={cluster} />
      </dialog>
    </>
  );
}
