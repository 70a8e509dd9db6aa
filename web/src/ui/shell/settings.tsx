/** The menu of what a person chooses for this browser: light or dark, and the language. */
import { type Locale, locale } from '../../i18n/index.ts';
import { Icon } from '../icon.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { type Theme, theme } from '../theme.ts';
import { t } from './messages.ts';

/** Each in its own language, so that it is found by whoever can't read the other. */
const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', zh: '简体中文' };

export function Settings() {
  const themes: Record<Theme, string> = { system: t('system'), light: t('light'), dark: t('dark') };
  const items: MenuItem[] = [
    ...Object.entries(themes).map(([value, title], index) => ({
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
  ];
  return (
    <Menu label={t('settings')} items={items} class="plain">
      <Icon name="settings" />
    </Menu>
  );
}
