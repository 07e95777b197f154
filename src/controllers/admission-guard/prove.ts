import { accepted, type Answer, failed, nothing } from '../../admission/answer.ts';
import { faultsIn } from '../../admission/faults.ts';
import { fingerprintOf } from '../../admission/fingerprint.ts';
import { type Probe, probes } from '../../admission/probes.ts';
import { type AdmissionObject, admissionReader } from '../../admission/stored.ts';
import { ADMISSION_RESOURCES } from '../../api/kubernetes.ts';
import type { Client } from '../../runtime/client.ts';
import { isApiError } from '../../runtime/errors.ts';
import { pages } from '../../runtime/pages.ts';

/** What an attempt at a proof has shown: that all is well where there are neither faults nor anything unanswered. */
export interface Proof {
  /** What is wrong for certain, one line each. */
  readonly faults: readonly string[];
  readonly unanswered: string | undefined;
  /** Of the admission policies as they were found; undefined where they could not be listed. */
  readonly fingerprint: string | undefined;
}

interface Options {
  readonly client: Client;
  readonly now: Date;
  /** One in which something may be granted; undefined where there is none. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks the API server itself, past every watch: whether all admission policies are as they were
 * shipped, and, by dry runs that it must refuse, whether it goes by them.
 */
export async function prove({ client, now, namespace, signal }: Options): Promise<Proof> {
  if (namespace === undefined)
    return { faults: [], unanswered: 'there is no namespace in which anything may be granted', fingerprint: undefined };
  const [{ answers, fingerprint }, ...tried] = await Promise.all([
    inspect(client, signal),
    ...probes(namespace, now).map((probe) => attempt(client, probe, signal)),
  ]);
  const found = [...answers, ...tried];
  return {
    fingerprint,
    faults: found.flatMap((answer) => (answer.shows === 'not enforced' ? [answer.fault] : [])),
    unanswered: found.flatMap((answer) => (answer.shows === 'nothing' ? [answer.why] : []))[0],
  };
}

async function attempt(client: Client, probe: Probe, signal: AbortSignal): Promise<Answer> {
  try {
    await client.create(probe.resource, probe.object, { dryRun: true, signal });
    return accepted(probe);
  } catch (error) {
    return failed(probe, error);
  }
}

async function inspect(
  client: Client,
  signal: AbortSignal,
): Promise<{ answers: Answer[]; fingerprint: string | undefined }> {
  try {
    const [policies, bindings] = await Promise.all([
      listAll(client, 'ValidatingAdmissionPolicy', signal),
      listAll(client, 'ValidatingAdmissionPolicyBinding', signal),
    ]);
    const found = { ValidatingAdmissionPolicy: policies, ValidatingAdmissionPolicyBinding: bindings };
    const answers = faultsIn(found).map((fault) => ({ shows: 'not enforced', fault }) as const);
    return { answers, fingerprint: fingerprintOf(found) };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return { answers: [nothing('the admission policies could not be listed', error)], fingerprint: undefined };
  }
}

async function listAll(
  client: Client,
  kind: keyof typeof ADMISSION_RESOURCES,
  signal: AbortSignal,
): Promise<Map<string, AdmissionObject>> {
  const read = admissionReader(kind);
  const found = new Map<string, AdmissionObject>();
  for await (const { items } of pages(client, ADMISSION_RESOURCES[kind], { signal }))
    for (const object of items.map(read)) found.set(object.metadata.name, object);
  return found;
}
