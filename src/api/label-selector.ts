import { z } from 'zod';
import { spelled, Text } from './text.ts';

/** A label's key, with or without a prefix; so no object's own names, such as `__proto__`, pass for one. */
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LabelKey = spelled(Text(317).min(1), LABEL_KEY, 'the key of a label, such as team or example.com/team');
const LabelValue = Text(63);

const Requirement = z
  .strictObject({
    key: LabelKey,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(LabelValue).min(1).max(64).optional().meta({ 'x-kubernetes-list-type': 'atomic' }),
  })
  .refine(({ operator, values }) => operator.endsWith('In') === (values !== undefined), {
    path: ['values'],
    message: 'required for In and NotIn, not allowed for Exists and DoesNotExist',
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "(self.operator in ['In', 'NotIn']) == has(self.values)",
        fieldPath: '.values',
        message: 'values is required for In and NotIn, and not allowed for Exists and DoesNotExist',
      },
    ],
  });

/**
 * Kubernetes' own label selector: everything in it must hold. An empty one would select every
 * namespace there is and ever will be, so it is refused; who wants that says
 * `{key: kubernetes.io/metadata.name, operator: Exists}`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export const LabelSelector = z
  .strictObject({
    matchLabels: z
      .record(z.string().regex(LABEL_KEY), LabelValue)
      .optional()
      .meta({
        maxProperties: 16,
        'x-kubernetes-validations': [
          {
            rule: `self.all(key, key.matches(r'${LABEL_KEY.source}'))`,
            message: 'keys must be keys of labels, such as team or example.com/team',
          },
        ],
      }),
    matchExpressions: z.array(Requirement).max(16).optional().meta({ 'x-kubernetes-list-type': 'atomic' }),
  })
  .refine(
    ({ matchLabels = {}, matchExpressions = [] }) => Object.keys(matchLabels).length + matchExpressions.length > 0,
    'may not be empty: it would select every namespace',
  )
  .meta({
    description: 'Everything in it must hold; it may not be empty.',
    'x-kubernetes-validations': [
      {
        rule: '(has(self.matchLabels) && self.matchLabels.size() > 0) || (has(self.matchExpressions) && self.matchExpressions.size() > 0)',
        message: 'an empty selector would select every namespace; name a label in matchLabels or matchExpressions',
      },
    ],
  });
export type LabelSelector = z.infer<typeof LabelSelector>;

/** Whether an object with these labels is selected. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    matchExpressions.every((requirement) => meets(requirement, labels))
  );
}

function meets(
  { key, operator, values = [] }: z.infer<typeof Requirement>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn': // an object without the key is selected, as in Kubernetes
      return value === undefined || !values.includes(value);
  }
}
