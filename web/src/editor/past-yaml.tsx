/** An object of the past as text. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { textOf } from './edit/text-of.ts';

export default function PastYaml({ object }: { object: KubeObject }) {
  return <pre>{textOf(object)}</pre>;
}
