import { messages } from '../../../i18n/index.ts';

/** Texts of a drain, whose pods go one by one. */
export const t = messages({
  en: {
    drainPods: { one: '{count} pod will be evicted.', other: '{count} pods will be evicted.' },
    inTheWay: 'What stands in the way',
    drainNotes: 'To be known',
    budgetWaits: 'The PodDisruptionBudget {name} allows no eviction now: it is tried again until it does.',
    drained: 'The node {name} is drained.',
    drainProgress: '{done} of {count} pods are gone.',
    drainStop: 'Stop',
    drainStopped: 'Stopped. The node stays cordoned.',
  },
  zh: {
    drainPods: '将驱逐 {count} 个 Pod。',
    inTheWay: '阻碍因素',
    drainNotes: '请注意',
    budgetWaits: 'PodDisruptionBudget {name} 目前不允许驱逐：会一直重试，直到允许为止。',
    drained: '节点 {name} 已腾空。',
    drainProgress: '{count} 个 Pod 中已有 {done} 个离开。',
    drainStop: '停止',
    drainStopped: '已停止。节点仍不可调度。',
  },
});
