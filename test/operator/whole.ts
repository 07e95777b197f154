import { expect, it } from 'vitest';
import { CROWD, type Crowd, type Life } from './crowd.ts';

/** What holds of a crowd whose time is over, whatever happened to the operator meanwhile. */
export function itIsWhole(crowd: () => Crowd, lives: () => readonly Life[]): void {
  it('every request was granted, once, to whoever asked', () => {
    expect(lives()).toHaveLength(CROWD);
    expect(lives().map(({ activations }) => activations)).toEqual(lives().map(() => 1));
    const subjects = lives().map(({ bindings }) => bindings.map((binding) => binding['subjects']));
    expect(subjects).toEqual(
      lives().map(({ user }) => [[{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]]),
    );
  });

  it('every history is whole, and says nothing twice', () => {
    const told = lives().map(({ request: { status } }) =>
      (status.history ?? []).map(({ sequence, type, actor }) => `${sequence} ${type} ${actor}`),
    );
    expect(told).toEqual(
      lives().map(({ user }) => [
        `1 Requested ${user}`,
        '2 Approved daypass-operator',
        '3 Granted daypass-operator',
        '4 Expired daypass-operator',
      ]),
    );
    expect(new Set(lives().map(({ request }) => request.status.phase))).toEqual(new Set(['Expired']));
  });

  it('there is one Event for each entry, and no other', () => {
    const told = lives().map(({ events }) =>
      events.map(({ metadata, reason }) => `${metadata.name} ${String(reason)}`).toSorted(),
    );
    expect(told).toEqual(
      lives().map(({ request: { metadata } }) =>
        ['Requested', 'Approved', 'Granted', 'Expired'].map(
          (type, index) => `daypass.${metadata.uid}.${index + 1} ${type}`,
        ),
      ),
    );
  });

  it('nothing is left of any grant', async () => {
    expect(await crowd().leftovers()).toEqual([]);
  });
}

/** For the reader of the test's output: how long after its end each binding went. */
export function printLags(what: string, lags: readonly number[]): void {
  const sorted = lags.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
  console.info(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`);
}
