import { type Ended, errorsIn } from '../../test/support/operator.ts';

/** What the guard says while too many of its questions get no answer; see `doubtOf`. */
const UNPROVEN = /^it has not been proven/;

/** What the operator's own end, and all that it said, has against it. Warnings are what faults are there for. */
export function complaints({ code, log, stderr }: Ended): string[] {
  const errors = errorsIn(log).filter(({ reason }) => typeof reason !== 'string' || !UNPROVEN.test(reason));
  return [
    ...(code === 0 ? [] : [`the operator ended with ${code}`]),
    ...(stderr === '' ? [] : [`the operator said on stderr: ${stderr}`]),
    ...errors.map((line) => `the operator logged ${JSON.stringify(line)}`),
  ];
}
