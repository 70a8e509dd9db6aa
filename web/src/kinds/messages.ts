import { messages } from '../i18n/index.ts';

export const t = messages({
  en: {
    readyOf: '{ready}/{wanted} ready',
    atTime: '{object} at {time}',
    revision: 'revision {revision}',
    endedWith: 'ended with exit code {code}',
    endedBy: 'was ended by signal {signal}',
    endReason: '{how} ({reason})',
    endMessage: '{how}: {message}',
  },
  zh: {
    readyOf: '{ready}/{wanted} 就绪',
    atTime: '{object}（{time}）',
    revision: '修订版本 {revision}',
    endedWith: '已退出，退出码 {code}',
    endedBy: '被信号 {signal} 终止',
    endReason: '{how}（{reason}）',
    endMessage: '{how}：{message}',
  },
});
