import type { Resource } from '../../../src/runtime/object.ts';

/** What Daypass itself never touches (src/api/kubernetes.ts has the rest): the story has something to look at. */
export const PODS: Resource = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
