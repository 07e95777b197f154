import type { Answer } from './caller.ts';

/** The answer's object, where anything else than success would make the rest of the test meaningless. */
export function ok(answer: Answer) {
  const { code, body } = answer;
  if (code >= 300 || body.metadata === undefined) throw new Error(`The API server answered ${code}: ${body.message}`);
  return { ...body, metadata: body.metadata };
}
