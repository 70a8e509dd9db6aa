import { messages } from '../../i18n/index.ts';

/** Texts of the frame around the pages. */
export const t = messages({
  en: {
    notices: 'Notices',
    dismiss: 'Dismiss',
    close: 'Close',
    cancel: 'Cancel',
    pages: 'Pages',
    menu: 'Menu',
    loading: 'Loading …',
    outdated:
      'This part of the page could not be loaded. Islet may have been updated meanwhile: the page is to be loaded anew.',
    reload: 'Reload',
    settings: 'Settings',
    theme: 'Appearance',
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
    language: 'Language',
    goTo: 'Go to',
    skip: 'Skip to the content',
  },
  zh: {
    notices: '通知',
    dismiss: '关闭通知',
    close: '关闭',
    cancel: '取消',
    pages: '页面',
    menu: '菜单',
    loading: '正在加载…',
    outdated: '此部分未能加载，可能是 Islet 刚刚更新过。请重新加载页面。',
    reload: '重新加载',
    settings: '设置',
    theme: '外观',
    system: '跟随系统',
    light: '浅色',
    dark: '深色',
    language: '语言',
    goTo: '前往',
    skip: '跳到正文',
  },
});
