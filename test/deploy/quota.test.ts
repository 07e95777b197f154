import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { scriptOf } from '../docs/page.ts';
import { ok } from '../identity/answers.ts';
import { ask, decide } from '../identity/grant.ts';
import { newStage, person } from '../identity/stage.ts';

const Quota = z.looseObject({ spec: z.object({ hard: z.record(z.string(), z.string()) }) });

it('the quota in docs/install.md bounds how many requests and reviews there are', async () => {
  const stage = await newStage();
  const quotas = `/api/v1/namespaces/${stage.namespace}/resourcequotas`;
  const documented = Quota.parse(parse(scriptOf('docs/install.md', 'How much people may ask', 'yaml')));
  const each = (count: string) => Object.fromEntries(Object.keys(documented.spec.hard).map((kind) => [kind, count]));
  ok(await stage.admin.create(quotas, { ...documented, metadata: { name: 'daypass' }, spec: { hard: each('1') } }));
  // Kubernetes' controller has not learned of kinds that are half a minute old: the test counts for it.
  ok(await stage.admin.patch(`${quotas}/daypass/status`, { status: { hard: each('1'), used: each('0') } }));

  const asker = await person(stage, 'daypass-requester', 'daypass-reviewer');
  const { metadata } = ok(await ask(asker, stage));
  expect(await ask(asker, stage)).toMatchObject(exceeded('accessrequests'));
  ok(await decide(asker, stage, [metadata, 'Revoke']));
  expect(await decide(asker, stage, [metadata, 'Revoke'])).toMatchObject(exceeded('accessreviews'));
});

function exceeded(plural: string): object {
  const one = `count/${plural}.daypass.dev=1`;
  const message = `exceeded quota: daypass, requested: ${one}, used: ${one}, limited: ${one}`;
  return { code: 403, body: { message: expect.stringContaining(message) as unknown } };
}
