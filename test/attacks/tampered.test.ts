import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { Grants } from '../operator/grant.ts';
import { ask, GROUP, newStage, requestIn, type Stage } from '../operator/stage.ts';
import { Trust } from '../operator/trust.ts';
import type { OperatorProcess } from '../support/operator.ts';
import { TAMPERINGS } from './decided/tampering.ts';

const NAMESPACE = 'payments';

let stage: Stage;
let operator: OperatorProcess;
let grants: Grants;
let trust: Trust;
let dana: HttpClient;

beforeAll(async () => {
  stage = await newStage();
  await stage.namespace(NAMESPACE);
  operator = await stage.operator();
  dana = await stage.as('dana', GROUP);
  grants = await Grants.watch(stage);
  trust = await Trust.watch(stage);
});

afterAll(async () => {
  for (const each of [grants, trust]) each[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

// One after the other: each is about what all of a cluster shares.
describe('whoever may write admission policies', () => {
  it.each(TAMPERINGS.map((each) => [each.title, each.promise, each.stoppedBy, each.act] as const))(
    '%s (%s: %s)',
    async (_title, _promise, stoppedBy, act) => {
      await act(stage.admin);
      expect(await trust.told('False', 'AdmissionNotEnforced', stoppedBy)).toContain(stoppedBy);
      const meanwhile = await ask(dana, NAMESPACE, { duration: '1h' });
      await trust.shows(meanwhile, 'Ended', 'AdmissionNotEnforced');
      await trust.putBack();
      const grant = await grants.make(dana, NAMESPACE);
      const { namespace = '', name = '' } = meanwhile.metadata;
      const { status } = requestIn(await stage.admin.get(ACCESS_REQUESTS.resource, { namespace, name }));
      expect(status).toMatchObject({ phase: 'Denied' });
      await dana.delete(ACCESS_REQUESTS.resource, grant, { uid: grant.uid });
      await grants.gone(grant);
    },
  );
});
