import { ACCESS_POLICIES } from '../api/access-policy.ts';
import type { ReviewDecision } from '../api/access-review.ts';
import type { Identity } from '../api/identity.ts';
import { ROLE_BINDINGS } from '../api/kubernetes.ts';
import { World } from './test-world.ts';

export const ALICE: Identity = { username: 'alice', groups: ['developers'] };
export const LENA: Identity = { username: 'lena', groups: ['payments-leads'] };
export const LARS: Identity = { username: 'lars', groups: ['payments-leads'] };
export const SUE: Identity = { username: 'sue', groups: ['security'] };
/** Lead and security in one person. */
export const BEA: Identity = { username: 'bea', groups: ['security', 'payments-leads'] };

export const TWO_STAGES = {
  approval: {
    required: [
      { reviewers: [{ kind: 'Group', name: 'payments-leads' }], count: 1 },
      { reviewers: [{ kind: 'Group', name: 'security' }], count: 1 },
    ],
  },
};
const DEBUG = { name: 'debug' };

/** A world whose one policy asks for two approvals, and whose one request is `one`. For tests alone. */
export class ReviewedWorld {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  static async create(): Promise<ReviewedWorld> {
    const reviewed = new ReviewedWorld(await World.create());
    await reviewed.changePolicy({ approval: null });
    await reviewed.changePolicy(TWO_STAGES);
    return reviewed;
  }

  async changePolicy(spec: object): Promise<void> {
    await this.world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec });
  }

  async asked(spec: Record<string, unknown> = {}): Promise<void> {
    await this.world.ask('one', { duration: '5m', ...spec });
    await this.world.start();
    await this.world.advance(1);
  }

  async review(who: Identity, decision: ReviewDecision = 'Approve', change: object = {}): Promise<string> {
    const name = await this.world.review('one', who, decision, change);
    await this.world.advance(1);
    return name;
  }

  /** Asks, and lets the two who must agree do so. */
  async granted(): Promise<void> {
    await this.asked();
    await this.review(LENA);
    await this.review(SUE);
  }

  async phase(): Promise<string | undefined> {
    return (await this.world.request('one'))?.status.phase;
  }

  /** What the reviewer is told. */
  async told(name: string): Promise<string | undefined> {
    const { accepted, reason } = (await this.world.reviewed(name))?.status ?? {};
    return reason === undefined ? undefined : `${accepted === true ? 'accepted' : 'not accepted'}: ${reason}`;
  }

  async bindings(): Promise<number> {
    return (await this.world.all(ROLE_BINDINGS)).length;
  }
}
