/** A slice as the view has it. */
import type { Endpoint, EndpointSlice } from '../../../../kube/types.ts';
import type { Projection } from '../../runtime/view/projection.ts';
import type { View } from '../../runtime/view/view.ts';
import type { Port } from '../endpoints.ts';
import { OwnSlice } from '../own-slices.ts';

export function ownSlice(name: string, endpoints: Endpoint[], labels = {}, ports: Port[] = []): OwnSlice {
  const slice = { metadata: { name, labels, resourceVersion: '1' }, ports, endpoints } as unknown as EndpointSlice;
  return new OwnSlice({ name, labels, revision: 1 } as Projection, { get: () => slice as never } as unknown as View);
}
