/**
 * Loaded into the operator before its own code: on SIGUSR2 it collects its garbage, so that what
 * its heap still holds is what it uses. Needs --expose-gc.
 */
process.on('SIGUSR2', () => globalThis.gc?.());
