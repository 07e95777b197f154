import type { Identity } from '../api/identity.ts';
import { subjectOf } from '../api/identity.ts';
import type { Question } from './question.ts';

/** What ada, a developer, asks for in namespace `payments`, with `change` on top. For tests alone. */
export function question({
  requester = { username: 'ada', groups: ['developers'] },
  ...change
}: Partial<Question> = {}): Question {
  return {
    requester,
    subject: subjectFor(requester),
    namespace: { name: 'payments', labels: { team: 'payments' } },
    role: 'daypass-pod-logs',
    emergency: false,
    ...change,
  };
}

/** A service account as the API server authenticates it: in groups that nobody chose. */
export const DEPLOYER: Identity = {
  username: 'system:serviceaccount:ci:deployer',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'],
};

function subjectFor({ username }: Identity): Question['subject'] {
  const subject = subjectOf(username);
  if (!subject) throw new TypeError(`a test's own requester: ${username}`);
  return subject;
}
