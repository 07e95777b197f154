import { BREAKERS } from './breakglass.ts';
import { BYSTANDERS } from './bystander.ts';
import { NAMESPACE_ADMINS } from './namespace-admin.ts';
import { OPERATORS } from './operator.ts';
import { POLICY_AUTHORS } from './policy-author.ts';
import { REQUESTERS } from './requester.ts';
import { REVIEWERS } from './reviewer.ts';
import { SERVICE_ACCOUNTS } from './service-accounts.ts';
import type { Side } from './side.ts';

/** Everybody who attacks a cluster with all of Daypass in force. */
export const SIDES: readonly Side[] = [
  ...BYSTANDERS,
  ...REQUESTERS,
  ...REVIEWERS,
  ...POLICY_AUTHORS,
  ...NAMESPACE_ADMINS,
  ...BREAKERS,
  ...SERVICE_ACCOUNTS,
  ...OPERATORS,
];
