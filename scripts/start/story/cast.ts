/** Who and what the story is about, by name. */
export interface Cast {
  readonly namespace: string;
  readonly policy: string;
  /** The policy that wants two others to agree. */
  readonly strictPolicy: string;
  /** Asks for access. */
  readonly developer: Role;
  /** Writes policies and reads the record. */
  readonly platform: Role;
  /** These two agree, or not. */
  readonly lead: Role;
  readonly security: Role;
}

interface Role {
  readonly name: string;
  readonly groups: readonly string[];
}

/** As in examples/. */
export const LOCAL_CAST: Cast = {
  namespace: 'payments',
  policy: 'payments-debug',
  strictPolicy: 'payments-restart',
  developer: { name: 'jane', groups: ['developers'] },
  platform: { name: 'priya', groups: ['platform-team'] },
  lead: { name: 'lena', groups: ['payments-leads'] },
  security: { name: 'sue', groups: ['security'] },
};

/** The same under names that nobody has on a cluster where others live, and so without anyone's rights. */
export function castNamed(suffix: string): Cast {
  const name = (text: string) => `${text}-${suffix}`;
  const renamed = (role: Role): Role => ({ name: name(role.name), groups: role.groups.map(name) });
  const { namespace, policy, strictPolicy, developer, platform, lead, security } = LOCAL_CAST;
  return {
    namespace: name(namespace),
    policy: name(policy),
    strictPolicy: name(strictPolicy),
    developer: renamed(developer),
    platform: renamed(platform),
    lead: renamed(lead),
    security: renamed(security),
  };
}
