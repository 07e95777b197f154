import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, errorsIn, type OperatorProcess } from '../support/operator.ts';
import { allowed, Crowd, type Life } from './crowd.ts';
import { newStage, type Stage } from './stage.ts';
import { itIsWhole, printLags } from './whole.ts';

/** Promise P2, in milliseconds. */
const LATE = 1000;

let stage: Stage;
let crowd: Crowd;
let operator: OperatorProcess;
let lives: readonly Life[];
let ended: Ended;

beforeAll(async () => {
  stage = await newStage();
  operator = await stage.operator();
  crowd = await Crowd.gather(stage);
  await crowd.ask(3);
  await crowd.settled(60_000);
  lives = await crowd.lives();
  ended = await operator.stop();
});

afterAll(async () => {
  crowd[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

describe('200 requests by 20 users at once, for 3 to 10 s', () => {
  itIsWhole(
    () => crowd,
    () => lives,
  );

  it('every binding is gone within a second of its end, and not before (P2)', () => {
    const lags = lives.map(({ gone, end }) => gone - end);
    printLags('binding gone after its end', lags);
    expect(lags.filter((lag) => !(lag >= 0 && lag <= LATE))).toEqual([]);
  });

  it('every end is what was decided', () => {
    const spans = lives.map(({ request: { status }, end }) => end - Date.parse(status.grantedAt ?? ''));
    expect(spans).toEqual(lives.map(allowed));
  });

  it('the operator met no error', () => {
    expect(errorsIn(ended.log)).toEqual([]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});
