/** The outcomes of a sign-in at a provider, in the language of the browser. */
const TEXTS = {
  en: {
    elsewhere: 'Sign-in begins on a page of this service: open the dashboard.',
    unknown: 'This service has no such provider.',
    misconfigured: 'Sign-in with providers is misconfigured here. Tell the operator of this service: {detail}',
    unreachable: '{label} does not answer as it should, so nobody can sign in with it now. Try again in a moment.',
    notBegun: 'This sign-in was begun in another browser, is over already, or took longer than ten minutes.',
    declined: '{label} did not let you in: {detail}',
    refused: 'The answer of {label} was refused, because it is not the answer to this sign-in: {detail}',
    spent: 'This sign-in was used already.',
    notAllowed: 'This service is for people of certain organisations, and {who} is of none of them.',
    signInFirst: 'For this you have to be signed in here first.',
    notThisAccount: '{who} at {label} does not sign in to the account that you are using here.',
    otherAccount: '{who} at {label} already leads to another account of this service. Remove it there first.',
    signedInBefore: '{label} did not ask you to sign in again. Sign out there, and try once more.',
    again: 'Back to the dashboard',
  },
  zh: {
    elsewhere: '登录须从本服务的页面开始：请打开控制台。',
    unknown: '本服务没有这个登录提供方。',
    misconfigured: '本服务的第三方登录配置有误。请告知管理员：{detail}',
    unreachable: '{label} 没有正常应答，暂时无法用它登录。请稍后再试。',
    notBegun: '这次登录是在另一个浏览器里开始的，或者已经结束，或者超过了十分钟。',
    declined: '{label} 没有让您登录：{detail}',
    refused: '{label} 的应答被拒绝，因为它不是对这次登录的应答：{detail}',
    spent: '这次登录已经用过了。',
    notAllowed: '本服务只面向特定组织的成员，{who} 不在其中。',
    signInFirst: '此操作需要先在这里登录。',
    notThisAccount: '{label} 上的 {who} 不能登录您正在使用的账户。',
    otherAccount: '{label} 上的 {who} 已经关联到本服务的另一个账号。请先在那里移除它。',
    signedInBefore: '{label} 没有让您重新登录。请先在那里退出登录，再试一次。',
    again: '返回控制台',
  },
} as const;

export type SignInText = keyof typeof TEXTS.en;

/** `languages`: an `Accept-Language` header. */
export function signInText(languages: string | null, key: SignInText, values: Record<string, string> = {}): string {
  const isChinese = /^\s*zh\b/i.test(languages ?? '');
  return TEXTS[isChinese ? 'zh' : 'en'][key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
