import { writeFileSync } from 'node:fs';

/** A reporter of vitest: leaves in the file that DAYPASS_COUNTS names how many tests passed and failed. Says nothing. */
export default class Counts {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const states = modules.flatMap(({ children }) => Array.from(children.allTests(), (test) => test.result().state));
    const count = (/** @type {string} */ state) => states.filter((each) => each === state).length;
    const counts = { passed: count('passed'), failed: count('failed') };
    writeFileSync(String(process.env['DAYPASS_COUNTS']), JSON.stringify(counts));
  }
}
