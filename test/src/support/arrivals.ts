import type { Put } from '@putlogs/local';

/** Counts how often each numbered record arrived, for a service that keeps no events. */
export class Arrivals {
  readonly #times: number[] = [];
  #doubledPuts = 0;

  /** A listener for `onPut` of the service. */
  add({ events }: Pick<Put, 'events'>): void {
    const numbers = events.flatMap(({ message }) => recordsOf(message));
    if (numbers.some((number) => this.timesOf(number) > 0)) this.#doubledPuts++;
    for (const number of numbers) this.#times[number] = this.timesOf(number) + 1;
  }

  timesOf(number: number): number {
    return this.#times[number] ?? 0;
  }

  /** The number of duplicates. */
  get doubled(): number {
    return this.#times.reduce((sum, times) => sum + times - 1, 0);
  }

  /** The number of requests that contained duplicates. */
  get doubledPuts(): number {
    return this.#doubledPuts;
  }
}

/** The numbers of the records in a text. */
export function recordsOf(text: string): number[] {
  return Array.from(text.matchAll(/record (\d+)/g), ([, number]) => Number(number));
}
