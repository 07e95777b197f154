import { uniqueName } from '../../support/shared.ts';
import { ok, refusedBy } from '../answers.ts';
import { coreEvent, event } from '../grant.ts';
import { pathsIn } from '../stage.ts';
import type { Attack } from './attack.ts';

const NAMES = refusedBy('daypass-events', 'only the operator writes Events whose names begin with daypass.');
const REPORTERS = refusedBy('daypass-events', 'only the operator writes Events that are reported by daypass.dev');

/** On the record's copy, which people read. Every attack by either form of the API. */
export const ON_EVENTS: readonly Attack[] = [
  {
    title: 'creates an Event under the name that Daypass will use next',
    right: ['create', 'events'],
    refusal: NAMES,
    run: (who, { stage, event: { uid } }) =>
      who.create(pathsIn(stage.namespace).events, { ...event(stage, `daypass.${uid}.2`), reportingController: 'mine' }),
  },
  {
    title: 'creates an Event under such a name by the core API',
    right: ['create', 'events'],
    refusal: NAMES,
    run: (who, { stage, event: { uid } }) =>
      who.create(pathsIn(stage.namespace).coreEvents, coreEvent(stage, { name: `daypass.${uid}.2` })),
  },
  {
    title: 'has an Event named like those of Daypass',
    right: ['create', 'events'],
    refusal: NAMES,
    run: (who, { stage }) =>
      who.create(pathsIn(stage.namespace).coreEvents, coreEvent(stage, { generateName: 'daypass.' })),
  },
  {
    title: 'creates an Event as Daypass',
    right: ['create', 'events'],
    refusal: REPORTERS,
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).events, event(stage, uniqueName('forged'))),
  },
  ...(
    [
      ['as its reporter', { reportingComponent: 'daypass.dev/operator', reportingInstance: 'x' }],
      ['as its source', { source: { component: 'daypass.dev' } }],
    ] as const
  ).map(
    ([how, fields]): Attack => ({
      title: `creates an Event by the core API with Daypass ${how}`,
      right: ['create', 'events'],
      refusal: REPORTERS,
      run: (who, { stage }) =>
        who.create(pathsIn(stage.namespace).coreEvents, {
          ...coreEvent(stage, { generateName: 'forged-' }),
          ...fields,
        }),
    }),
  ),
  {
    title: 'makes an Event of Daypass seem to have happened again',
    right: ['patch', 'events'],
    refusal: NAMES,
    run: (who, grant) =>
      who.patch(`${pathsIn(grant.stage.namespace).events}/${grant.event.name}`, {
        series: { count: 2, lastObservedTime: '2026-12-01T09:00:00.000000Z' },
      }),
  },
  {
    title: 'rewrites what an Event of Daypass says by the core API',
    right: ['patch', 'events'],
    refusal: NAMES,
    run: (who, grant) =>
      who.patch(`${pathsIn(grant.stage.namespace).coreEvents}/${grant.event.name}`, { message: 'nothing happened' }),
  },
  {
    title: 'makes what Daypass reported under another name its own',
    right: ['patch', 'events'],
    refusal: REPORTERS,
    run: async (who, { stage }) => {
      const { events, coreEvents } = pathsIn(stage.namespace);
      const { name } = ok(await stage.operator.create(events, event(stage, uniqueName('other')))).metadata;
      return who.patch(`${coreEvents}/${name}`, { reportingComponent: 'mine', message: 'nothing happened' });
    },
  },
];
