/** The ConfigMap of a cluster that is for a lesson: which one, and how far it has come (`progress.ts`). */
export const LESSON = { namespace: 'kube-public', name: 'islet-lesson' } as const;
export const LESSONS = `/api/v1/namespaces/${LESSON.namespace}/configmaps`;
