/** Users of a kubeconfig whose credentials a plugin hands out, a shell script each. For tests alone. */

const apiVersion = 'client.authentication.k8s.io/v1';

/** The ExecCredential with these fields. */
export function ticket(fields: object): object {
  return { apiVersion, kind: 'ExecCredential', ...fields };
}

export function shell(script: string): { exec: object } {
  return { exec: { apiVersion, command: 'sh', args: ['-c', script] } };
}

/** Prints this ExecCredential. */
export function printing(fields: object): { exec: object } {
  return shell(`echo '${JSON.stringify(ticket(fields))}'`);
}

/** Prints the token t1, then t2 and so on, good until then; each run is a line in the file `runs`. */
export function counting(runs: string, expirationTimestamp: string): { exec: object } {
  const credential = JSON.stringify(ticket({ status: { token: 't%s', expirationTimestamp } }));
  return shell(`echo run >> ${runs}; printf '${credential}' $(wc -l < ${runs})`);
}
