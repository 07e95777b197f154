import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { UserError } from './errors.mjs';
import { isAtLeast } from './version.mjs';

/** From this one on, Go can fetch a newer Go by itself. */
const OLDEST = '1.21';

const WAYS_OUT = `Ways out:
  - install Go (https://go.dev/dl) and try again; it is needed once, for about 10 minutes
  - use a cluster you have: npm start -- --kubeconfig FILE
  - DAYPASS_CONTROLPLANE=FILE, a control plane program that was built from this folder elsewhere`;

/** Fails, with the ways out, where there is no Go that can build the control plane. */
export function checkGo() {
  let version;
  try {
    // Outside of the module, and kept from fetching another: which Go is this one?
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    version = execFileSync('go', ['env', 'GOVERSION'], { cwd: tmpdir(), encoding: 'utf8', env }).trim();
  } catch (error) {
    const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
    throw new UserError(
      `${missing ? 'There is no Go on PATH' : `go env failed (${String(error)})`}, and the control plane is not built yet.\n${WAYS_OUT}`,
    );
  }
  if (!isAtLeast(version, OLDEST)) {
    throw new UserError(
      `The Go on PATH is ${version}; building the control plane takes ${OLDEST} or newer.\n${WAYS_OUT}`,
    );
  }
}

/**
 * An environment for go in which nothing but how to reach modules is left of the user's settings,
 * and everything go writes is in `folder`. GOFLAGS must not be empty: the user's file of settings
 * would count then.
 *
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
export function goEnvironment(folder) {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOARCH: process.arch === 'x64' ? 'amd64' : process.arch,
    GOCACHE: `${folder}/cache`,
    GOFLAGS: '-buildvcs=false',
    GOMODCACHE: `${folder}/modules`,
    GOOS: process.platform,
    GOPATH: `${folder}/path`,
    GOTMPDIR: '',
    GOTOOLCHAIN: 'auto',
    GOWORK: 'off',
  };
}
