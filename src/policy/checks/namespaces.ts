import type { NamespaceScope } from '../../api/access-policy.ts';
import { selects } from '../../api/label-selector.ts';
import { type Check, pass } from '../check.ts';

/** Is the request's namespace named or selected? */
export const checkNamespaces: Check<NamespaceScope> = ({ names = [], selector }, { namespace }) => {
  if (names.includes(namespace.name)) return pass;
  if (selector && selects(selector, namespace.labels)) return pass;
  const wanted = selector ? [...names, JSON.stringify(selector)] : names;
  return { result: 'fail', code: 'NamespaceNotListed', wanted, got: namespace.name };
};
