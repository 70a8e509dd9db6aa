import type { Locale } from '../../i18n/index.ts';
import type { Theme } from '../theme.ts';
import { t } from './messages.ts';

/** Each in its own language, so that it is found by whoever can't read the other. */
export const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', zh: '简体中文' };

export function themeTitles(): Record<Theme, string> {
  return { system: t('system'), light: t('light'), dark: t('dark') };
}
