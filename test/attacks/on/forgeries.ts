import type { Identity } from '../../../src/api/identity.ts';
import { accessRequest, ask, decide, type Grant } from '../../identity/grant.ts';
import { pathsIn } from '../../identity/stage.ts';
import { uniqueName } from '../../support/shared.ts';
import type { Attacker } from '../attack.ts';
import type { Attempt } from '../attempt.ts';
import { schema, validation } from '../barriers.ts';

const HOLD = 'daypass-hold-identity';
const OWN = 'as "kubectl auth whoami" shows them';

type Field = 'requester' | 'reviewer';

const names = (field: Field) =>
  validation(HOLD, 'username and uid must be your own', {
    told: `spec.${field}.username and spec.${field}.uid must be your own, ${OWN}`,
  });
const groups = (field: Field) =>
  validation(HOLD, 'groups must be exactly your own', {
    told: `spec.${field}.groups must be exactly your own, ${OWN}`,
  });
const extra = (field: Field) =>
  validation(HOLD, 'extra must hold your own values', { told: `spec.${field}.extra must hold your own values of` });

/** One lie each, in what is otherwise the truth, and the validation that knows better. */
const LIES = [
  ['under the name of another', { username: 'root' }, names],
  ['under a name that differs in case', (me: Identity) => ({ username: me.username.toUpperCase() }), names],
  ['with a uid', { uid: '0' }, names],
  ['in groups of others', { groups: ['system:masters'] }, groups],
  ['in one group more', (me: Identity) => ({ groups: [...(me.groups ?? []), 'system:masters'] }), groups],
  ['in fewer groups', (me: Identity) => ({ groups: me.groups?.slice(1) }), groups],
  ['in no groups at all', { groups: undefined }, groups],
  ['with a detail of another', { extra: { arn: ['arn:aws:iam::1:root'] } }, extra],
  ['with a detail that nobody knows', { extra: { mine: ['x'] } }, extra],
] as const;

/** By saying who they are, where the API server leaves it to them (before Kubernetes 1.36). */
export const FORGERIES: readonly Attempt[] = LIES.flatMap(([how, lie, barrier]): Attempt[] => {
  const forged = async (who: Attacker): Promise<object> => {
    const me = await who.identity();
    return { ...me, ...(typeof lie === 'function' ? lie(me) : lie) };
  };
  return [
    {
      promise: 'P4',
      title: `creates a request ${how}`,
      right: ['create', 'accessrequests'],
      stoppedBy: barrier('requester'),
      run: async (who, { stage }) => ask(who, stage, { spec: { requester: await forged(who) } }),
    },
    {
      promise: 'P4',
      title: `creates a request ${how} by server-side apply`,
      right: ['patch', 'accessrequests'],
      stoppedBy: barrier('requester'),
      run: async (who, grant) => applyRequest(who, grant, await forged(who)),
    },
    {
      promise: 'P4',
      title: `creates a review ${how}`,
      right: ['create', 'accessreviews'],
      stoppedBy: barrier('reviewer'),
      run: async (who, { stage }) => {
        const reviewer = await forged(who);
        return decide(who, stage, [{ name: 'any', uid: crypto.randomUUID() }, 'Approve'], { spec: { reviewer } });
      },
    },
  ];
});

/** By leaving out what they are known by: a person who has a certificate has a detail. */
export const OMISSIONS: readonly Attempt[] = [
  {
    promise: 'P4',
    title: 'creates a request without the details that they are known by',
    right: ['create', 'accessrequests'],
    stoppedBy: extra('requester'),
    run: async (who, { stage }) =>
      ask(who, stage, { spec: { requester: { ...(await who.identity()), extra: undefined } } }),
  },
  {
    promise: 'P4',
    title: 'creates a request without saying who they are',
    right: ['create', 'accessrequests'],
    stoppedBy: schema('spec.requester: Required value'),
    run: async (who, { stage }) => ask(who, stage, { spec: { requester: undefined } }),
  },
];

async function applyRequest(who: Attacker, { stage }: Grant, requester: object) {
  const { spec, ...request } = accessRequest(stage);
  const name = uniqueName('ask');
  const object = { ...request, metadata: { name }, spec: { ...spec, requester } };
  return who.apply(`${pathsIn(stage.namespace).requests}/${name}`, object);
}
