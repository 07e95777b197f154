import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderIn, tell } from './telling.ts';

const PATIENCE = 300_000;

test('npm start -- --once shows access given and taken back, and leaves nothing behind', {
  timeout: PATIENCE,
}, async () => {
  const { code, output } = await tell(['--once']).ended;
  const steps = [
    'a Kubernetes control plane runs at https://127.0.0.1:',
    'admin$ kubectl apply -k deploy/local',
    'Daypass is installed: ',
    'the admission policies are in force',
    'the operator is ready',
    '1. jane is a developer.',
    'jane$ kubectl get pods -n payments',
    'Error from server (Forbidden)',
    '✓ refused',
    '2. priya of the platform team',
    'priya$ kubectl apply -f examples/policy.yaml',
    '✓ the operator has read it',
    '3. jane asks for access.',
    'jane$ kubectl create -f examples/request.yaml',
    'daypass-pod-logs   Active',
    '✓ Active ',
    '4. The same command, now.',
    'jane$ kubectl get pods -n payments',
    'checkout-6d5f9c',
    '✓ allowed',
    '5. The time is up.',
    'access ends at ',
    '✓ Expired: the RoleBinding was gone ',
    'jane$ kubectl get pods -n payments',
    'Error from server (Forbidden)',
    '✓ refused again',
    '6. What is on record.',
    'Requested   jane',
    'Expired     daypass-operator',
    'Normal   Requested',
    'Normal   Expired',
    '✓ every step is there, once',
    '✓ everything is stopped, and nothing is left behind',
  ];
  expect(output).toContain('✓ every step is there, once'); // shows all that was said if not
  expect(inOrder(output, steps)).toEqual(steps);
  expect(code).toBe(0);
  expect(existsSync(folderIn(output))).toBe(false);
  const server = /runs at (https:\S+),/.exec(output)?.[1] ?? '';
  await expect(fetch(`${server}/readyz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

/** The steps that are in the text, each after the one before it. */
function inOrder(text: string, steps: readonly string[]): string[] {
  const found: string[] = [];
  let rest = text;
  for (const step of steps) {
    const at = rest.indexOf(step);
    if (at < 0) return found;
    found.push(step);
    rest = rest.slice(at + step.length);
  }
  return found;
}
