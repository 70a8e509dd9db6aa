/** An Ingress that names no class gets the default one (upstream `plugin/pkg/admission/network/defaultingressclass`). */
import type { Ingress } from '../../../kube/types.ts';
import { changed } from './changed.ts';
import { defaultClass } from './default-class.ts';
import type { Plugin } from './plugin.ts';

const OLD_ANNOTATION = 'kubernetes.io/ingress.class';
const MARKS = ['ingressclass.kubernetes.io/is-default-class'];

export const defaultIngressClass: Plugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses.networking.k8s.io'],
  mutate(attributes) {
    const { call, operation, subresource, object, reader } = attributes;
    if (call.kind.resource !== 'ingresses.networking.k8s.io' || subresource !== '' || operation !== 'CREATE') return;
    const ingress = object as unknown as Ingress;
    const { ingressClassName } = ingress.spec ?? {};
    if (ingressClassName !== undefined && ingressClassName !== null) return;
    if (ingress.metadata.annotations?.[OLD_ANNOTATION] !== undefined) return;
    const name = defaultClass(reader, 'ingressclasses.networking.k8s.io', MARKS);
    if (name === undefined) return;
    ingress.spec = { ...ingress.spec, ingressClassName: name };
    changed(attributes, 'DefaultIngressClass', 'spec.ingressClassName');
  },
};
