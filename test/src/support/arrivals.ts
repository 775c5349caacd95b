import type { Put } from '@putlogs/local';

/** What arrived of numbered records, in little memory: for a service that keeps no events. */
export class Arrivals {
  readonly #times: number[] = [];
  #doubledPuts = 0;

  /** For `onPut` of the service. */
  add({ events }: Pick<Put, 'events'>): void {
    const numbers = events.flatMap(({ message }) => recordsOf(message));
    if (numbers.some((number) => this.timesOf(number) > 0)) this.#doubledPuts++;
    for (const number of numbers) this.#times[number] = this.timesOf(number) + 1;
  }

  timesOf(number: number): number {
    return this.#times[number] ?? 0;
  }

  /** How many arrived more often than once: those too many. */
  get doubled(): number {
    return this.#times.reduce((sum, times) => sum + times - 1, 0);
  }

  /** Requests with events that had arrived before. */
  get doubledPuts(): number {
    return this.#doubledPuts;
  }
}

/** The numbers of the records in a text. */
export function recordsOf(text: string): number[] {
  return Array.from(text.matchAll(/record (\d+)/g), ([, number]) => Number(number));
}
