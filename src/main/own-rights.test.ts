import { expect, it } from 'vitest';
import { SELF_SUBJECT_RULES_REVIEWS } from '../api/kubernetes.ts';
import type { Client } from '../runtime/client.ts';
import { ApiError } from '../runtime/errors.ts';
import { MemoryClient } from '../runtime/memory-client.ts';
import type { KubernetesObject } from '../runtime/object.ts';
import { settle, TestClock } from '../runtime/test-clock.ts';
import { testLog } from '../runtime/test-log.ts';
import { refuseMasterKey } from './own-rights.ts';

const VIEW_ALL = { verbs: ['get'], apiGroups: ['*'], resources: ['*'] };
const ESCALATE = { verbs: ['escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] };

interface Rights {
  readonly own?: object[];
  /** What everybody is allowed, as `verb resource`. */
  readonly everybodys?: string[];
  readonly incomplete?: boolean;
  /** How often the API server fails first, and how. */
  readonly failures?: ApiError[];
}

/** Asks for rights; resolves to what was logged, rejects as the operator would. */
async function refuse({ own = [], everybodys = [], incomplete = false, failures = [] }: Rights): Promise<string[]> {
  const clock = new TestClock();
  const { log, lines } = testLog();
  const create: Client['create'] = async (resource, object): Promise<KubernetesObject> => {
    const failure = failures.shift();
    if (failure) throw failure;
    if (resource === SELF_SUBJECT_RULES_REVIEWS) return { metadata: {}, status: { resourceRules: own, incomplete } };
    const text = JSON.stringify(object['spec']);
    const allowed = everybodys.some((right) => {
      const [verb = '', what = ''] = right.split(' ');
      return text.includes(`"verb":"${verb}"`) && text.includes(`"resource":"${what}"`);
    });
    return { metadata: {}, status: { allowed } };
  };
  const client = new MemoryClient({ clock, resources: [], random: () => 0 });
  client.create = create;
  const refused = refuseMasterKey({ client, clock, log, signal: new AbortController().signal });
  refused.catch(() => undefined); // it is awaited below
  for (let second = 0; second < 5; second++) {
    await settle();
    await clock.advance(1000);
  }
  await refused;
  return lines.map(({ level, msg }) => `${level}: ${msg}`);
}

it('lets an operator work that holds nothing of the kind', async () => {
  expect(await refuse({ own: [{ verbs: ['get'], apiGroups: [''], resources: ['namespaces'] }] })).toEqual([]);
});

it('refuses one that does, in one message', async () => {
  await expect(refuse({ own: [VIEW_ALL, ESCALATE] })).rejects.toThrow(
    'the account that the operator works as must not hold: a wildcard: get on * in *; ' +
      'the verb escalate: escalate on roles in rbac.authorization.k8s.io. All that it needs is in deploy/rbac',
  );
});

it('names no more than five', async () => {
  const own = Array.from({ length: 7 }, (_, n) => ({ ...ESCALATE, resourceNames: [`role-${n}`] }));
  await expect(refuse({ own })).rejects.toThrow(/role-4 in [a-z0-9.]+; and 2 more\. /);
});

it('does not mind what everybody holds anyway', async () => {
  expect(await refuse({ own: [VIEW_ALL], everybodys: ['get *'] })).toEqual([]);
  await expect(refuse({ own: [VIEW_ALL, ESCALATE], everybodys: ['get *'] })).rejects.toThrow('must not hold: the verb');
  await expect(refuse({ own: [{ ...VIEW_ALL, verbs: ['get', 'delete'] }], everybodys: ['get *'] })).rejects.toThrow(
    '*',
  );
});

it('minds what would take too many questions', async () => {
  const own = [{ ...VIEW_ALL, resourceNames: Array.from({ length: 65 }, (_, n) => `${n}`) }];
  await expect(refuse({ own, everybodys: ['get *'] })).rejects.toThrow('a wildcard');
});

it('waits for an API server that cannot answer yet, or does not know its own roles yet', async () => {
  const failures = [new ApiError('Unavailable', 'connection refused'), new ApiError('Forbidden', 'not read yet')];
  expect(await refuse({ failures })).toEqual(['warn: the API server cannot be reached yet, trying again']);
});

it('says so where it cannot know all', async () => {
  expect(await refuse({ incomplete: true })).toEqual([
    'warn: not all of our own rights can be known: another authorizer than RBAC has a say here',
  ]);
});
