import type { RemoteConversion } from '../../../kube/kinds/define.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Converter } from './converter.ts';

/** Stored texts in the version `to`, in order. Rejects with a ConversionError. */
export async function convertTexts(
  converter: Converter,
  remote: RemoteConversion,
  to: string,
  texts: readonly string[],
): Promise<string[]> {
  const objects = texts.map((text) => remote.begin(JSON.parse(text) as KubeObject));
  const converted = await converter.convert(remote.webhook, objects, to);
  return converted.map((object, i) => JSON.stringify(object === objects[i] ? object : remote.finish(object)));
}
