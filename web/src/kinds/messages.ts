import { messages } from '../i18n/index.ts';

export const t = messages({
  en: {
    atTime: '{object} at {time}',
    revision: 'revision {revision}',
    endedWith: 'ended with exit code {code}',
    endedBy: 'was ended by signal {signal}',
    endReason: '{how} ({reason})',
    endMessage: '{how}: {message}',
  },
  zh: {
    atTime: '{object}（{time}）',
    revision: '修订版本 {revision}',
    endedWith: '已退出，退出码 {code}',
    endedBy: '被信号 {signal} 终止',
    endReason: '{how}（{reason}）',
    endMessage: '{how}：{message}',
  },
});
