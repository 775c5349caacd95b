/**
 * A listener to the process's exit with a state, of which there is one in each process and worker thread, even if this code is
 * loaded more than once, as ES modules and as CommonJS. The listener itself carries the state: nothing else that copies of this
 * code have in common is ours to change.
 */
export class ExitListener<State extends object> {
  readonly #key: symbol;
  readonly #listener: () => void;
  readonly #newState: () => State;
  #state: State | undefined;

  /** @param name the same in each copy */
  constructor(name: string, newState: () => State, listener: () => void) {
    this.#key = Symbol.for(name);
    this.#newState = newState;
    // Not the function itself: each listener has one state.
    this.#listener = () => listener();
  }

  /** Undefined if nobody listens yet. */
  get known(): State | undefined {
    this.#state ??= process
      .listeners('exit')
      .map((listener): State | undefined => Reflect.get(listener, this.#key))
      .find((state) => state !== undefined);
    return this.#state;
  }

  /** Listens, if nobody does yet. */
  listen(): State {
    return this.known ?? this.#add();
  }

  #add(): State {
    this.#state = this.#newState();
    process.on('exit', Object.assign(this.#listener, { [this.#key]: this.#state }));
    return this.#state;
  }
}
