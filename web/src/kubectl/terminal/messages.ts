import { messages } from '../../i18n/index.ts';

export const t = messages({
  en: {
    greeting: 'kubectl (or k) talks to the cluster {name}. help tells what else there is.',
    terminal: 'Terminal with kubectl',
    keys: 'Tab completes, Ctrl-C stops. To leave by keyboard: Escape, then Tab.',
    readers: 'Read out by screen readers',
    toolbar: 'Keys for the terminal',
    save: 'Save',
    cancel: 'Cancel',
    edit: 'Edit {name}',
    editing: 'Text of {name}',
    editFailed: 'The editor could not be loaded: {problem}',
  },
  zh: {
    greeting: '用 kubectl（或 k）操作集群 {name}。输入 help 查看其他命令。',
    terminal: '带 kubectl 的终端',
    keys: 'Tab 补全，Ctrl-C 停止。用键盘离开：先按 Esc，再按 Tab。',
    readers: '供屏幕阅读器朗读',
    toolbar: '终端按键',
    save: '保存',
    cancel: '取消',
    edit: '编辑 {name}',
    editing: '{name} 的文本',
    editFailed: '编辑器无法加载：{problem}',
  },
});
