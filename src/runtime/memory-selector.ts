import { ApiError } from './errors.ts';

type Labels = Readonly<Record<string, string>>;

const NAME = '[A-Za-z0-9][-A-Za-z0-9_./]*';
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);
const EQUALS = new RegExp(`^(${NAME})\\s*(!=|==?)\\s*([-A-Za-z0-9_.]*)$`);
const ONE_OF = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

/**
 * A label selector as `labelSelector` parameters spell it: `a=b`, `a!=b`, `a in (b,c)`,
 * `a notin (b)`, `a` and `!a`, all of which must hold. As on the server, what `!=` and `notin`
 * exclude does not exclude objects without the label.
 */
export function parseSelector(text = ''): (labels: Labels) => boolean {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRequirement);
  return (labels) => requirements.every((holds) => holds(labels));
}

function parseRequirement(text: string): (labels: Labels) => boolean {
  const [, not, present] = EXISTS.exec(text) ?? [];
  if (present !== undefined) return (labels) => Object.hasOwn(labels, present) !== (not === '!');

  const [, name, operator, value] = EQUALS.exec(text) ?? [];
  if (name !== undefined) return (labels) => (labels[name] === value) !== (operator === '!=');

  const [, member, relation, list] = ONE_OF.exec(text) ?? [];
  if (member === undefined || list === undefined)
    throw new ApiError('Invalid', `label selector: got ${text}`, { code: 400 });
  const values = new Set<string | undefined>(list.split(',').map((item) => item.trim()));
  return (labels) => values.has(labels[member]) === (relation === 'in');
}
