/** The pages of a forward's site that are not the pod's own, in the language of the browser. */
import type { EdgeResponse } from '../env.ts';
import { escaped, plainPage } from '../routes/plain-page.ts';

const TEXTS = {
  en: {
    closed:
      'This port is not open in this browser: it was closed, has ended, or was opened in another one. Open it again from the dashboard.',
    usedUp: 'This link was used already or is too old. Open the port again from the dashboard.',
    elsewhere: 'A page of another site asked for this. Open the port from the dashboard.',
    unreached: 'Nothing answers at this port now: {detail}',
  },
  zh: {
    closed: '这个端口没有在此浏览器中打开：它已被关闭、已到期，或是在另一个浏览器中打开的。请从控制台重新打开。',
    usedUp: '这个链接已经用过或已过期。请从控制台重新打开端口。',
    elsewhere: '这个请求来自另一个网站的页面。请从控制台打开端口。',
    unreached: '这个端口现在没有应答：{detail}',
  },
} as const;

/** `languages`: an `Accept-Language` header. */
export function sitePage(
  languages: string | null,
  key: keyof typeof TEXTS.en,
  status: number,
  detail = '',
): EdgeResponse {
  const isChinese = /^\s*zh\b/i.test(languages ?? '');
  const text = TEXTS[isChinese ? 'zh' : 'en'][key].replace('{detail}', escaped(detail));
  return plainPage(`<p>${text}</p>`, { 'Referrer-Policy': 'no-referrer' }, status);
}
