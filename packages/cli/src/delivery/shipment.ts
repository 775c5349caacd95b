import type { Config, Counts, EnvironmentVariables, Report } from '@putlogs/core';
import {
  type AssembledPipeline,
  assemblePipeline,
  Counters,
  type PipelineDependencies,
} from '@putlogs/core/internal';
import { Stall } from './stall.js';
import { type Tally, tallyOf } from './tally.js';

/** At the end, delivery goes on for as long as events are taken. It is given up after this time without one. */
const STALLED_MS = 5000;
const CHECK_MS = 100;

/** Nothing that was accepted is counted as pending here: the pipeline alone knows it. */
const UNKNOWN_PENDING = 0;

interface ShipmentOptions {
  readonly config: Config;
  readonly env: EnvironmentVariables;
  /** Gets the reports of problems, one line each. */
  readonly onProblem: (text: string) => void;
  readonly dependencies?: PipelineDependencies;
}

/** A pipeline of a command: its counts can be read at any time, and its end waits for as long as there is progress. */
export class Shipment {
  readonly pipeline: AssembledPipeline;
  readonly #counters = new Counters();
  #isGivenUp = false;

  constructor({ config, env, onProblem, dependencies = {} }: ShipmentOptions) {
    const emit = (report: Report) => {
      const text = problemIn(report, config);
      if (text !== undefined && config.reportToStderr) onProblem(text);
    };
    this.pipeline = assemblePipeline({ ...config, reportToStderr: false }, emit, {
      env,
      // Not this program's package.json names the service, but that of the working directory.
      mainScript: async () => process.cwd(),
      counters: this.#counters,
      ...dependencies,
    });
  }

  get counts(): Counts {
    return this.#counters.counts(UNKNOWN_PENDING);
  }

  get tally(): Tally {
    return tallyOf(this.counts);
  }

  /** Delivers what waits, while the service takes events, and closes the pipeline. */
  async close(): Promise<void> {
    await this.#flushed();
    // Within `closeTimeoutMs`, as a transport does at the end of its process.
    await (this.#isGivenUp ? this.pipeline.close(0) : this.pipeline.close());
  }

  /** The user does not want to wait any longer. */
  giveUp(): void {
    this.#isGivenUp = true;
    void this.pipeline.close(0);
  }

  async #flushed(): Promise<void> {
    let isFlushed = false;
    void this.pipeline.flush().then(() => {
      isFlushed = true;
    });
    const stall = new Stall(STALLED_MS, () => this.tally.delivered);
    while (!isFlushed && !this.#isGivenUp && !stall.isOver())
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}

/** What the user should know of a report, as a line. */
function problemIn(report: Report, { entity, serviceField }: Config): string | undefined {
  if (report.kind === 'problem') return `${report.code}: ${report.message}`;
  const isNameless = report.kind === 'entity' && report.entity === undefined;
  return isNameless && entity !== false && serviceField === undefined ? report.message : undefined;
}
