/** What the person at the terminal has to see, and act on: shown without a stack. */
export class UserError extends Error {}
