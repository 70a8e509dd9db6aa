import { messages } from '../i18n/index.ts';

/** Texts of opening a manifest of another site in a new cluster. */
export const t = messages({
  en: {
    title: 'Open in Islet',
    asks: 'A page asks to open this manifest in a cluster of your own:',
    nothingYet: 'It is loaded and shown to you first. Nothing is created before you say so.',
    open: 'Show it in a new cluster',
    opening: 'Opening …',
    notNow: 'Not now',
    asksTemplate: 'A page asks to begin this lesson in a cluster of your own:',
    begin: 'Begin',
    noTemplate: 'There is no template {name} here.',
  },
  zh: {
    title: '在 Islet 中打开',
    asks: '有页面请求在你自己的集群中打开这份清单：',
    nothingYet: '会先加载并显示给你，在你确认之前不会创建任何内容。',
    open: '在新集群中查看',
    opening: '正在打开…',
    notNow: '暂不',
    asksTemplate: '有页面请求在你自己的集群中开始这节课：',
    begin: '开始',
    noTemplate: '这里没有名为 {name} 的模板。',
  },
});
