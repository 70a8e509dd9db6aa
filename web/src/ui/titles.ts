import { messages } from '../i18n/index.ts';

/** Titles of pages, in the navigation and the palette. */
const texts = {
  en: {
    overview: 'Overview',
    resources: 'Resources',
    map: 'Map',
    nodes: 'Nodes',
    history: 'History',
    apply: 'Applies',
    create: 'Create',
    terminal: 'Terminal',
    logs: 'Logs',
    sharing: 'Sharing',
    lessons: 'Lessons',
  },
  zh: {
    overview: '概览',
    resources: '资源',
    map: '关系图',
    nodes: '节点',
    history: '历史',
    apply: 'Apply 回放',
    create: '创建',
    terminal: '终端',
    logs: '日志',
    sharing: '共享',
    lessons: '课程',
  },
} as const;

export type PageTitle = keyof typeof texts.en;
export const pageTitle = messages(texts);
