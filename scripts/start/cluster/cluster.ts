import type { Api } from './api.ts';

/** Someone on the cluster: by the API, and by kubectl with this file and these flags. */
export interface Person {
  readonly name: string;
  readonly api: Api;
  readonly kubeconfig: string;
  readonly flags: readonly string[];
}

/** Where the story takes place. */
export interface Cluster {
  readonly admin: Person;
  person(name: string, groups: readonly string[]): Promise<Person>;
}
