/** What can stand in one {@link Line} at a time. */
export interface Linked<Self> {
  previous: Self | undefined;
  next: Self | undefined;
}

/**
 * First in, first out. A linked list, because members leave from the middle too, and because taking
 * the first entry of a large Map over and over is quadratic in V8.
 */
export class Line<Member extends Linked<Member>> {
  first: Member | undefined;
  #last: Member | undefined;

  push(member: Member): void {
    member.previous = this.#last;
    member.next = undefined;
    if (this.#last) this.#last.next = member;
    else this.first = member;
    this.#last = member;
  }

  /** `member` must be in this line. */
  remove({ previous, next }: Member): void {
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
  }
}
