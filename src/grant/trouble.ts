/** Why nothing can be granted now, whoever asks for whatever: what Daypass rests on cannot be relied on. */
export interface Trouble {
  readonly reason: 'AdmissionNotEnforced' | 'FuseUnavailable';
  /** One line, for people. */
  readonly message: string;
  /** It belongs to every start, and will be over in a moment: not worth telling anybody. */
  readonly passing: boolean;
}
