import { faultsIn } from '../../admission/faults.ts';
import { type Doubt, doubtOf } from '../../admission/verdict.ts';
import { isClosed } from '../../policy/admissible.ts';
import { Controller } from '../../runtime/controller.ts';
import type { Context, Surroundings } from '../context.ts';
import { admissionIn, type Stores } from '../stores.ts';
import { prove } from './prove.ts';
import type { GuardState } from './state.ts';
import { type GuardAction, type GuardSnapshot, guardSteps } from './steps.ts';

/** The one key of the guard's controller. */
export const GUARD_KEY = 'admission';

interface GuardOptions extends Surroundings, Pick<Context, 'client' | 'stores'> {
  readonly state: GuardState;
  /** Whether the watches of the admission policies have shown all there is. */
  readonly watched: () => boolean;
  /** Called after every attempt at a proof. */
  readonly onProof: () => void;
  /** Called when the policies can no longer be relied on, or can again. */
  readonly onChange: () => void;
}

/** Why the admission policies cannot be relied on at this moment; undefined where they can. */
export function admissionDoubt({
  stores,
  state,
  watched,
}: Pick<GuardOptions, 'stores' | 'state' | 'watched'>): Doubt | undefined {
  return doubtOf(state.evidence({ watched: watched(), faults: faultsIn(admissionIn(stores)) }));
}

/** Proves again and again that the admission policies stand, and tells when they do not. */
export function guardController(options: GuardOptions): Controller<GuardSnapshot, GuardAction> {
  const { client, clock, random, log, metrics, health, stores, state, onProof, onChange } = options;
  let told: GuardSnapshot['told'];

  function say(doubt: string | undefined): void {
    const before = told;
    told = { doubt };
    if (doubt === undefined) log.info('the admission policies are enforced as they were shipped');
    else log.error({ reason: doubt }, 'the admission policies cannot be relied on: nothing is granted until they can');
    if (!before || (before.doubt === undefined) !== (doubt === undefined)) onChange();
  }

  return new Controller<GuardSnapshot, GuardAction>({
    name: 'admission-guard',
    workers: 1,
    clock,
    random,
    log,
    metrics,
    health,
    snapshot: () => ({ doubt: admissionDoubt(options), told, dueIn: state.dueIn }),
    steps: guardSteps,
    apply: async (action, _key, signal) => {
      if (action !== 'prove') {
        say(action.tell);
        return 'low';
      }
      const [begun, at] = [clock.monotonic(), clock.now()];
      state.arrivals.proofBegins();
      state.tried(await prove({ client, now: at, namespace: openNamespace(stores), signal }), { begun, at });
      onProof();
      return 'low';
    },
  });
}

/** Where a grant could be: `default`, unless somebody has closed it. */
function openNamespace({ namespaces }: Stores): string | undefined {
  const common = namespaces.get('default');
  if (common && !common.terminating && !isClosed(common)) return common.metadata.name;
  const open = [...namespaces.values()].filter((namespace) => !namespace.terminating && !isClosed(namespace));
  return open.map(({ metadata }) => metadata.name).toSorted()[0];
}
