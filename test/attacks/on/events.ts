import { uniqueName } from '../../support/shared.ts';
import { ok } from '../../identity/answers.ts';
import { coreEvent, event } from '../../identity/grant.ts';
import { pathsIn } from '../../identity/stage.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const NAMES = validation('daypass-events', 'only the operator writes Events whose names begin with daypass.');
const REPORTERS = validation('daypass-events', 'only the operator writes Events that are reported by daypass.dev');

/** On the record's copy, which people read. Every attack by either form of the API. */
export const ON_EVENTS: readonly Attempt[] = [
  {
    promise: 'P5',
    title: 'creates an Event under the name that Daypass will use next',
    right: ['create', 'events'],
    stoppedBy: NAMES,
    run: (who, { stage, event: { uid } }) =>
      who.create(pathsIn(stage.namespace).events, { ...event(stage, `daypass.${uid}.2`), reportingController: 'mine' }),
  },
  {
    promise: 'P5',
    title: 'creates an Event under such a name by the core API',
    right: ['create', 'events'],
    stoppedBy: NAMES,
    run: (who, { stage, event: { uid } }) =>
      who.create(pathsIn(stage.namespace).coreEvents, coreEvent(stage, { name: `daypass.${uid}.2` })),
  },
  {
    promise: 'P5',
    title: 'has an Event named like those of Daypass',
    right: ['create', 'events'],
    stoppedBy: NAMES,
    run: (who, { stage }) =>
      who.create(pathsIn(stage.namespace).coreEvents, coreEvent(stage, { generateName: 'daypass.' })),
  },
  {
    promise: 'P5',
    title: 'creates an Event as Daypass',
    right: ['create', 'events'],
    stoppedBy: REPORTERS,
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).events, event(stage, uniqueName('forged'))),
  },
  ...(
    [
      ['as its reporter', { reportingComponent: 'daypass.dev/operator', reportingInstance: 'x' }],
      ['as its source', { source: { component: 'daypass.dev' } }],
    ] as const
  ).map(
    ([how, fields]): Attempt => ({
      promise: 'P5',
      title: `creates an Event by the core API with Daypass ${how}`,
      right: ['create', 'events'],
      stoppedBy: REPORTERS,
      run: (who, { stage }) =>
        who.create(pathsIn(stage.namespace).coreEvents, {
          ...coreEvent(stage, { generateName: 'forged-' }),
          ...fields,
        }),
    }),
  ),
  {
    promise: 'P5',
    title: 'makes an Event of Daypass seem to have happened again',
    right: ['patch', 'events'],
    stoppedBy: NAMES,
    elseBy: REPORTERS,
    run: (who, grant) =>
      who.patch(`${pathsIn(grant.stage.namespace).events}/${grant.event.name}`, {
        series: { count: 2, lastObservedTime: '2026-12-01T09:00:00.000000Z' },
      }),
  },
  {
    promise: 'P5',
    title: 'rewrites what an Event of Daypass says by the core API',
    right: ['patch', 'events'],
    stoppedBy: NAMES,
    elseBy: REPORTERS,
    run: (who, grant) =>
      who.patch(`${pathsIn(grant.stage.namespace).coreEvents}/${grant.event.name}`, { message: 'nothing happened' }),
  },
  {
    promise: 'P5',
    title: 'makes what Daypass reported under another name its own',
    right: ['patch', 'events'],
    stoppedBy: REPORTERS,
    run: async (who, { stage }) => {
      const { events, coreEvents } = pathsIn(stage.namespace);
      const { name } = ok(await stage.operator.create(events, event(stage, uniqueName('other')))).metadata;
      return who.patch(`${coreEvents}/${name}`, { reportingComponent: 'mine', message: 'nothing happened' });
    },
  },
];
