import type { RequesterRef } from '../../api/access-policy.ts';
import { type Check, pass } from '../check.ts';
import type { Question } from '../question.ts';

/**
 * Is the requester among those listed? A service account counts only where it is named itself:
 * every one of them is in groups like `system:authenticated`, which were never meant to hand out
 * access to pipelines.
 */
export const checkRequesters: Check<readonly RequesterRef[]> = (wanted, question) => {
  if (wanted.some((ref) => matches(ref, question))) return pass;
  return { result: 'fail', code: 'RequesterNotListed', wanted: wanted.map(describe), got: question.requester.username };
};

function matches(ref: RequesterRef, { requester, subject }: Question): boolean {
  switch (ref.kind) {
    case 'User':
      return subject.kind === 'User' && ref.name === requester.username;
    case 'Group':
      return subject.kind === 'User' && (requester.groups ?? []).includes(ref.name);
    case 'ServiceAccount':
      return subject.kind === 'ServiceAccount' && ref.name === subject.name && ref.namespace === subject.namespace;
  }
}

function describe({ kind, namespace, name }: RequesterRef): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
