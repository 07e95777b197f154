import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventFor, isSameEvent } from '../../src/record/event.ts';
import { ok } from '../identity/answers.ts';
import { newStage, pathsIn } from '../identity/stage.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';

const Stored = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

it.each(['until 2026-12-01T09:45:00Z → “soon”', ''])('an Event is known again as it is stored: %j', async (message) => {
  const { namespace, operator } = await newStage();
  const event = eventFor(
    {
      request: { namespace, name: 'ask', uid: crypto.randomUUID() },
      entry: { sequence: 1, time: '2026-12-01T09:00:00Z', type: 'Granted', reason: 'Granted', actor: 'x', message },
    },
    'pod-1',
  );
  const { name } = ok(await operator.create(pathsIn(namespace).events, event)).metadata;
  const get = ['get', `events.events.k8s.io/${name}`, `--namespace=${namespace}`, '--output=json'];
  const stored = Stored.parse(JSON.parse(await kubectlOk(get, sharedControlPlane())));
  expect(isSameEvent(stored, event)).toBe(true);
  expect(isSameEvent({ ...stored, note: 'cluster-admin, for ever' }, event)).toBe(false);
});
