import type { ControlPlane } from './controlplane.ts';
import { kubectlOk } from './kubectl.ts';

/** All objects of whatever kind that are Daypass's or were made by it, and its kinds, one in a line. */
export async function leftovers(cluster: Pick<ControlPlane, 'kubeconfig'>): Promise<string> {
  const kinds = await kubectlOk(['api-resources', '--verbs=list', '--output=name'], cluster);
  const known = kinds
    .trim()
    .split('\n')
    .filter((kind) => !kind.endsWith('.daypass.dev'));
  const found = await Promise.all(
    ['app.kubernetes.io/name=daypass', 'app.kubernetes.io/managed-by=daypass'].map((selector) =>
      kubectlOk(['get', known.join(), '--all-namespaces', '--output=name', `--selector=${selector}`], cluster),
    ),
  );
  return found.join('');
}
