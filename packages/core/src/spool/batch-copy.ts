import type { Range, Segment } from './segment.js';

/** What one segment has of a copy. */
interface Piece {
  readonly segment: Segment;
  readonly ranges: number[];
}

let nextId = 0;

/** A copy of a batch on disk: pieces in one or more segments, which it shares with other batches. */
export class BatchCopy {
  /** The name of the batch in these segments. No two copies have the same, since both may be in one segment. */
  readonly id: number;
  /** In the order in which they were written. */
  readonly #pieces: Piece[] = [];

  constructor(id = nextId++) {
    this.id = id;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Whether all that was written is certainly on disk. */
  get isConfirmed(): boolean {
    return this.#pieces.every(isConfirmed);
  }

  /** In how many places the events are. */
  get places(): number {
    return this.#pieces.reduce((sum, { ranges }) => sum + ranges.length / 2, 0);
  }

  get bytes(): number {
    let bytes = 0;
    for (const { ranges } of this.#pieces)
      for (let i = 0; i < ranges.length; i += 2) bytes += (ranges[i + 1] ?? 0) - (ranges[i] ?? 0);
    return bytes;
  }

  add(segment: Segment, { start, end }: Range): void {
    const last = this.#pieces.at(-1);
    if (last?.segment !== segment) this.#pieces.push({ segment, ranges: [start, end] });
    else if (last.ranges.at(-1) === start) last.ranges[last.ranges.length - 1] = end;
    else last.ranges.push(start, end);
  }

  /** Whether this segment has events of the copy that are not certainly on disk. */
  isUnconfirmedIn(segment: Segment): boolean {
    return this.#pieces.some((piece) => piece.segment === segment && !isConfirmed(piece));
  }

  isInAny(segments: ReadonlySet<Segment>): boolean {
    return this.#pieces.some(({ segment }) => segments.has(segment));
  }

  /** @param callback is called for each piece that is not confirmed, once it is */
  whenConfirmed(callback: () => void): void {
    for (const { segment, ranges } of this.#pieces) segment.whenConfirmed(ranges.at(-1) ?? 0, callback);
  }

  /** @throws {CorruptBatchError} if a file is cut short @throws if one cannot be read */
  async read(): Promise<Buffer> {
    if (this.isEmpty) throw new Error('the batch is not on disk');
    const parts: Buffer[] = [];
    for (const { segment, ranges } of this.#pieces) parts.push(await segment.read(ranges));
    const [first = Buffer.alloc(0), ...others] = parts;
    return others.length === 0 ? first : Buffer.concat(parts);
  }

  /** The copy is not needed any more. */
  settle(): void {
    for (const { segment } of this.#pieces.splice(0)) segment.settle(this.id);
  }
}

function isConfirmed({ segment, ranges }: Piece): boolean {
  return (ranges.at(-1) ?? 0) <= segment.confirmed;
}
