import { messages } from '../i18n/index.ts';

export const t = messages({
  en: {
    signedOut:
      'You are not signed in here, or your session is over. Open the address that {start} printed; {dashboard} prints a fresh one.',
    noAnswer: 'Islet does not answer.',
    answers: 'Islet answers: {message}',
    broke: 'The connection to Islet broke.',
    gone: 'The cluster {name} is gone.',
  },
  zh: {
    signedOut: '你尚未在此登录，或会话已结束。请打开 {start} 打印的地址；运行 {dashboard} 可以获得新的地址。',
    noAnswer: 'Islet 没有响应。',
    answers: 'Islet 返回：{message}',
    broke: '与 Islet 的连接已断开。',
    gone: '集群 {name} 已不存在。',
  },
});
