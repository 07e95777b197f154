/** Something that a person has to put right, and can: all that there is to say is the message. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
