import { BYSTANDERS } from './bystander.ts';
import { REQUESTERS } from './requester.ts';
import type { Side } from './side.ts';

/** Everybody who attacks a cluster with all of Daypass in force. */
export const SIDES: readonly Side[] = [...BYSTANDERS, ...REQUESTERS];
