/** Who and what the story is about, by name. */
export interface Cast {
  readonly namespace: string;
  readonly policy: string;
  /** Asks for access. */
  readonly developer: Role;
  /** Writes policies and reads the record. */
  readonly platform: Role;
}

interface Role {
  readonly name: string;
  readonly groups: readonly string[];
}

/** As in examples/. */
export const LOCAL_CAST: Cast = {
  namespace: 'payments',
  policy: 'payments-debug',
  developer: { name: 'jane', groups: ['developers'] },
  platform: { name: 'priya', groups: ['platform-team'] },
};

/** The same under names that nobody has on a cluster where others live, and so without anyone's rights. */
export function castNamed(suffix: string): Cast {
  const name = (text: string) => `${text}-${suffix}`;
  const renamed = (role: Role): Role => ({ name: name(role.name), groups: role.groups.map(name) });
  const { namespace, policy, developer, platform } = LOCAL_CAST;
  return {
    namespace: name(namespace),
    policy: name(policy),
    developer: renamed(developer),
    platform: renamed(platform),
  };
}
