/** On an object's OpenAPI document: it is whole, and nothing of the edge's files belongs to it. */
export const WHOLE_HEADER = 'islet-whole';
