/** The menu of what a person chooses for this browser: light or dark, and the language. */
import { type Locale, locale } from '../../i18n/index.ts';
import { Icon } from '../icon.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { type Theme, theme } from '../theme.ts';
import { LANGUAGES, themeTitles } from './choices.ts';
import { t } from './messages.ts';
import { openOverlay } from './overlays.tsx';

export function Settings() {
  const items: MenuItem[] = [
    ...Object.entries(themeTitles()).map(([value, title], index) => ({
      heading: index === 0 ? t('theme') : undefined,
      title,
      checked: theme.value === value,
      run: () => {
        theme.value = value as Theme;
      },
    })),
    ...Object.entries(LANGUAGES).map(([value, title], index) => ({
      heading: index === 0 ? t('language') : undefined,
      title,
      checked: locale.value === value,
      run: () => {
        locale.value = value as Locale;
      },
    })),
    { heading: t('keys'), title: t('help'), run: () => openOverlay('help') },
  ];
  return (
    <Menu label={t('settings')} items={items} class="plain">
      <Icon name="settings" />
    </Menu>
  );
}
