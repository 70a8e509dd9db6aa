/** What was written on the page `create`, by the ids of clusters: it stays while another page is looked at. */
export const drafts = new Map<string, string>();
